// Watches the configuration, and the files of prices and facts that it names: a change of any of them reads all anew.

import { watchConfiguration } from '../config/watch.ts'
import type { Clock } from '../lib/clock.ts'
import type { Current } from './current.ts'

export interface WatchFilesOptions {
  /** Of the configuration; null where nothing is to be watched. */
  readonly file: string | null
  readonly current: Pick<Current, 'reload' | 'files'>
  readonly clock: Clock
}

export interface WatchedFiles {
  /**
   * Reads all anew, and watches from then on what the configuration names then. Resolves when it is in force, or refused.
   */
  reload(): Promise<void>
  close(): void
}

export function watchFiles({ file, current, clock }: WatchFilesOptions): WatchedFiles {
  const watches = new Map<string, { close(): void }>()
  let closed = false

  function reload(): Promise<void> {
    const settled = current.reload()
    follow()
    return settled
  }

  function follow(): void {
    if (file === null || closed) return
    const wanted = new Set([file, ...current.files()])
    for (const [path, watch] of watches) {
      if (wanted.has(path)) continue
      watch.close()
      watches.delete(path)
    }
    for (const path of wanted)
      if (!watches.has(path))
        watches.set(path, watchConfiguration({ file: path, clock, onChange: () => void reload() }))
  }

  follow()
  return {
    reload,
    close() {
      closed = true
      for (const watch of watches.values()) watch.close()
    },
  }
}
