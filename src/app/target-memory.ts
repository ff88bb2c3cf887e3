// Keeps what the gateway has learned of its targets in a file of the data directory: written every minute and at the
// end, read at the start. It is worth having, not needing: whatever is wrong with it is told, and routing learns anew.

import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Observer } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import type { TargetBook } from '../routing/index.ts'

export interface TargetMemoryOptions {
  readonly book: Pick<TargetBook, 'snapshot' | 'restore'>
  readonly directory: string
  readonly clock: Pick<Clock, 'after'>
  readonly observe: Observer
}

export interface TargetMemory {
  /** Writes a last time. Never rejects. */
  close(): Promise<void>
}

const fileName = 'targets.json'
const writeEveryMs = 60_000

export function keepTargetMemory(options: TargetMemoryOptions): TargetMemory {
  const { book, directory, clock, observe } = options
  const file = join(directory, fileName)
  readInto(file, options)
  let writing = Promise.resolve()
  let failed = false

  async function write(): Promise<void> {
    try {
      // The old file stays whole until the new one is.
      await writeFile(`${file}.new`, JSON.stringify(book.snapshot()), { mode: 0o600 })
      await rename(`${file}.new`, file)
      failed = false
    } catch (thrown) {
      if (!failed) observe(notice('what was learned of the targets cannot be written', thrown))
      failed = true
    }
  }

  let stopTimer = (): void => {}
  function writeInAMinute(): void {
    stopTimer = clock.after(writeEveryMs, () => {
      writing = writing.then(write)
      writeInAMinute()
    })
  }

  writeInAMinute()
  return {
    async close() {
      stopTimer()
      await writing
      await write()
    },
  }
}

function readInto(file: string, { book, observe }: TargetMemoryOptions): void {
  try {
    if (book.restore(JSON.parse(readFileSync(file, 'utf8')))) return
    throw new Error('not of this version')
  } catch (thrown) {
    // A first start has none.
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return
    observe(notice('what was learned of the targets cannot be read; routing learns anew', thrown))
  }
}

function notice(message: string, thrown: unknown) {
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return { type: 'notice', level: 'warn', message, detail: { file: fileName, reason } } as const
}
