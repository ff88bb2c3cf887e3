// Watches the catalogue: dates that come near, models that were retired, prices that changed. Pure: what is told depends
// on what was looked at before, and the drafts become changes where they are numbered.

import { runAtOnce, runInSlices } from '../lib/slices.ts'
import type { PricePeriod } from '../model-facts.ts'
import type { Catalogue, CatalogueEntry } from './catalogue.ts'
import type { FactChange, ModelChange } from './model-changes.ts'
import { createReplacementFinder, type FindReplacement } from './replacement.ts'
import { steadyPriceAt } from './steady-price.ts'

/** A change that has no number yet. */
export type ChangeDraft = Omit<ModelChange, 'sequence'>

/** What is remembered of a model from one look to the next. */
export type SeenModel = Pick<CatalogueEntry, 'prices' | 'retiresOn' | 'deprecatedOn'>

export interface Watch {
  /** What was seen when it was last looked at, by key; null for the first time. */
  readonly before: { find(key: string): SeenModel | null } | null
  readonly after: Catalogue
  /** When it was last looked at, in milliseconds since the epoch; null for the first time: then what is near is told. */
  readonly since: number | null
  readonly now: number
}

/** Days before a date on which it is told. */
export const warningDays = [90, 30, 7, 1] as const

const dayMs = 86_400_000
/** Entries between two pauses. */
const sliceSize = 100

export function watchCatalogue(watch: Watch): readonly ChangeDraft[] {
  return runAtOnce(watchSteps(watch))
}

/** The same, with pauses in which others get their turn. */
export function watchCatalogueInSlices(watch: Watch): Promise<readonly ChangeDraft[]> {
  return runInSlices(watchSteps(watch))
}

/** Only models whose provider is configured: of others nobody has to know. */
export function isWatched({ missing }: CatalogueEntry): boolean {
  return missing !== 'provider_not_configured'
}

function* watchSteps(watch: Watch): Generator<void, readonly ChangeDraft[]> {
  const drafts: ChangeDraft[] = []
  const findReplacement = createReplacementFinder(watch.after, watch.now)
  for (const [index, entry] of watch.after.entries.entries()) {
    if (index % sliceSize === sliceSize - 1) yield
    if (!isWatched(entry)) continue
    const found = [...datesOf(entry, watch), ...pricesOf(entry, watch)]
    for (const { kind, facts } of found)
      drafts.push(draftOf(entry, { kind, facts, findReplacement, now: watch.now }))
    if (found.length > 0) yield
  }
  return drafts
}

type Finding = Pick<ModelChange, 'kind' | 'facts'>

interface DraftParts extends Finding {
  readonly findReplacement: FindReplacement
  readonly now: number
}

function draftOf(entry: CatalogueEntry, { kind, facts, findReplacement, now }: DraftParts): ChangeDraft {
  const { provider, id } = entry
  return { at: now, kind, provider, model: id, facts, replacement: findReplacement(entry)?.key ?? null }
}

/** The end is told when it comes; before it, each step that was passed since the last look, the nearest alone. */
function datesOf(entry: CatalogueEntry, watch: Watch): readonly Finding[] {
  const { retiresOn, deprecatedOn } = entry
  const seen = watch.before?.find(entry.key) ?? null
  // Of a date that was not known, every step that is passed is news.
  const since = (name: 'retiresOn' | 'deprecatedOn') => (seen?.[name] === entry[name] ? watch.since : null)
  const { now } = watch
  if (retiresOn !== null) {
    const step = stepOf(retiresOn, { since: since('retiresOn'), now })
    if (step === null) return []
    return [{ kind: step === 0 ? 'retired' : 'deprecated', facts: dateFacts('retiresOn', entry, watch) }]
  }
  // What retires is told by that date alone.
  if (deprecatedOn === null || stepOf(deprecatedOn, { since: since('deprecatedOn'), now }) === null) return []
  return [{ kind: 'deprecated', facts: dateFacts('deprecatedOn', entry, watch) }]
}

function dateFacts(
  name: 'retiresOn' | 'deprecatedOn',
  entry: CatalogueEntry,
  { before, since, now }: Watch,
): readonly FactChange[] {
  const day = entry[name] ?? ''
  const known = before?.find(entry.key)?.[name] ?? null
  return [
    { name, before: known, after: day },
    {
      name: 'daysLeft',
      before: since === null || known === null ? null : daysUntil(known, since),
      after: daysUntil(day, now),
    },
  ]
}

/** @returns the step that was passed since the last look: days before the date, 0 for the date itself; null for none */
function stepOf(day: string, { since, now }: Pick<Watch, 'since' | 'now'>): number | null {
  const steps = [0, ...warningDays.toReversed()]
  const passed = (at: number) => steps.find(step => daysUntil(day, at) <= step) ?? null
  const current = passed(now)
  if (current === null) return null
  // What was over before anybody looked is no news.
  if (since === null) return current === 0 ? null : current
  return passed(since) === current ? null : current
}

/** Whole days; 0 on the day itself. Of a month alone, the last day is meant. */
function daysUntil(day: string, at: number): number {
  const [year = 0, month = 1, date] = day.split('-').map(Number)
  const end = date === undefined ? Date.UTC(year, month, 0) : Date.UTC(year, month - 1, date)
  return Math.ceil((end - Math.floor(at / dayMs) * dayMs) / dayMs)
}

/** Tariffs of the hours of a day come and go and are no change. */
function pricesOf(entry: CatalogueEntry, { before, since, now }: Watch): readonly Finding[] {
  const known = before?.find(entry.key)
  if (
    known === undefined ||
    known === null ||
    (known.prices === entry.prices && (entry.prices?.length ?? 0) < 2)
  )
    return []
  const old = steadyPriceAt(known.prices, since ?? now)
  const current = steadyPriceAt(entry.prices, now)
  if (isSamePrice(old, current)) return []
  const facts = [{ name: 'prices', before: old && [old], after: current && [current] }]
  return [{ kind: 'price_changed', facts }]
}

function isSamePrice(one: PricePeriod | null, other: PricePeriod | null): boolean {
  const names = new Set([...Object.keys(one ?? {}), ...Object.keys(other ?? {})]) as Set<keyof PricePeriod>
  names.delete('from')
  names.delete('daily')
  return [...names].every(name => JSON.stringify(one?.[name]) === JSON.stringify(other?.[name]))
}
