// Reads what is asked of the catalogue from the parameters of an address. A mistake is refused by the parameter's name,
// and what was probably meant is said.

import { GatewayError } from '../errors.ts'
import { didYouMean, nearNames } from '../lib/near-names.ts'
import { dayPattern, type ModelKind } from '../model-facts.ts'
import { type AbilityName, abilityNames } from './abilities.ts'
import { type Missing, missingReasons } from './catalogue.ts'
import { fingerprint } from './cursor.ts'

export type SortName =
  | 'name'
  | 'cost'
  | 'input_cost'
  | 'output_cost'
  | 'context'
  | 'output'
  | 'released'
  | 'retires'
  | 'latency'
  | 'throughput'

export type NumberColumn = 'context' | 'output' | 'cost' | 'input_cost' | 'output_cost'

export interface Bound {
  readonly column: NumberColumn
  readonly side: 'min' | 'max'
  readonly value: number
}

/** Null, or an empty list, asks nothing. */
export interface ModelFilters {
  /** In lower case, as all lists of names here; any of them fits. */
  readonly providers: readonly string[]
  readonly owners: readonly string[]
  readonly kinds: readonly string[]
  readonly licenses: readonly string[]
  readonly abilities: readonly { readonly name: AbilityName; readonly wanted: boolean }[]
  readonly bounds: readonly Bound[]
  readonly openWeights: boolean | null
  readonly deprecated: boolean | null
  readonly available: boolean | null
  /** Why it cannot be asked for, `true` for whatever reason, `false` for none; any of them fits. */
  readonly missing: readonly (Missing | 'true' | 'false')[]
  /** A day, or a month: `YYYY-MM-DD`, `YYYY-MM`. */
  readonly retiresBefore: string | null
  /** Parts of names, in lower case; all of them fit. */
  readonly words: readonly string[]
}

export interface ModelQuestion {
  readonly filters: ModelFilters
  /** Null for the usual order: what can be asked for first, by name; with words, what fits them best. */
  readonly sort: { readonly by: SortName; readonly descending: boolean } | null
  readonly limit: number
  readonly cursor: string | null
  readonly facets: boolean
  /** Whether the answer tells what was seen of the models lately. */
  readonly live: boolean
  /** The same for the same filters and sort. */
  readonly fingerprint: string
}

export interface KnownNames {
  /** A provider's name, type or other name, in lower case -> the name to look for. */
  readonly providers: ReadonlyMap<string, string>
}

const kinds: readonly ModelKind[] = [
  'chat',
  'completion',
  'embedding',
  'rerank',
  'moderation',
  'image',
  'speech',
  'transcription',
  'video',
  'other',
]

const missingChoices = ['true', 'false', ...missingReasons] as const

const sorts: readonly SortName[] = [
  'name',
  'cost',
  'input_cost',
  'output_cost',
  'context',
  'output',
  'released',
  'retires',
  'latency',
  'throughput',
]

/** Whole numbers of tokens, or amounts of US dollars. */
const bounds: Readonly<Record<string, Omit<Bound, 'value'> & { readonly whole: boolean }>> = {
  min_context: { column: 'context', side: 'min', whole: true },
  max_context: { column: 'context', side: 'max', whole: true },
  min_output: { column: 'output', side: 'min', whole: true },
  max_output: { column: 'output', side: 'max', whole: true },
  min_cost: { column: 'cost', side: 'min', whole: false },
  max_cost: { column: 'cost', side: 'max', whole: false },
  min_input_cost: { column: 'input_cost', side: 'min', whole: false },
  max_input_cost: { column: 'input_cost', side: 'max', whole: false },
  min_output_cost: { column: 'output_cost', side: 'min', whole: false },
  max_output_cost: { column: 'output_cost', side: 'max', whole: false },
}

const abilityParameters: ReadonlyMap<string, AbilityName> = new Map(
  abilityNames.map(name => [`supports_${name}`, name]),
)

/** Every parameter of the search. */
export const searchParameters: readonly string[] = [
  'q',
  'provider',
  'owned_by',
  'kind',
  'license',
  'open_weights',
  'deprecated',
  'available',
  'missing',
  'retires_before',
  ...abilityParameters.keys(),
  ...Object.keys(bounds),
  'sort',
  'limit',
  'cursor',
  'facets',
  'live',
]

/** Those that say how the answer is cut and shown, not what is searched. */
const ofThePage: ReadonlySet<string> = new Set(['limit', 'cursor', 'facets', 'live'])

const usualLimit = 100
const largestLimit = 1000
const longestText = 200
const mostWords = 10
const mostNames = 50

/** @throws GatewayError `invalid_request` that names the parameter */
export function readQuestion(
  parameters: Iterable<readonly [string, string]>,
  known: KnownNames,
): ModelQuestion {
  const values = collect(parameters, searchParameters)
  const flag = (name: string) => readFlag(name, values.get(name))
  const names = (name: string) => readNames(name, values.get(name))
  const filters: ModelFilters = {
    providers: names('provider').map(written => findProvider(written, known)),
    owners: names('owned_by'),
    kinds: names('kind').map(kind => oneOf('kind', kind, kinds)),
    licenses: names('license'),
    abilities: readAbilities(values),
    bounds: readBounds(values),
    openWeights: flag('open_weights'),
    deprecated: flag('deprecated'),
    available: flag('available'),
    missing: names('missing').map(reason => oneOf('missing', reason, missingChoices)),
    retiresBefore: readDay('retires_before', values.get('retires_before')),
    words: readWords(values.get('q')),
  }
  const asked = [...values].filter(([name]) => !ofThePage.has(name))
  return {
    filters,
    sort: readSort(values.get('sort')),
    limit: readLimit('limit', values.get('limit'), usualLimit),
    cursor: values.get('cursor') ?? null,
    facets: flag('facets') ?? false,
    live: flag('live') ?? true,
    fingerprint: fingerprint(asked.map(([name, value]) => `${name}=${value}`)),
  }
}

