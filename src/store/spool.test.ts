import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { GatewayEvent } from '../events.ts'
import { createManualClock } from '../lib/clock.ts'
import { listSegments, readLines, segmentPath } from './segments.ts'
import { createSpool, type SpoolFiles } from './spool.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spool-'))
})

afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

/** A file system that takes so many bytes more, and then is full. */
function createFiles() {
  const state = { room: Number.POSITIVE_INFINITY, writes: 0, mostAtOnce: Number.POSITIVE_INFINITY }
  const files: SpoolFiles = {
    open: path => openSync(path, 'a', 0o600),
    write(file, bytes, offset) {
      state.writes += 1
      const length = Math.min(bytes.length - offset, state.room, state.mostAtOnce)
      if (length === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
      state.room -= length
      return writeSync(file, bytes, offset, length)
    },
    close: closeSync,
  }
  return { state, files }
}

function open(files: SpoolFiles) {
  const clock = createManualClock()
  const events: GatewayEvent[] = []
  const spool = createSpool({
    directory,
    firstSegment: 1,
    clock,
    observe: event => events.push(event),
    files,
  })
  const answers: string[] = []
  const append = (name: string) =>
    spool.append(`${name}\n`, error => answers.push(error === null ? name : `${name}: ${error.message}`))
  return { clock, events, spool, answers, append }
}

/** Every complete line of the spool, as a drain reads it. */
function readAll(): string[] {
  const lines: string[] = []
  for (const segment of listSegments(directory)) {
    readLines(segmentPath(directory, segment), 0, chunk => lines.push(...chunk.lines))
  }
  return lines
}

test('lines of one turn share a write, and are told in order once it is done', async () => {
  const { state, files } = createFiles()
  const { spool, answers, append } = open(files)
  append('a')
  append('b')
  append('ç')
  expect(answers).toEqual([])
  expect(spool.queued).toBe(3)
  await nextTurn()
  expect(answers).toEqual(['a', 'b', 'ç'])
  expect(state.writes).toBe(1)
  expect(spool.queued).toBe(0)
  expect(readAll()).toEqual(['a', 'b', 'ç'])
})

test('a write that took fewer bytes is continued', async () => {
  const { state, files } = createFiles()
  state.mostAtOnce = 2
  const { answers, append } = open(files)
  append('first')
  append('second')
  await nextTurn()
  expect(answers).toEqual(['first', 'second'])
  expect(readAll()).toEqual(['first', 'second'])
})

test('a write that a signal interrupted is repeated', async () => {
  const { files } = createFiles()
  let interrupted = false
  const { answers, append } = open({
    ...files,
    write(file, bytes, offset) {
      if (interrupted) return files.write(file, bytes, offset)
      interrupted = true
      throw Object.assign(new Error('interrupted'), { code: 'EINTR' })
    },
  })
  append('a')
  await nextTurn()
  expect(answers).toEqual(['a'])
})

test('on a full disk lines wait in memory, their callers hear of it, and one notice is given', async () => {
  const { state, files } = createFiles()
  const { clock, events, spool, answers, append } = open(files)
  append('a')
  await nextTurn()
  state.room = 0
  append('b')
  await nextTurn()
  append('c')
  await nextTurn()
  clock.advance(5_000)
  expect(answers).toEqual(['a', 'b: no space left on device', 'c: no space left on device'])
  expect(spool.healthy).toBe(false)
  expect(spool.queued).toBe(2)
  expect(events.map(event => event.type === 'notice' && event.level)).toEqual(['error'])
})

test('the lines that waited are written when there is space again', async () => {
  const { state, files } = createFiles()
  const { clock, events, spool, answers, append } = open(files)
  state.room = 0
  append('a')
  append('b')
  await nextTurn()
  state.room = 1_000
  clock.advance(1_000)
  expect(spool.healthy).toBe(true)
  expect(spool.queued).toBe(0)
  append('c')
  await nextTurn()
  expect(readAll()).toEqual(['a', 'b', 'c'])
  expect(answers.at(-1)).toBe('c')
  expect(events.map(event => event.type === 'notice' && event.level)).toEqual(['error', 'info'])
})

test('a line that the full disk tore is written again whole, in another segment', async () => {
  const { state, files } = createFiles()
  const { clock, answers, append } = open(files)
  state.room = 9
  append('first')
  append('second')
  await nextTurn()
  expect(answers).toEqual(['first', 'second: no space left on device'])
  expect(readFileSync(segmentPath(directory, 1), 'utf8')).toBe('first\nsec')
  state.room = 1_000
  clock.advance(1_000)
  expect(readAll()).toEqual(['first', 'second'])
})

test('a directory that cannot take a new file is a failure like a full disk', async () => {
  const { files } = createFiles()
  let broken = true
  const { clock, spool, answers, append } = open({
    ...files,
    open(path) {
      if (broken) throw new Error('permission denied')
      return files.open(path)
    },
  })
  append('a')
  await nextTurn()
  expect(answers).toEqual(['a: permission denied'])
  broken = false
  clock.advance(1_000)
  expect(spool.healthy).toBe(true)
  expect(readAll()).toEqual(['a'])
})

test('what waits in memory is bounded, and what is lost is counted', async () => {
  const { state, files } = createFiles()
  const { spool } = open(files)
  state.room = 0
  for (let count = 0; count < 100_010; count++) spool.append('a\n', () => {})
  await nextTurn()
  expect(spool.queued).toBe(100_000)
  expect(spool.dropped).toBe(10)
})

test('a segment that has reached four megabytes is left for the next number', async () => {
  const { files } = createFiles()
  const { spool } = open(files)
  const line = `${'x'.repeat(1024 * 1024 - 1)}\n`
  for (let count = 0; count < 5; count++) {
    spool.append(line, () => {})
    spool.flush()
  }
  expect(spool.active).toBe(2)
  expect(readdirSync(directory)).toEqual(['000000000001.jsonl', '000000000002.jsonl'])
  expect(readAll()).toHaveLength(5)
})

test('a caller that throws does not keep the others from being told', async () => {
  const { files } = createFiles()
  const { spool, answers, append } = open(files)
  const uncaught = new Promise(resolve => {
    process.prependOnceListener('uncaughtException', resolve)
  })
  const others = process.listeners('uncaughtException').slice(1)
  for (const listener of others) process.off('uncaughtException', listener)
  spool.append('a\n', () => {
    throw new Error('a mistake')
  })
  append('b')
  await nextTurn()
  expect(answers).toEqual(['b'])
  expect(await uncaught).toMatchObject({ message: 'a mistake' })
  for (const listener of others) process.on('uncaughtException', listener)
})

test('closing tries a last time', async () => {
  const { state, files } = createFiles()
  const { spool, append } = open(files)
  state.room = 0
  append('a')
  await nextTurn()
  state.room = 100
  spool.close()
  expect(readAll()).toEqual(['a'])
})

test('however the disk fails and recovers, every line is in the spool once, in order of its writing', async () => {
  const step = fc.oneof(
    fc.record({ append: fc.string({ minLength: 1, maxLength: 30 }) }),
    fc.record({ room: fc.integer({ min: 0, max: 60 }) }),
    fc.record({ mostAtOnce: fc.integer({ min: 1, max: 40 }) }),
    fc.constant({ wait: true }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
      rmSync(directory, { recursive: true, force: true })
      directory = mkdtempSync(join(tmpdir(), 'spool-'))
      const { state, files } = createFiles()
      const { clock, spool, append, answers } = open(files)
      const appended: string[] = []
      for (const one of steps) {
        if ('append' in one) {
          const name = `${appended.length} ${JSON.stringify(one.append)}`
          appended.push(name)
          append(name)
        } else if ('room' in one) state.room = one.room
        else if ('mostAtOnce' in one) state.mostAtOnce = one.mostAtOnce
        else {
          spool.flush()
          clock.advance(1_000)
        }
        if ('wait' in one) expect(readAll()).toEqual(expect.arrayContaining(answers.filter(isGood)))
      }
      state.room = Number.POSITIVE_INFINITY
      spool.close()
      expect(readAll()).toEqual(appended)
    }),
    { numRuns: 100 },
  )
})

function isGood(answer: string): boolean {
  return !answer.endsWith(': no space left on device')
}
