// Searches a catalogue: which models fit, in which order, and which page of them is asked for. Everything that does not
// change from question to question is worked out once, so that an answer takes a fraction of a millisecond.

import { runAtOnce } from '../lib/slices.ts'
import type { Catalogue, CatalogueEntry } from './catalogue.ts'
import { comparePlaces, type Place, readCursor, writeCursor } from './cursor.ts'
import { countFacets, type FacetRows, type Facets } from './facets.ts'
import type { ModelQuestion } from './filters.ts'
import { createFitRanking } from './fit.ts'
import { createRowFlags, createRowTests, type FacetName, type Moment, type RowTest } from './row-tests.ts'
import { columnSteps, type SearchColumns, sortByNumber } from './search-columns.ts'

export type { Facets } from './facets.ts'
export type { Moment } from './row-tests.ts'

export interface SearchResult {
  /** One page. */
  readonly entries: readonly CatalogueEntry[]
  /** How many there are on all pages. */
  readonly total: number
  /** The cursor of the next page; null after the last. */
  readonly next: string | null
  /** Null where nobody asked. */
  readonly facets: Facets | null
}

export interface ModelSearch {
  readonly catalogue: Catalogue
  /** @throws GatewayError `invalid_request` for a cursor that does not belong to the question */
  search(question: ModelQuestion, moment: Moment): SearchResult
}

/** All at once. @param at milliseconds since the epoch */
export function createModelSearch(catalogue: Catalogue, at: number): ModelSearch {
  return runAtOnce(searchSteps(catalogue, at))
}

/** Yields between pieces of work, none of which takes long. @param at milliseconds since the epoch */
export function* searchSteps(catalogue: Catalogue, at: number): Generator<void, ModelSearch> {
  const columns = yield* columnSteps(catalogue, at)
  yield
  const ranking = createFitRanking(columns)
  // Of one question at a time.
  const into = new Uint32Array(catalogue.entries.length)

  function sortRows({ sort, filters }: ModelQuestion, moment: Moment): Sorting {
    const { usual, ids, numbers } = columns
    if (sort === null) return filters.words.length > 0 ? byFit(filters.words) : plain(usual)
    const { by, descending } = sort
    if (by === 'name')
      return { rows: columns.byName(descending), descending, sortValue: row => ids[row] ?? '' }
    if (by === 'latency' || by === 'throughput')
      return byFigure(columns, { figures: moment.figures(by), descending })
    return { rows: columns.byNumber(by, descending), descending, sortValue: row => known(numbers[by][row]) }
  }

  function byFit(words: readonly string[]): Sorting {
    const fits = ranking.measure(words)
    return { rows: columns.usual, descending: true, sortValue: fits.fitOf, arrange: fits.arrange }
  }

  return {
    catalogue,
    search(question, moment) {
      columns.moveTo(moment.at)
      const after = question.cursor === null ? null : readCursor(question.cursor, question.fingerprint)
      const flags = createRowFlags(columns, moment)
      const tests = createRowTests(question.filters, columns, flags)
      const sorting = sortRows(question, moment)
      const { found, others } = question.facets
        ? matchWithOthers(sorting.rows, tests, into)
        : { found: match(sorting.rows, tests, into), others: null }
      const rows = sorting.arrange?.(found) ?? found
      const placeOf = (row: number) => readPlace(columns, row, sorting)
      const start = after === null ? 0 : findStart(rows, after, { placeOf, descending: sorting.descending })
      const page = rows.slice(start, start + question.limit)
      const last = page.at(-1)
      const more = last !== undefined && start + page.length < rows.length
      return {
        entries: [...page].flatMap(row => columns.entries[row] ?? []),
        total: rows.length,
        next: more ? writeCursor(question.fingerprint, placeOf(last)) : null,
        facets: others === null ? null : countFacets({ found, others }, columns, flags),
      }
    },
  }
}

interface Sorting {
  readonly rows: Uint32Array
  readonly descending: boolean
  sortValue(row: number): Place['value']
  /** Puts those that fit into their order, where they do not come in it. */
  arrange?(rows: Uint32Array): Uint32Array
}

function plain(rows: Uint32Array): Sorting {
  return { rows, descending: false, sortValue: () => null }
}

/** Few models were asked lately: theirs are the only figures. */
function byFigure(
  { usual, rowOf }: SearchColumns,
  { figures, descending }: { figures: ReadonlyMap<string, number>; descending: boolean },
): Sorting {
  const values = new Float64Array(usual.length).fill(Number.NaN)
  for (const [key, figure] of figures) {
    const row = rowOf(key)
    if (row !== null) values[row] = figure
  }
  return { rows: sortByNumber(usual, values, descending), descending, sortValue: row => known(values[row]) }
}

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value
}

/** @param into as long as the rows; the answer is its beginning */
function match(rows: Uint32Array, tests: readonly RowTest[], into: Uint32Array): Uint32Array {
  let found = 0
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0
    if (passesAll(row, tests)) into[found++] = row
  }
  return into.subarray(0, found)
}

function passesAll(row: number, tests: readonly RowTest[]): boolean {
  for (const test of tests) if (!test.passes(row)) return false
  return true
}

/** The same, and by facet the rows that fail its test alone. */
function matchWithOthers(rows: Uint32Array, tests: readonly RowTest[], into: Uint32Array): FoundRows {
  const others = new Map<FacetName, number[]>()
  let count = 0
  for (const row of rows) {
    const failed = findFailures(row, tests)
    if (failed === null) into[count++] = row
    else if (failed !== 'several' && failed.facet !== null) {
      const known = others.get(failed.facet)
      if (known === undefined) others.set(failed.facet, [row])
      else known.push(row)
    }
  }
  return { found: into.subarray(0, count), others }
}

interface FoundRows extends FacetRows {
  readonly found: Uint32Array
}

function findFailures(row: number, tests: readonly RowTest[]): RowTest | 'several' | null {
  let failed: RowTest | null = null
  for (const test of tests) {
    if (test.passes(row)) continue
    if (failed !== null) return 'several'
    failed = test
  }
  return failed
}

function readPlace({ entries, ids }: SearchColumns, row: number, { sortValue }: Sorting): Place {
  const entry = entries[row]
  return {
    value: sortValue(row),
    missing: entry !== undefined && entry.missing !== null,
    name: ids[row] ?? '',
    key: entry?.key ?? '',
  }
}

/** The first of the sorted rows that lies behind a place. */
function findStart(
  rows: Uint32Array,
  after: Place,
  { placeOf, descending }: { placeOf: (row: number) => Place; descending: boolean },
): number {
  let from = 0
  let to = rows.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if (comparePlaces(placeOf(rows[middle] ?? 0), after, descending) > 0) to = middle
    else from = middle + 1
  }
  return from
}
