// What the filters of a question come to for a row of the catalogue.

import { type AbilityName, abilityNames, hasOpenWeights } from './abilities.ts'
import type { Bound, ModelFilters } from './filters.ts'
import { type NameColumn, noName, numberOfDay, type SearchColumns } from './search-columns.ts'

/** What is only known at the time of asking. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Keys of those that could be asked for, but not now. */
  resting(): Iterable<string>
  /** By the key of the entry: milliseconds to the first token, or tokens per second, where any were seen. */
  figures(figure: FigureName): ReadonlyMap<string, number>
}

export type FigureName = 'latency' | 'throughput'

export type FacetName =
  | 'provider'
  | 'owned_by'
  | 'kind'
  | 'license'
  | 'open_weights'
  | 'deprecated'
  | 'available'
  | 'missing'
  | `supports_${AbilityName}`

export interface RowTest {
  /** Whose counts are made as if this test were not there: they tell what another choice would give. */
  readonly facet: FacetName | null
  passes(row: number): boolean
}

/** What is true of a row or not. */
export interface RowFlags {
  readonly open_weights: (row: number) => boolean
  readonly deprecated: (row: number) => boolean
  readonly available: (row: number) => boolean
}

/** Only arrays are read: the entries themselves are scattered over the memory, and slow to come by. */
export function createRowFlags(columns: SearchColumns, moment: Moment): RowFlags {
  const { license, missing, deprecated } = columns
  const open = license.names.map(name => hasOpenWeights({ license: name }) === true)
  const today = numberOfDay(dayOf(moment.at))
  let resting: ReadonlySet<number> | null = null
  const findResting = (): ReadonlySet<number> =>
    new Set([...moment.resting()].map(columns.rowOf).filter(row => row !== null))
  return {
    open_weights: row => open[license.rows[row] ?? noName] === true,
    deprecated: row => (deprecated[row] ?? Number.NaN) <= today,
    available(row) {
      if (missing.rows[row] !== noName) return false
      resting ??= findResting()
      return !resting.has(row)
    },
  }
}

/** The cheap ones first. */
export function createRowTests(filters: ModelFilters, columns: SearchColumns, flags: RowFlags): RowTest[] {
  const { texts } = columns
  const ofFlag = (facet: keyof RowFlags, wanted: boolean | null): RowTest[] =>
    wanted === null ? [] : [{ facet, passes: row => flags[facet](row) === wanted }]
  const { words } = filters
  return [
    ...testProviders(filters.providers, columns),
    ...testNames('owned_by', filters.owners, columns.owner),
    ...testNames('kind', filters.kinds, columns.kind),
    ...testNames('license', filters.licenses, columns.license),
    ...filters.abilities.map(ability => testAbility(ability, columns)),
    ...filters.bounds.map(bound => testBound(bound, columns)),
    ...ofFlag('open_weights', filters.openWeights),
    ...ofFlag('deprecated', filters.deprecated),
    ...testEnd(filters.retiresBefore, columns),
    ...ofFlag('available', filters.available),
    ...testMissing(filters.missing, columns.missing),
    ...(words.length === 0
      ? []
      : [{ facet: null, passes: (row: number) => hasAll(texts[row] ?? '', words) }]),
  ]
}

/** What is not known is NaN, which neither is within a bound nor beyond it. */
function testBound({ column, side, value }: Bound, { numbers }: SearchColumns): RowTest {
  const values = numbers[column]
  return side === 'min'
    ? { facet: null, passes: row => (values[row] ?? Number.NaN) >= value }
    : { facet: null, passes: row => (values[row] ?? Number.NaN) <= value }
}

function testMissing(wanted: ModelFilters['missing'], column: NameColumn): RowTest[] {
  if (wanted.length === 0) return []
  const numbers = numbersOf(wanted, column)
  const [any, none] = [wanted.includes('true'), wanted.includes('false')]
  const passes = (row: number): boolean => {
    const reason = column.rows[row] ?? noName
    return reason === noName ? none : any || numbers.has(reason)
  }
  return [{ facet: 'missing', passes }]
}

/** What has no end is before no day. */
function testEnd(before: string | null, { numbers }: SearchColumns): RowTest[] {
  if (before === null) return []
  const day = numberOfDay(before)
  return [{ facet: null, passes: row => (numbers.retires[row] ?? Number.NaN) < day }]
}

/** `YYYY-MM-DD`, UTC. */
function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

function hasAll(text: string, words: readonly string[]): boolean {
  for (const word of words) if (!text.includes(word)) return false
  return true
}

/** A name of the configuration, or a type: then all providers of that type. */
function testProviders(wanted: readonly string[], { provider, providerType }: SearchColumns): RowTest[] {
  if (wanted.length === 0) return []
  const names = numbersOf(wanted, provider)
  const types = numbersOf(wanted, providerType)
  return [
    {
      facet: 'provider',
      passes: row => names.has(provider.rows[row] ?? -1) || types.has(providerType.rows[row] ?? -1),
    },
  ]
}

function testNames(facet: FacetName, wanted: readonly string[], column: NameColumn): RowTest[] {
  if (wanted.length === 0) return []
  const numbers = numbersOf(wanted, column)
  return [{ facet, passes: row => numbers.has(column.rows[row] ?? -1) }]
}

function numbersOf(wanted: readonly string[], { numbers }: NameColumn): ReadonlySet<number> {
  return new Set(wanted.flatMap(name => numbers.get(name) ?? []))
}

function testAbility(
  { name, wanted }: ModelFilters['abilities'][number],
  { abilities }: SearchColumns,
): RowTest {
  const bit = 1 << abilityNames.indexOf(name)
  return { facet: `supports_${name}`, passes: row => (((abilities[row] ?? 0) & bit) !== 0) === wanted }
}
