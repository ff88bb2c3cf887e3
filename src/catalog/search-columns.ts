// A catalogue laid out for searching: one array for each thing that is asked for, and the orders in which answers come.
// Made once for a catalogue; only prices that change by the hour change in it.

import type { ModelFacts } from '../model-facts.ts'
import { abilities, abilityNames } from './abilities.ts'
import type { Catalogue, CatalogueEntry } from './catalogue.ts'
import { costPerThousand, dollarsPerMillion, priceAt } from './current-price.ts'
import { compareTexts, compareValues } from './cursor.ts'
import type { NumberColumn } from './filters.ts'

/** Names of which each is there many times. */
export interface NameColumn {
  /** As written; the place of a name is its number. */
  readonly names: readonly string[]
  /** In lower case -> the numbers of its spellings. */
  readonly numbers: ReadonlyMap<string, readonly number[]>
  /** The number by row; `noName` for none. */
  readonly rows: Uint16Array
}

export const noName = 0xffff

export type SortedColumn = NumberColumn | 'released'

export interface SearchColumns {
  readonly entries: readonly CatalogueEntry[]
  /** The bit of an ability is set where it is known to be there. */
  readonly abilities: Uint32Array
  /** NaN where it is not known. */
  readonly numbers: Readonly<Record<SortedColumn, Float64Array>>
  /** The day from which on its maker advises against it, or it does not answer, as by `numberOfDay`; infinite for none. */
  readonly deprecated: Float64Array
  readonly provider: NameColumn
  readonly providerType: NameColumn
  readonly owner: NameColumn
  readonly kind: NameColumn
  readonly license: NameColumn
  readonly missing: NameColumn
  /** The id in lower case. */
  readonly ids: readonly string[]
  /** Everything in which words are looked for, in lower case. */
  readonly texts: readonly string[]
  /** Rows by what can be asked for first, then by name. */
  readonly usual: Uint32Array
  /** Null for a key that is not there. */
  rowOf(key: string): number | null
  byName(descending: boolean): Uint32Array
  /** Unknown values last. */
  byNumber(column: SortedColumn, descending: boolean): Uint32Array
  /** Brings prices up to a time. */
  moveTo(at: number): void
}

const priceColumns: readonly NumberColumn[] = ['cost', 'input_cost', 'output_cost']
const minuteMs = 60_000

/** @param at milliseconds since the epoch */
export function createColumns({ entries }: Catalogue, at: number): SearchColumns {
  const ids = entries.map(({ id }) => id.toLowerCase())
  const usual = sortUsual(entries, ids)
  const rowsByKey = new Map(entries.map(({ key }, row) => [key, row]))
  const numbers = createNumbers(entries)
  const orders = new Map<string, Uint32Array>()
  const prices = createPrices(entries, numbers)
  prices.moveTo(at)

  /** Sorted at the first question, and again where a price has changed. */
  function order(name: string, sort: () => Uint32Array): Uint32Array {
    const known = orders.get(name)
    if (known !== undefined) return known
    const sorted = sort()
    orders.set(name, sorted)
    return sorted
  }

  return {
    entries,
    abilities: Uint32Array.from(entries, bitsOf),
    numbers,
    deprecated: Float64Array.from(entries, deprecationOf),
    provider: createNames(entries.map(({ provider }) => provider)),
    providerType: createNames(entries.map(({ providerType }) => providerType)),
    owner: createNames(entries.map(({ ownedBy }) => ownedBy)),
    kind: createNames(entries.map(({ kind }) => kind)),
    license: createNames(entries.map(({ license }) => license)),
    missing: createNames(entries.map(({ missing }) => missing)),
    ids,
    texts: entries.map(textOf),
    usual,
    rowOf: key => rowsByKey.get(key) ?? null,
    byName: descending =>
      order(`name ${descending}`, () => {
        const byName = (left: number, right: number) =>
          compareValues(ids[left] ?? '', ids[right] ?? '', descending)
        return Uint32Array.from([...usual].sort(byName))
      }),
    byNumber: (column, descending) =>
      order(`${column} ${descending}`, () => sortByNumber(usual, numbers[column], descending)),
    moveTo(now) {
      if (!prices.moveTo(now)) return
      for (const column of priceColumns)
        for (const descending of [true, false]) orders.delete(`${column} ${descending}`)
    },
  }
}

