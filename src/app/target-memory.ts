// Keeps what the gateway has learned of its targets in a file of the data directory: written every minute and at the
// end, read at the start. It is worth having, not needing: whatever is wrong with it is told, and routing learns anew.

import type { Observer } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import type { TargetBook } from '../routing/index.ts'
import { openKeptFile } from './kept-file.ts'

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

const writeEveryMs = 60_000

export function keepTargetMemory({ book, directory, clock, observe }: TargetMemoryOptions): TargetMemory {
  const file = openKeptFile({
    directory,
    name: 'targets.json',
    observe,
    unreadable: 'what was learned of the targets cannot be read; routing learns anew',
    unwritable: 'what was learned of the targets cannot be written',
  })
  file.read(text => {
    if (!book.restore(JSON.parse(text))) throw new Error('not of this version')
  })
  const write = () => file.write(() => JSON.stringify(book.snapshot()))

  let stopTimer = (): void => {}
  function writeInAMinute(): void {
    stopTimer = clock.after(writeEveryMs, () => {
      void write()
      writeInAMinute()
    })
  }

  writeInAMinute()
  return {
    async close() {
      stopTimer()
      await write()
    },
  }
}
