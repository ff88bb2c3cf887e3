// Reads the fields of a listed model. Vendors leave out what they do not know, or write zero, null or an empty text for
// it: all of that is nothing said.

import { GatewayError } from '../../errors.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import type { ListedFacts, Modality, SaidFacts } from '../../model-facts.ts'
import type { ListingPage, ListingRequest } from '../listing.ts'

/** A fact that may not have been said. */
export type Said<Value> = Value | undefined

/** Facts in which those that were not said may stand as undefined. */
export type MaybeSaid = { readonly [Name in keyof SaidFacts]: SaidFacts[Name] | undefined }

/** Longer names are no names, and would only fill the memory. */
const longestId = 256

/** @throws GatewayError `upstream_malformed` */
export function listIn(body: unknown, ...fields: readonly string[]): readonly unknown[] {
  if (Array.isArray(body) && fields.includes('')) return body
  if (isObject(body))
    for (const field of fields) {
      const list = body[field]
      if (Array.isArray(list)) return list
    }
  throw new GatewayError('upstream_malformed', { message: 'What came is no list of models.' })
}

export interface PageReader {
  /** Null for what is no model to be asked, which is left out in silence. */
  read(row: JsonObject): (MaybeSaid & { readonly id: unknown }) | null
  readonly next?: ListingRequest | null
}

/** A page of those rows that have a name; the others are counted. */
export function readRows(rows: readonly unknown[], { read, next = null }: PageReader): ListingPage {
  const models: ListedFacts[] = []
  let skipped = 0
  for (const row of rows) {
    const said = isObject(row) ? read(row) : { id: null }
    if (said === null) continue
    if (isModelId(said.id)) models.push({ ...withoutUnsaid<MaybeSaid>(said), id: said.id })
    else skipped++
  }
  return { models, next, ...(skipped > 0 && { skipped }) }
}

export function isModelId(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && id.length <= longestId && !/[\p{Cc}\p{Cs}]|^\s|\s$/u.test(id)
}

/** In a loop, as lists have thousands of models. */
export function withoutUnsaid<Value extends object>(
  facts: Value,
): { [Name in keyof Value]?: NonNullable<Value[Name]> } {
  const said: { [Name in keyof Value]?: NonNullable<Value[Name]> } = {}
  for (const name in facts) {
    const value = facts[name]
    if (value !== undefined && value !== null) said[name] = value
  }
  return said
}

/** What is written where a model is described: neither empty nor of any length. */
export function textIn(value: unknown): Said<string> {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, longestId) : undefined
}

/** The first of these that is a number of tokens; some write it as a text. */
export function tokensIn(...values: readonly unknown[]): Said<number> {
  for (const value of values) {
    const tokens = typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : value
    if (typeof tokens === 'number' && Number.isSafeInteger(tokens) && tokens > 0) return tokens
  }
  return undefined
}

export function flagIn(value: unknown): Said<boolean> {
  return typeof value === 'boolean' ? value : undefined
}

export function textsIn(value: unknown): Said<readonly string[]> {
  return Array.isArray(value)
    ? value.filter((item): item is string => typeof item === 'string' && item !== '')
    : undefined
}

/** The day of a time in seconds since the epoch, or of a date in ISO's form. The epoch itself means nothing. */
export function dayIn(value: unknown): Said<string> {
  if (typeof value === 'string') {
    const [day] = /^\d{4}-\d{2}-\d{2}/.exec(value) ?? []
    return day === undefined || day < '1971' || Number.isNaN(Date.parse(day)) ? undefined : day
  }
  const plausible = typeof value === 'number' && value > 31_536_000 && value < 32_503_680_000
  return plausible ? new Date(value * 1000).toISOString().slice(0, 10) : undefined
}

const modalities: ReadonlyMap<string, Modality> = new Map([
  ['text', 'text'],
  ['image', 'image'],
  ['images', 'image'],
  ['file', 'pdf'],
  ['pdf', 'pdf'],
  ['audio', 'audio'],
  ['speech', 'audio'],
  ['video', 'video'],
  ['embedding', 'embedding'],
  ['embeddings', 'embedding'],
])

/** Those that have a name here, each once; undefined where nothing of them was said. */
export function modalitiesIn(value: unknown): Said<readonly Modality[]> {
  const known = textsIn(value)?.flatMap(name => modalities.get(name.toLowerCase()) ?? [])
  return known === undefined || known.length === 0 ? undefined : [...new Set(known)]
}

/** Text, and what else the flags allow; undefined where none of them was said. */
export function inputsFrom(flags: Readonly<Partial<Record<Modality, unknown>>>): Said<readonly Modality[]> {
  const said = Object.entries(flags).filter(([, flag]) => typeof flag === 'boolean')
  if (said.length === 0) return undefined
  return ['text', ...said.filter(([, flag]) => flag === true).map(([name]) => name as Modality)]
}

/** An object within a row; empty where there is none. */
export function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}
