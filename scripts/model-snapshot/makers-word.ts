// What the makers of models announced and the packages have wrong. It holds for the model wherever it is served:
// makers-word.json has it by the names of the model without region, publisher and path, each with its page.

import { readFileSync } from 'node:fs'
import { bareName } from '../../src/catalog/model-names.ts'
import type { Facts, Records } from './said.ts'

interface Announcement extends Pick<Facts, 'releasedOn' | 'knowledgeCutoff'> {
  readonly names: readonly string[]
  /** Where the maker says it. */
  readonly link: string
}

export function readMakersWord(): readonly Announcement[] {
  const file = new URL('./makers-word.json', import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')) as Announcement[]
}

/** It wins over what the packages say. */
export function applyMakersWord(records: Records, announcements: readonly Announcement[]): void {
  const known = new Map(
    announcements.flatMap(({ names, link: _link, ...facts }) =>
      names.map(name => [bareName(name), facts] as const),
    ),
  )
  for (const models of records.values())
    for (const [id, facts] of models) {
      const word = known.get(bareName(id))
      if (word !== undefined) models.set(id, { ...facts, ...word })
    }
}
