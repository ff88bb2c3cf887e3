// The last changes of models, numbered: whoever read up to a number is told what came after it.

import type { ModelChangeDraft } from './discovery.ts'
import type { ModelChange } from './model-changes.ts'

export interface ChangeLog {
  append(drafts: readonly ModelChangeDraft[]): readonly ModelChange[]
  /** The oldest first, at most so many, of those with a higher number. */
  after(sequence: number, limit: number): readonly ModelChange[]
  /** All that are kept. */
  entries(): readonly ModelChange[]
  /** The number of the last change; 0 before the first. */
  readonly last: number
}

export const keptChanges = 5_000

/** @param kept of an earlier run, ascending; `last` is its last number, also where that change is not kept */
export function createChangeLog(kept: readonly ModelChange[] = [], last = 0, limit = keptChanges): ChangeLog {
  let entries = kept.slice(-limit)
  let sequence = Math.max(last, entries.at(-1)?.sequence ?? 0)
  return {
    append(drafts) {
      const added = drafts.map(draft => ({ sequence: ++sequence, ...draft }))
      if (added.length > 0) entries = [...entries, ...added].slice(-limit)
      return added
    },
    after(asked, count) {
      const start = entries.findIndex(entry => entry.sequence > asked)
      return start === -1 || count <= 0 ? [] : entries.slice(start, start + count)
    },
    entries: () => entries,
    get last() {
      return sequence
    },
  }
}
