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

/** Rows that pass all filters, and by facet those that fail its filter alone. */
export interface FacetRows {
  readonly found: Uint32Array
  readonly others: ReadonlyMap<FacetName, readonly number[]>
}

export function countFacets({ found, others }: FacetRows, columns: SearchColumns, flags: RowFlags): Facets {
  const othersOf = (facet: FacetName) => Uint32Array.from(others.get(facet) ?? [])
  const both = (facet: FacetName): readonly Uint32Array[] => [found, othersOf(facet)]
  const all = countAbilities(found, columns)
  const supports = abilityNames.map((name, place) => {
    const more = countAbilities(othersOf(`supports_${name}`), columns)
    return [name, (all[place] ?? 0) + (more[place] ?? 0)] as const
  })
  return {
    provider: countNames(both('provider'), columns.provider),
    owned_by: countNames(both('owned_by'), columns.owner),
    kind: countNames(both('kind'), columns.kind),
    license: countNames(both('license'), columns.license),
    missing: countNames(both('missing'), columns.missing),
    supports: Object.fromEntries(supports),
    open_weights: countSet(both('open_weights'), flags.open_weights),
    deprecated: countSet(both('deprecated'), flags.deprecated),
    available: countSet(both('available'), flags.available),
  }
}

/** By the place of the ability. */
function countAbilities(rows: Uint32Array, { abilities }: SearchColumns): Uint32Array {
  const counts = new Uint32Array(abilityNames.length)
  for (let at = 0; at < rows.length; at++)
    for (let bits = abilities[rows[at] ?? 0] ?? 0; bits !== 0; bits &= bits - 1) {
      const place = 31 - Math.clz32(bits & -bits)
      counts[place] = (counts[place] ?? 0) + 1
    }
  return counts
}

function countSet(lists: readonly Uint32Array[], isSet: (row: number) => boolean): number {
  let counted = 0
  for (const rows of lists) for (let at = 0; at < rows.length; at++) if (isSet(rows[at] ?? 0)) counted++
  return counted
}

function countNames(
  lists: readonly Uint32Array[],
  { names, rows: numbers }: NameColumn,
): readonly FacetCount[] {
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
