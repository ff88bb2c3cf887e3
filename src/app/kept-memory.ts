// Keeps what the gateway has learned in a file of the data directory: written every minute and at the end, read at the
// start. It is worth having, not needing: whatever is wrong with it is told, and all is learned anew.

import type { Observer } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import { openKeptFile } from './kept-file.ts'

export interface KeptMemoryOptions {
  readonly memory: {
    snapshot(): unknown
    /** False, and nothing changed, for what is no snapshot. */
    restore(saved: unknown): boolean
  }
  /** Of the file. */
  readonly name: string
  /** As in `KeptFileOptions`. */
  readonly unreadable: string
  readonly unwritable: string
  readonly directory: string
  readonly clock: Pick<Clock, 'after'>
  readonly observe: Observer
}

export interface KeptMemory {
  /** Writes a last time. Never rejects. */
  close(): Promise<void>
}

const writeEveryMs = 60_000

export function keepMemory({ memory, clock, ...place }: KeptMemoryOptions): KeptMemory {
  const file = openKeptFile(place)
  file.read(text => {
    if (!memory.restore(JSON.parse(text))) throw new Error('not of this version')
  })
  const write = () => file.write(() => JSON.stringify(memory.snapshot()))

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
