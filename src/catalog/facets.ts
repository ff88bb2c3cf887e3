// How many models there would be with each further choice. The choices of one kind are counted as if that kind had no
// filter: of `provider=a`, the providers tell what `provider=b` would give.

import { abilityNames } from './abilities.ts'
import { compareTexts } from './cursor.ts'
import type { FacetName, RowFlags } from './row-tests.ts'
import { type NameColumn, noName, type SearchColumns } from './search-columns.ts'

export interface FacetCount {
  readonly value: string
  readonly count: number
}

export interface Facets {
  /** The most frequent first. */
  readonly provider: readonly FacetCount[]
  readonly owned_by: readonly FacetCount[]
  readonly kind: readonly FacetCount[]
  readonly license: readonly FacetCount[]
  /** Why models cannot be asked for. */
  readonly missing: readonly FacetCount[]
  /** Ability -> models that are known to have it. */
  readonly supports: Readonly<Record<string, number>>
  readonly open_weights: number
  readonly deprecated: number
  readonly available: number
}

type Rows = ArrayLike<number>

/** Rows that pass all filters, and by facet those that fail its filter alone. */
export interface FacetRows {
  readonly found: Rows
  readonly others: ReadonlyMap<FacetName, readonly number[]>
}

export function countFacets({ found, others }: FacetRows, columns: SearchColumns, flags: RowFlags): Facets {
  const both = (facet: FacetName): readonly Rows[] => [found, others.get(facet) ?? []]
  const { abilities } = columns
  const supports = abilityNames.map((name, place) => {
    const has = (row: number) => ((abilities[row] ?? 0) & (1 << place)) !== 0
    return [name, countSet(both(`supports_${name}`), has)] as const
  })
  return {
    provider: countNames(both('provider'), columns.provider),
    owned_by: countNames(both('owned_by'), columns.owner),
    kind: countNames(both('kind'), columns.kind),
    license: countNames(both('license'), columns.license),
    missing: countNames([found], columns.missing),
    supports: Object.fromEntries(supports),
    open_weights: countSet(both('open_weights'), flags.open_weights),
    deprecated: countSet(both('deprecated'), flags.deprecated),
    available: countSet(both('available'), flags.available),
  }
}

function countSet(lists: readonly Rows[], isSet: (row: number) => boolean): number {
  let counted = 0
  for (const rows of lists) for (let at = 0; at < rows.length; at++) if (isSet(rows[at] ?? 0)) counted++
  return counted
}

function countNames(lists: readonly Rows[], { names, rows: numbers }: NameColumn): readonly FacetCount[] {
  const counts = new Uint32Array(names.length)
  for (const rows of lists)
    for (let at = 0; at < rows.length; at++) {
      const name = numbers[rows[at] ?? 0] ?? noName
      if (name !== noName) counts[name] = (counts[name] ?? 0) + 1
    }
  return names
    .map((value, place) => ({ value, count: counts[place] ?? 0 }))
    .filter(({ count }) => count > 0)
    .sort((left, right) => right.count - left.count || compareTexts(left.value, right.value))
}
