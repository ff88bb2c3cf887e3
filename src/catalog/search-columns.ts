// A catalogue laid out for searching: one array for each thing that is asked for, and the orders in which answers come.
// Made once for a catalogue; only prices that change by the hour change in it.

import { sortSteps } from '../lib/slices.ts'
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

export type SortedColumn = NumberColumn | 'released' | 'retires'

export interface SearchColumns {
  readonly entries: readonly CatalogueEntry[]
  /** The bit of an ability is set where it is known to be there. */
  readonly abilities: Uint32Array
  /** NaN where it is not known. */
  readonly numbers: Readonly<Record<SortedColumn, Float64Array>>
  /** The day from which on it is deprecated, as by `numberOfDay`; infinite for none. */
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
/** Between two pauses: a millisecond or two. */
const rowsAtOnce = 200

/**
 * Yields between pieces of work, none of which takes long.
 * @param at milliseconds since the epoch
 */
export function* columnSteps({ entries }: Catalogue, at: number): Generator<void, SearchColumns> {
  const ids = entries.map(({ id }) => id.toLowerCase())
  const usual = yield* sortUsual(entries, ids)
  const numbers = createNumbers(entries.length)
  const abilities = new Uint32Array(entries.length)
  const deprecated = new Float64Array(entries.length)
  const texts: string[] = []
  const names = createNameColumns(entries.length)
  const rowsByKey = new Map<string, number>()
  const prices = createPrices(entries, numbers)
  // An entry is looked at once for all columns: they are scattered over the memory.
  for (const [row, entry] of entries.entries()) {
    if (row % rowsAtOnce === rowsAtOnce - 1) yield
    rowsByKey.set(entry.key, row)
    numbers.context[row] = entry.contextWindow ?? Number.NaN
    numbers.output[row] = entry.maxOutput ?? Number.NaN
    numbers.released[row] = numberOfDay(entry.releasedOn)
    numbers.retires[row] = numberOfLastDay(entry.retiresOn)
    prices.write(row, at)
    abilities[row] = bitsOf(entry)
    deprecated[row] = deprecationOf(entry)
    texts.push(textOf(entry))
    names.write(row, entry)
  }
  yield
  const orders = createOrders({ usual, ids, numbers })
  return {
    entries,
    abilities,
    numbers,
    deprecated,
    ...names.close(),
    ids,
    texts,
    usual,
    rowOf: key => rowsByKey.get(key) ?? null,
    byName: orders.byName,
    byNumber: orders.byNumber,
    moveTo(now) {
      if (prices.moveTo(now)) orders.forget(priceColumns)
    },
  }
}

type Ordered = Pick<SearchColumns, 'usual' | 'ids' | 'numbers'>

/** Each is sorted at the first question, and again where what it sorts by has changed. */
function createOrders({ usual, ids, numbers }: Ordered) {
  const known = new Map<string, Uint32Array>()
  const remember = (name: string, sort: () => Uint32Array): Uint32Array => {
    const order = known.get(name) ?? sort()
    known.set(name, order)
    return order
  }
  return {
    byName: (descending: boolean) =>
      remember(`name ${descending}`, () => {
        const compare = (left: number, right: number) =>
          compareValues(ids[left] ?? '', ids[right] ?? '', descending)
        return usual.toSorted(compare)
      }),
    byNumber: (column: SortedColumn, descending: boolean) =>
      remember(`${column} ${descending}`, () => sortByNumber(usual, numbers[column], descending)),
    forget(columns: readonly SortedColumn[]): void {
      for (const column of columns)
        for (const descending of [true, false]) known.delete(`${column} ${descending}`)
    },
  }
}

/** The entries come by key, and what is equal stays so. */
function* sortUsual(
  entries: readonly CatalogueEntry[],
  ids: readonly string[],
): Generator<void, Uint32Array> {
  const compare = (left: number, right: number) => compareTexts(ids[left] ?? '', ids[right] ?? '')
  const byName = yield* sortSteps([...entries.keys()], compare)
  const isThere = (row: number) => entries[row]?.missing === null
  return Uint32Array.from([...byName.filter(isThere), ...byName.filter(row => !isThere(row))])
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

function createNameColumns(count: number) {
  const columns = {
    provider: createNames(count, ({ provider }) => provider),
    providerType: createNames(count, ({ providerType }) => providerType),
    owner: createNames(count, ({ ownedBy }) => ownedBy),
    kind: createNames(count, ({ kind }) => kind),
    license: createNames(count, ({ license }) => license),
    missing: createNames(count, ({ missing }) => missing),
  }
  const all = Object.values(columns)
  return {
    write(row: number, entry: CatalogueEntry): void {
      for (const column of all) column.write(row, entry)
    },
    close: () => ({
      provider: columns.provider.close(),
      providerType: columns.providerType.close(),
      owner: columns.owner.close(),
      kind: columns.kind.close(),
      license: columns.license.close(),
      missing: columns.missing.close(),
    }),
  }
}

function createNames(count: number, read: (entry: CatalogueEntry) => string | null) {
  const places = new Map<string, number>()
  const rows = new Uint16Array(count).fill(noName)
  return {
    write(row: number, entry: CatalogueEntry): void {
      const name = read(entry)
      if (name === null) return
      const place = places.get(name) ?? places.size
      if (place >= noName) return
      places.set(name, place)
      rows[row] = place
    },
    close(): NameColumn {
      const names = [...places.keys()]
      const numbers = Map.groupBy(names.keys(), place => (names[place] ?? '').toLowerCase())
      return { names, numbers, rows }
    },
  }
}

function createNumbers(count: number): Record<SortedColumn, Float64Array> {
  const column = () => new Float64Array(count).fill(Number.NaN)
  return {
    context: column(),
    output: column(),
    released: column(),
    retires: column(),
    cost: column(),
    input_cost: column(),
    output_cost: column(),
  }
}

/** `YYYY-MM-DD` as a number that grows with the day; a month stands before its days. NaN for none. */
export function numberOfDay(day: string | null): number {
  return day === null ? Number.NaN : Number(day.replaceAll('-', '').padEnd(8, '0'))
}

/** The same for a last day: of a month alone, it is behind its days. */
export function numberOfLastDay(day: string | null): number {
  return day === null ? Number.NaN : Number(day.replaceAll('-', '').padEnd(8, '9'))
}

/** What is to be retired is advised against since that was announced, whenever that was. */
function deprecationOf({ deprecatedOn, retiresOn }: CatalogueEntry): number {
  if (retiresOn !== null) return Number.NEGATIVE_INFINITY
  return deprecatedOn === null ? Number.POSITIVE_INFINITY : numberOfDay(deprecatedOn)
}

/** Writes the prices that hold, of each row once and of those with several periods again. */
function createPrices(entries: readonly CatalogueEntry[], numbers: Record<SortedColumn, Float64Array>) {
  const changing: number[] = []
  let minute = Number.NaN

  /** Whether one has changed. */
  function rewrite(row: number, at: number): boolean {
    const entry = entries[row]
    if (entry === undefined) return false
    const before = numbers.input_cost[row]
    const outputBefore = numbers.output_cost[row]
    const price = priceAt(entry.prices, at)
    numbers.cost[row] = costPerThousand(entry, price) ?? Number.NaN
    numbers.input_cost[row] = dollarsPerMillion(price?.input) ?? Number.NaN
    numbers.output_cost[row] = dollarsPerMillion(price?.output) ?? Number.NaN
    return !Object.is(before, numbers.input_cost[row]) || !Object.is(outputBefore, numbers.output_cost[row])
  }

  return {
    write(row: number, at: number): void {
      rewrite(row, at)
      if ((entries[row]?.prices?.length ?? 0) > 1) changing.push(row)
    },
    /** Whether one has changed. */
    moveTo(at: number): boolean {
      const now = Math.floor(at / minuteMs)
      if (now === minute) return false
      minute = now
      let changed = false
      for (const row of changing) changed = rewrite(row, at) || changed
      return changed
    },
  }
}

const readers = abilityNames.map(name => abilities[name])

function bitsOf(facts: ModelFacts): number {
  let bits = 0
  for (let place = 0; place < readers.length; place++)
    if (readers[place]?.(facts) === true) bits |= 1 << place
  return bits >>> 0
}

function textOf({ id, title, ownedBy, provider, aliases }: CatalogueEntry): string {
  return [id, title ?? '', ownedBy ?? '', provider, ...(aliases ?? [])].join('\n').toLowerCase()
}
