// Watches a file of the configuration and says when what stands at its path has become another.
//
// The folder is watched, not the file: an editor that renames a new file into place, and a Kubernetes ConfigMap, which
// swaps the link `..data` beside the file, both leave a watch on the file itself behind. What counts is the content,
// read through all links. A slow poll finds what no event told of: changes behind a link, network file systems.

import { createHash } from 'node:crypto'
import { type FSWatcher, readFileSync, watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock } from '../lib/clock.ts'

export interface WatchOptions {
  readonly file: string
  /** Called after every change of the content, the loss of the file and its return included. Must not throw. */
  readonly onChange: () => void
  readonly clock: Clock
  /** Quiet time after an event before the file is read, in milliseconds. */
  readonly debounceMs?: number
  /** Time between two looks without an event, in milliseconds. */
  readonly pollMs?: number
}

export interface ConfigurationWatch {
  /** Looks at once; resolves when a change, if there was one, has been told. */
  look(): Promise<void>
  close(): void
}

/** Start it before the first load, so that no change falls between the two. Never keeps the process alive. */
export function watchConfiguration(options: WatchOptions): ConfigurationWatch {
  const { file, onChange, clock, debounceMs = 100, pollMs = 5_000 } = options
  let closed = false
  let known = fingerprint(readNow(file))
  let watcher: FSWatcher | null = null
  let cancelDebounce = () => {}
  let cancelPoll = () => {}

  // One look after the other: of two at once, the older could end last and win.
  let looks = Promise.resolve()
  const look = (): Promise<void> => {
    looks = looks.then(async () => {
      const found = fingerprint(await readFile(file).catch(() => null))
      if (closed || found === known || found === blank) return
      known = found
      onChange()
    })
    return looks
  }
  const lookSoon = () => {
    cancelDebounce()
    cancelDebounce = clock.after(debounceMs, () => void look())
  }
  const watchFolder = () => {
    watcher ??= openWatcher(dirname(file), lookSoon, () => {
      watcher = null
    })
  }
  const poll = () => {
    watchFolder()
    void look()
    cancelPoll = clock.after(pollMs, poll)
  }
  watchFolder()
  cancelPoll = clock.after(pollMs, poll)
  return {
    look,
    close() {
      closed = true
      cancelDebounce()
      cancelPoll()
      watcher?.close()
    },
  }
}

/** null where the folder cannot be watched: the poll goes on and tries again. */
function openWatcher(folder: string, onEvent: () => void, onLost: () => void): FSWatcher | null {
  try {
    const watcher = watch(folder, { persistent: false }, onEvent)
    watcher.on('error', () => {
      watcher.close()
      onLost()
    })
    return watcher
  } catch {
    return null
  }
}

/** A file in the middle of being written is often empty; taken at its word, it would mean all defaults. */
const blank = 'blank'

/** Tells contents apart; null where there is nothing to read. */
function fingerprint(content: Buffer | null): string | null {
  if (content === null) return null
  if (content.toString('latin1').trim() === '') return blank
  return createHash('sha256').update(content).digest('hex')
}

function readNow(file: string): Buffer | null {
  try {
    return readFileSync(file)
  } catch {
    return null
  }
}
