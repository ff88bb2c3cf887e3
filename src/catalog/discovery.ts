// What is thought of a list of models that a provider gave: whether it is believed, what is new in it, and when it is
// asked for again. Pure; src/app/discovery.ts does what is decided here.

import { hash } from 'node:crypto'
import { isText, type JsonObject } from '../lib/json-value.ts'
import { runAtOnce } from '../lib/slices.ts'
import type { ListedFacts } from '../model-facts.ts'
import type { FactChange, ModelChange, ModelChangeKind } from './model-changes.ts'

/** A share and a number of models that a list may lose at once; one that lost more of both is doubted. */
const lostShare = 0.05
const lostNumber = 2
/** So often the same list is doubted before it is believed. */
const timesInRow = 3

/** A list that is doubted, and how often it came. */
export interface Doubt {
  readonly signature: string
  readonly times: number
}

export type Verdict =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly doubt: Doubt; readonly reason: string }

export interface JudgedList {
  /** Names of the last list that was believed; null for none. */
  readonly before: readonly string[] | null
  /** Further names as well. */
  readonly after: readonly string[]
  /** Of the last time; null where that list was believed. */
  readonly doubt: Doubt | null
  /** Somebody knows that it is right. */
  readonly acceptShrunken?: boolean
}

/**
 * Vendors answer with half a list while something is broken at their side, and take it back an hour later. A list that
 * is much smaller, or empty, is not believed before it came three times in a row.
 */
export function judgeList({ before, after, doubt, acceptShrunken = false }: JudgedList): Verdict {
  const reason = acceptShrunken ? null : describeShrinkage(before, after)
  if (reason === null) return { accepted: true }
  const signature = hash('sha256', after.toSorted().join('\n'))
  const times = doubt?.signature === signature ? doubt.times + 1 : 1
  return times >= timesInRow ? { accepted: true } : { accepted: false, reason, doubt: { signature, times } }
}

function describeShrinkage(before: readonly string[] | null, after: readonly string[]): string | null {
  if (after.length === 0) return before?.length === 0 ? null : 'the list is empty'
  if (before === null) return null
  const left = new Set(after)
  const lost = before.filter(name => !left.has(name)).length
  if (lost <= lostNumber || lost <= before.length * lostShare) return null
  return `${lost} of ${before.length} models are missing in the list`
}

/** A change that has no place in the log of changes yet. */
export type ModelChangeDraft = Omit<ModelChange, 'sequence'>

export interface ListsOfProvider {
  /** The configured name. */
  readonly provider: string
  readonly before: readonly ListedFacts[]
  readonly after: readonly ListedFacts[]
  /** Milliseconds since the epoch. */
  readonly at: number
  /** What could stand in for a model that is gone or on its way out. */
  readonly replacementOf?: ((model: string) => string | null) | undefined
}

/** Models between two pauses. */
const comparedAtOnce = 200

export function diffLists(lists: ListsOfProvider): readonly ModelChangeDraft[] {
  return runAtOnce(diffSteps(lists))
}

/**
 * In the order of the new list, what is gone at the end. Facts that are told in another order are the same. A model that
 * has become a further name of another one is not gone.
 */
export function* diffSteps(lists: ListsOfProvider): Generator<void, readonly ModelChangeDraft[]> {
  const { provider, after, at } = lists
  const listed = new Set(after.map(({ id }) => `${provider}/${id}`))
  const isGone = (key: string): boolean => key.startsWith(`${provider}/`) && !listed.has(key)
  const replacementOf = (model: string): string | null => {
    const key = lists.replacementOf?.(model) ?? null
    // It may be known of before this list, and gone with it.
    return key === null || isGone(key) ? null : key
  }
  const before = new Map(lists.before.map(model => [model.id, model]))
  const changes: ModelChangeDraft[] = []
  const add = (kind: ModelChangeKind, model: string, facts: readonly FactChange[]): void => {
    const replacement = kind === 'removed' || kind === 'deprecated' ? replacementOf(model) : null
    changes.push({ at, kind, provider, model, facts, replacement })
  }
  for (const [index, model] of after.entries()) {
    if (index % comparedAtOnce === comparedAtOnce - 1) yield
    const known = before.get(model.id)
    before.delete(model.id)
    if (known === undefined) add('added', model.id, [])
    else for (const [kind, facts] of groupByKind(changedFacts(known, model))) add(kind, model.id, facts)
  }
  const furtherNames = new Set(after.flatMap(({ aliases }) => aliases ?? []))
  for (const id of before.keys()) if (!furtherNames.has(id)) add('removed', id, [])
  return changes
}

