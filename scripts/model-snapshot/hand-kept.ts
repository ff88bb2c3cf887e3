// What vendors announce on pages that no package reads: mostly the days on which models are deprecated and retired.
// hand-kept.json has them by page; each row is a fact of that page.

import { readFileSync } from 'node:fs'
import type { Facts, Records } from './said.ts'

interface Page {
  /** A type of provider. */
  readonly provider: string
  readonly link: string
  /** It is not the vendor who says so there, or the page could not be read when the rows were last looked at. */
  readonly unverified?: boolean
  /** Whether its models are listed even where no package knows them. */
  readonly adds?: boolean
  /** The first name, then further names of the same model. */
  readonly rows: ReadonlyArray<{ readonly names: readonly string[] } & Facts>
}

export function readHandKept(): readonly Page[] {
  return JSON.parse(readFileSync(new URL('./hand-kept.json', import.meta.url), 'utf8')) as Page[]
}

/** They win over all else. Pages that add models come first, so that others can say something of these. */
export function applyHandKept(records: Records, pages: readonly Page[]): void {
  const ordered = pages.toSorted((left, right) => Number(right.adds ?? false) - Number(left.adds ?? false))
  for (const { provider, rows, adds = false } of ordered) {
    const models = records.get(provider) ?? new Map<string, Facts>()
    records.set(provider, models)
    for (const { names, ...facts } of rows) {
      const known = names.filter(name => models.has(name))
      const [first] = names
      const wanted = known.length === 0 && adds && first !== undefined ? [first] : known
      for (const name of wanted) {
        const others = names.filter(other => other !== name)
        const before = models.get(name) ?? {}
        const aliases = [...new Set([...(before.aliases ?? []), ...others])]
        models.set(name, { ...before, ...facts, ...(aliases.length > 0 && { aliases }) })
      }
    }
  }
}
