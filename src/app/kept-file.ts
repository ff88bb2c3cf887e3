// A file of the data directory that is worth having, not needing: whatever is wrong with it is told, and nothing else
// happens. The old one stays whole until the new one is.

import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Observer } from '../events.ts'

export interface KeptFileOptions {
  /** Of the data. */
  readonly directory: string
  readonly name: string
  readonly observe: Observer
  /** What is told where it cannot be read, and what follows. */
  readonly unreadable: string
  readonly unwritable: string
}

export interface KeptFile {
  /**
   * Null where there is none, or where it is broken.
   * @param parse throws for what is not its content
   */
  read<Content>(parse: (text: string) => Content): Content | null
  /** One write after another. Never rejects; of failures in a row the first is told. */
  write(content: () => string | Iterable<string>): Promise<void>
  /** Resolves when everything is written that has begun to be. */
  readonly written: Promise<void>
}

export function openKeptFile(options: KeptFileOptions): KeptFile {
  const { directory, name, observe, unreadable, unwritable } = options
  const file = join(directory, name)
  let written = Promise.resolve()
  let failed = false

  function tell(message: string, thrown: unknown): void {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    observe({ type: 'notice', level: 'warn', message, detail: { file: name, reason } })
  }

  async function replace(content: () => string | Iterable<string>): Promise<void> {
    try {
      await writeFile(`${file}.new`, content(), { mode: 0o600 })
      await rename(`${file}.new`, file)
      failed = false
    } catch (thrown) {
      if (!failed) tell(unwritable, thrown)
      failed = true
    }
  }

  return {
    read(parse) {
      try {
        return parse(readFileSync(file, 'utf8'))
      } catch (thrown) {
        // A first start has none.
        if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') tell(unreadable, thrown)
        return null
      }
    },
    write(content) {
      written = written.then(() => replace(content))
      return written
    },
    get written() {
      return written
    },
  }
}