/** The entries come by key, and what is equal stays so. */
function sortUsual(entries: readonly CatalogueEntry[], ids: readonly string[]): Uint32Array {
  const byName = [...entries.keys()].sort((left, right) => compareTexts(ids[left] ?? '', ids[right] ?? ''))
  const { there = [], gone = [] } = Object.groupBy(byName, row =>
    entries[row]?.missing === null ? 'there' : 'gone',
  )
  return Uint32Array.from([...there, ...gone])
}

/** Only known values are compared: the others follow. Of equal ones, those that were before stay so. */
export function sortByNumber(rows: Uint32Array, values: Float64Array, descending: boolean): Uint32Array {
  const sign = descending ? -1 : 1
  const isKnown = (row: number) => !Number.isNaN(values[row])
  const sorted = rows
    .filter(isKnown)
    .sort((left, right) => sign * ((values[left] ?? 0) - (values[right] ?? 0)))
  const all = new Uint32Array(rows.length)
  all.set(sorted)
  all.set(
    rows.filter(row => !isKnown(row)),
    sorted.length,
  )
  return all
}

function createNames(values: readonly (string | null)[]): NameColumn {
  const places = new Map<string, number>()
  const rows = new Uint16Array(values.length).fill(noName)
  for (const [row, value] of values.entries()) {
    if (value === null) continue
    const known = places.get(value) ?? places.size
    if (known >= noName) continue
    places.set(value, known)
    rows[row] = known
  }
  const names = [...places.keys()]
  const numbers = Map.groupBy(names.keys(), place => (names[place] ?? '').toLowerCase())
  return { names, numbers, rows }
}

function createNumbers(entries: readonly CatalogueEntry[]): Record<SortedColumn, Float64Array> {
  const column = (read: (entry: CatalogueEntry) => number | null) =>
    Float64Array.from(entries, entry => read(entry) ?? Number.NaN)
  const empty = () => new Float64Array(entries.length).fill(Number.NaN)
  return {
    context: column(({ contextWindow }) => contextWindow),
    output: column(({ maxOutput }) => maxOutput),
    released: column(({ releasedOn }) => numberOfDay(releasedOn)),
    cost: empty(),
    input_cost: empty(),
    output_cost: empty(),
  }
}

/** `YYYY-MM-DD` as a number that grows with the day; a month stands before its days. NaN for none. */
export function numberOfDay(day: string | null): number {
  return day === null ? Number.NaN : Number(day.replaceAll('-', '').padEnd(8, '0'))
}

function deprecationOf({ deprecatedOn, retiresOn }: CatalogueEntry): number {
  const days = [deprecatedOn, retiresOn].filter(day => day !== null)
  return Math.min(...days.map(numberOfDay))
}

/** Writes the prices that hold; those with one period only once. */
function createPrices(entries: readonly CatalogueEntry[], numbers: Record<SortedColumn, Float64Array>) {
  const changing = [...entries.keys()].filter(row => (entries[row]?.prices?.length ?? 0) > 1)
  let rows: Iterable<number> = entries.keys()
  let minute = Number.NaN

  function write(row: number, at: number): boolean {
    const entry = entries[row]
    const price = entry === undefined ? null : priceAt(entry.prices, at)
    const values = [
      entry === undefined ? null : costPerThousand(entry, price),
      dollarsPerMillion(price?.input),
      dollarsPerMillion(price?.output),
    ]
    let changed = false
    for (const [place, column] of priceColumns.entries()) {
      const value = values[place] ?? Number.NaN
      changed ||= !Object.is(numbers[column][row], value)
      numbers[column][row] = value
    }
    return changed
  }

  return {
    /** Whether a price has changed. */
    moveTo(at: number): boolean {
      const now = Math.floor(at / minuteMs)
      if (now === minute) return false
      minute = now
      let changed = false
      for (const row of rows) changed = write(row, at) || changed
      rows = changing
      return changed
    },
  }
}

function bitsOf(facts: ModelFacts): number {
  let bits = 0
  for (const [place, name] of abilityNames.entries()) if (abilities[name](facts) === true) bits |= 1 << place
  return bits >>> 0
}

function textOf({ id, title, ownedBy, provider, aliases }: CatalogueEntry): string {
  return [id, title ?? '', ownedBy ?? '', provider, ...(aliases ?? [])].join('\n').toLowerCase()
}
