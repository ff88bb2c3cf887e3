import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createManualClock, systemClock } from '../lib/clock.ts'
import { type ConfigurationWatch, type WatchOptions, watchConfiguration } from './watch.ts'

let folder: string
let file: string
const open: ConfigurationWatch[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watch-'))
  file = join(folder, 'config.yaml')
  writeFileSync(file, 'one')
})

afterEach(() => {
  for (const watch of open.splice(0)) watch.close()
  rmSync(folder, { recursive: true })
})

/** A watch whose changes are awaited one by one. The poll is out of reach unless a test asks for it. */
function startWatch(options: Partial<WatchOptions> = {}) {
  const seen: Array<string | null> = []
  let wake = () => {}
  const watch = watchConfiguration({
    file,
    clock: systemClock,
    debounceMs: 20,
    pollMs: 3_600_000,
    onChange: () => {
      seen.push(readOrNull(file))
      wake()
    },
    ...options,
  })
  open.push(watch)
  return {
    watch,
    seen,
    /** What stood in the file at the next change; null where there was none. */
    change: async (): Promise<string | null | undefined> => {
      if (seen.length === 0)
        await new Promise<void>(resolve => {
          wake = resolve
        })
      return seen.shift()
    },
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

test('a write into the file is seen, again and again', async () => {
  const { change } = startWatch()
  writeFileSync(file, 'two')
  expect(await change()).toBe('two')
  writeFileSync(file, 'three')
  expect(await change()).toBe('three')
})

test('a new file renamed into place is seen, again and again', async () => {
  const { change } = startWatch()
  for (const content of ['two', 'three']) {
    writeFileSync(join(folder, 'config.tmp'), content)
    renameSync(join(folder, 'config.tmp'), file)
    expect(await change()).toBe(content)
  }
})

test('the swap of the data link of a ConfigMap is seen, again and again', async () => {
  unlinkSync(file)
  const publish = (version: string, content: string) => {
    mkdirSync(join(folder, version))
    writeFileSync(join(folder, version, 'config.yaml'), content)
    symlinkSync(version, join(folder, '..data_tmp'))
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
  }
  publish('..2026_01', 'one')
  symlinkSync(join('..data', 'config.yaml'), file)
  const { change } = startWatch()
  publish('..2026_02', 'two')
  expect(await change()).toBe('two')
  rmSync(join(folder, '..2026_01'), { recursive: true })
  publish('..2026_03', 'three')
  expect(await change()).toBe('three')
})

test('the loss of the file and its return are told', async () => {
  const { change } = startWatch()
  unlinkSync(file)
  expect(await change()).toBeNull()
  writeFileSync(file, 'one')
  expect(await change()).toBe('one')
})

test('a file that is written again as it was is no change', async () => {
  const { change, seen } = startWatch()
  writeFileSync(file, 'one')
  writeFileSync(join(folder, 'neighbour.yaml'), 'x')
  writeFileSync(file, 'two')
  expect(await change()).toBe('two')
  expect(seen).toEqual([])
})

test('a file that is emptied before it is written again is not taken for a change', async () => {
  const { watch, seen } = startWatch({ clock: createManualClock() })
  writeFileSync(file, '\n')
  await watch.look()
  expect(seen).toEqual([])
  writeFileSync(file, 'two')
  await watch.look()
  expect(seen).toEqual(['two'])
})

test('the poll finds a change behind a link, of which the folder knows nothing', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'watch-target-'))
  unlinkSync(file)
  writeFileSync(join(elsewhere, 'real.yaml'), 'one')
  symlinkSync(join(elsewhere, 'real.yaml'), file)
  const clock = createManualClock()
  const { change } = startWatch({ clock, pollMs: 5_000 })
  for (const content of ['two', 'three']) {
    writeFileSync(join(elsewhere, 'real.yaml'), content)
    clock.advance(5_000)
    expect(await change()).toBe(content)
  }
  rmSync(elsewhere, { recursive: true })
})

test('a folder that appears later is found by the poll', async () => {
  const later = join(folder, 'later')
  file = join(later, 'config.yaml')
  const clock = createManualClock()
  const { change } = startWatch({ clock, pollMs: 5_000 })
  mkdirSync(later)
  writeFileSync(file, 'one')
  clock.advance(5_000)
  expect(await change()).toBe('one')
})

test('after closing nothing is told any more', async () => {
  const clock = createManualClock()
  const { watch, seen } = startWatch({ clock, pollMs: 5_000 })
  writeFileSync(file, 'two')
  watch.close()
  clock.advance(10_000)
  await watch.look()
  expect(seen).toEqual([])
})

test('a watch alone does not keep the process alive', async () => {
  const script = `
    import { watchConfiguration } from ${JSON.stringify(new URL('./watch.ts', import.meta.url).href)}
    import { systemClock } from ${JSON.stringify(new URL('../lib/clock.ts', import.meta.url).href)}
    watchConfiguration({ file: ${JSON.stringify(file)}, clock: systemClock, onChange() {} })
  `
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], {
    stdio: 'inherit',
  })
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
})