/**
 * The parameters by name; none is unknown, empty, or there twice.
 * @throws GatewayError `invalid_request` that names the parameter
 */
export function collect(
  parameters: Iterable<readonly [string, string]>,
  names: readonly string[],
): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const [name, value] of parameters) {
    if (!names.includes(name))
      throw refuse(name, `is not a parameter here.${didYouMean(nearNames(name, names))}`)
    if (values.has(name)) throw refuse(name, 'is there twice. Several values are separated by commas.')
    if (value.trim() === '') throw refuse(name, 'is empty. Leave it out, or give it a value.')
    values.set(name, value.trim())
  }
  return values
}

/** @throws GatewayError `invalid_request` */
export function readLimit(name: string, value: string | undefined, usual: number): number {
  if (value === undefined) return usual
  const limit = /^\d{1,9}$/.test(value) ? Number(value) : 0
  if (limit < 1 || limit > largestLimit)
    throw refuse(name, `must be a whole number from 1 to ${largestLimit}, not ${quote(value)}.`)
  return limit
}

export function readFlag(name: string, value: string | undefined): boolean | null {
  if (value === undefined) return null
  // Python writes them with a capital.
  const lowered = value.toLowerCase()
  if (lowered !== 'true' && lowered !== 'false')
    throw refuse(name, `must be true or false, not ${quote(value)}.`)
  return lowered === 'true'
}

function readAbilities(values: ReadonlyMap<string, string>): ModelFilters['abilities'] {
  return [...abilityParameters].flatMap(([parameter, name]) => {
    const wanted = readFlag(parameter, values.get(parameter))
    return wanted === null ? [] : [{ name, wanted }]
  })
}

function readBounds(values: ReadonlyMap<string, string>): readonly Bound[] {
  const read = Object.entries(bounds).flatMap(([name, { column, side, whole }]) => {
    const value = values.get(name)
    return value === undefined ? [] : [{ column, side, value: readNumber(name, value, whole) }]
  })
  for (const { column, side, value } of read) {
    const least = read.find(bound => bound.column === column && bound.side === 'min')
    if (side === 'max' && least !== undefined && least.value > value)
      throw refuse(`max_${column}`, `is less than \`min_${column}\`: nothing can fit both.`)
  }
  return read
}

function readNumber(name: string, value: string, whole: boolean): number {
  if (whole && !/^\d{1,12}$/.test(value))
    throw refuse(name, `must be a whole number of tokens, such as 100000, not ${quote(value)}.`)
  if (!/^(?:\d{1,12}(?:\.\d{0,12})?|\.\d{1,12})$/.test(value))
    throw refuse(name, `must be an amount of US dollars, such as 0.01, not ${quote(value)}.`)
  return Number(value)
}

function readDay(name: string, value: string | undefined): string | null {
  if (value === undefined) return null
  // February has no 30th: such a day would be taken for one of March.
  const at = dayPattern.test(value) ? Date.parse(value) : Number.NaN
  if (Number.isNaN(at) || !new Date(at).toISOString().startsWith(value))
    throw refuse(name, `must be a day such as 2027-01-31, or a month such as 2027-01, not ${quote(value)}.`)
  return value
}

function readNames(name: string, value: string | undefined): readonly string[] {
  if (value === undefined) return []
  const names = value.split(',').map(each => each.trim().toLowerCase())
  if (names.includes('')) throw refuse(name, 'has an empty name between its commas.')
  if (names.length > mostNames) throw refuse(name, `has more than ${mostNames} names.`)
  return names
}

function findProvider(written: string, { providers }: KnownNames): string {
  const found = providers.get(written)
  if (found !== undefined) return found
  throw refuse(
    'provider',
    `names ${quote(written)}, which is none.${didYouMean(nearNames(written, providers.keys()))}`,
  )
}

function oneOf<Name extends string>(parameter: string, value: string, names: readonly Name[]): Name {
  const found = names.find(name => name === value)
  if (found !== undefined) return found
  const near = didYouMean(nearNames(value, names))
  throw refuse(parameter, `must be one of ${names.join(', ')}, not ${quote(value)}.${near}`)
}

function readSort(value: string | undefined): ModelQuestion['sort'] {
  if (value === undefined) return null
  const written = value.toLowerCase()
  if (/^[-+].*_(?:asc|desc)$/.test(written))
    throw refuse('sort', `has two directions in ${quote(value)}. Write \`-cost\` or \`cost_desc\`.`)
  const descending = written.startsWith('-') || written.endsWith('_desc')
  const name = written.replace(/^[-+]/, '').replace(/_(?:asc|desc)$/, '')
  return { by: oneOf('sort', name, sorts), descending }
}

function readWords(value: string | undefined): readonly string[] {
  if (value === undefined) return []
  if (value.length > longestText) throw refuse('q', `is longer than ${longestText} characters.`)
  const words = [...new Set(value.toLowerCase().split(/\s+/))]
  if (words.length > mostWords) throw refuse('q', `has more than ${mostWords} words.`)
  return words
}

function refuse(name: string, complaint: string): GatewayError {
  // What is no name of ours may be of any length.
  const param = name.slice(0, longestText)
  return new GatewayError('invalid_request', { message: `\`${param}\` ${complaint}`, param })
}

function quote(value: string): string {
  return `\`${value.length > 60 ? `${value.slice(0, 60)}…` : value}\``
}