const nothing: readonly FactChange[] = []

/** Nothing is made for a model that is as it was, which is what almost all are. */
function changedFacts(before: ListedFacts, after: ListedFacts): readonly FactChange[] {
  let changes: FactChange[] | null = null
  for (const name of namesIn(after)) {
    if (isSame(before[name], after[name])) continue
    changes ??= []
    changes.push({ name, before: before[name] ?? null, after: after[name] ?? null })
  }
  for (const name of namesIn(before)) {
    if (after[name] !== undefined) continue
    changes ??= []
    changes.push({ name, before: before[name], after: null })
  }
  return changes ?? nothing
}

/** The name by which both are known is the same. */
function namesIn(facts: ListedFacts): (keyof ListedFacts)[] {
  return Object.keys(facts) as (keyof ListedFacts)[]
}

/** The order of names in a list, and of fields, means nothing. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) && Array.isArray(other)) return haveSameItems(one, other)
  const names = Object.keys(one)
  const [left, right] = [one as JsonObject, other as JsonObject]
  return names.length === Object.keys(other).length && names.every(name => isSame(left[name], right[name]))
}

function haveSameItems(one: readonly unknown[], other: readonly unknown[]): boolean {
  if (one.length !== other.length) return false
  if (one.every((item, index) => isSame(item, other[index]))) return true
  return one.every(isText) && other.every(isText) && one.every(item => other.includes(item))
}

/** Days on which a model begins to go. */
const lastDays = new Set(['deprecatedOn', 'retiresOn'])

const noKinds: ReadonlyMap<ModelChangeKind, readonly FactChange[]> = new Map()

/** One change for each kind: that a price rose is another matter than that a window grew. */
function groupByKind(facts: readonly FactChange[]): ReadonlyMap<ModelChangeKind, readonly FactChange[]> {
  if (facts.length === 0) return noKinds
  const kinds = new Map<ModelChangeKind, FactChange[]>()
  for (const fact of facts) {
    const kind = kindOf(fact)
    kinds.set(kind, [...(kinds.get(kind) ?? []), fact])
  }
  return kinds
}

function kindOf({ name, before, after }: FactChange): ModelChangeKind {
  if (name === 'prices') return 'price_changed'
  return lastDays.has(name) && before === null && after !== null ? 'deprecated' : 'changed'
}

export interface Outlook {
  /** Milliseconds between two questions that go well. */
  readonly intervalMs: number
  /** By which share that may be longer or shorter, so that a fleet does not ask at once. */
  readonly jitter: number
  /** A number from 0 to below 1. */
  readonly random: () => number
  /** Failures in a row. */
  readonly failures: number
  /** The list was doubted: it is to be seen soon whether it stays so. */
  readonly doubted: boolean
  /** The provider asked for as much. */
  readonly retryAfterMs: number | null
}

const firstRetryMs = 30_000
const doubtedRetryMs = 5 * 60_000
const longestRetryAfterMs = 24 * 60 * 60_000

/** Milliseconds until a list is asked for again. */
export function nextDelayMs({
  intervalMs,
  jitter,
  random,
  failures,
  doubted,
  retryAfterMs,
}: Outlook): number {
  if (failures > 0) {
    const backOff = Math.min(intervalMs, firstRetryMs * 2 ** Math.min(failures - 1, 20))
    return Math.max(backOff * (1 - random() / 2), Math.min(retryAfterMs ?? 0, longestRetryAfterMs))
  }
  const pause = doubted ? Math.min(intervalMs, doubtedRetryMs) : intervalMs
  return pause * (1 + jitter * (2 * random() - 1))
}

/** By what a server knows whether its answer has changed. */
export interface Validators {
  readonly etag: string | null
  readonly lastModified: string | null
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** Null where the server gave none. */
export function validatorsIn(headers: Headers): Validators | null {
  const etag = textOf(headers['etag'])
  const lastModified = textOf(headers['last-modified'])
  return etag === null && lastModified === null ? null : { etag, lastModified }
}

/** Name and value in turn. */
export function conditionalHeaders(validators: Validators | null): readonly string[] {
  if (validators === null) return []
  const { etag, lastModified } = validators
  return [
    ...(etag === null ? [] : ['if-none-match', etag]),
    ...(lastModified === null ? [] : ['if-modified-since', lastModified]),
  ]
}

/** What goes back as a header must be able to stand in one. */
function textOf(value: string | readonly string[] | undefined): string | null {
  return typeof value === 'string' && /^[\x20-\x7e]{1,512}$/.test(value) ? value : null
}
