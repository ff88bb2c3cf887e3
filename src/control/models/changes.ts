// GET /api/models/changes: what has become of the models, since a change that is known, a time, or for how long.

import { priceAt } from '../../catalog/current-price.ts'
import { collect, readLimit } from '../../catalog/filters.ts'
import type { FactChange, ModelChange } from '../../catalog/model-changes.ts'
import { GatewayError } from '../../errors.ts'
import type { PricePeriod } from '../../model-facts.ts'
import { describePrices, snakeCase, timeOf } from './document.ts'
import type { ModelLibrary, ModelsDeps } from './library.ts'

/** All that are kept. */
const unlimited = Number.MAX_SAFE_INTEGER
const usualLimit = 100

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
}

const units = 's, m, h, d or w'

/** Behind a change of that number, or from a time on. */
type Since = { readonly sequence: number } | { readonly at: number }

interface ChangesDeps extends Pick<ModelsDeps, 'clock' | 'modelLists'> {
  readonly models: Pick<ModelLibrary, 'catalogue' | 'replacementOf'>
}

/** @throws GatewayError 400 */
export function listChanges(
  parameters: Iterable<readonly [string, string]>,
  { clock, models, modelLists: { changes } }: ChangesDeps,
): object {
  const values = collect(parameters, ['since', 'limit'])
  const limit = readLimit('limit', values.get('limit'), usualLimit)
  const since = readSince(values.get('since'), clock.wall(), () => lastSequence(changes(0, unlimited)))
  const found =
    'sequence' in since
      ? changes(since.sequence, limit + 1)
      : changes(0, unlimited).filter(({ at }) => at >= since.at)
  const page = found.slice(0, limit)
  const first = 'sequence' in since ? since.sequence : lastSequence(changes(0, unlimited))
  return {
    object: 'list',
    data: page.map(change => describeChange(change, models)),
    has_more: found.length > page.length,
    next_since: page.at(-1)?.sequence ?? first,
  }
}

function lastSequence(changes: readonly ModelChange[]): number {
  return changes.at(-1)?.sequence ?? 0
}

/** @param last gives the number of the last change */
function readSince(written: string | undefined, now: number, last: () => number): Since {
  if (written === undefined) return { sequence: 0 }
  if (/^\d+$/.test(written)) return { sequence: readSequence(written, last()) }
  const [, amount, unit = ''] = /^(\d{1,6})([smhdw])$/.exec(written) ?? []
  if (amount !== undefined) return { at: now - Number(amount) * (unitMs[unit] ?? 0) }
  // A `+` of a zone that was not encoded has become a space.
  const at = /^\d{4}-\d{2}-\d{2}/.test(written) ? Date.parse(written.replace(' ', '+')) : Number.NaN
  if (!Number.isNaN(at)) return { at }
  const message = `\`since\` must be a time such as 2026-01-31T12:00:00Z, a length such as 24h or 7d (${units}), or a \`next_since\`.`
  throw new GatewayError('invalid_request', { message, param: 'since' })
}

/** A number that was never told to anybody here is no place to go on from. */
function readSequence(written: string, last: number): number {
  if (Number(written) <= last) return Number(written)
  const message =
    `\`since=${written.slice(0, 20)}\` is behind the last change, which is ${last}. As a \`next_since\` it is of a history that is gone, ` +
    `as with a lost data directory: leave \`since\` out for all that is remembered. As a length it lacks a unit (${units}), such as 24h.`
  throw new GatewayError('invalid_request', { message, param: 'since' })
}

function describeChange(change: ModelChange, models: ChangesDeps['models']): object {
  return {
    sequence: change.sequence,
    at: timeOf(change.at),
    kind: change.kind,
    provider: change.provider,
    model: change.model,
    facts: change.facts.map(fact => describeFact(fact, change.at)),
    replacement: replacementNow(change, models),
  }
}

/** After which somebody may look for another model. */
const unwelcome: ReadonlySet<ModelChange['kind']> = new Set([
  'removed',
  'deprecated',
  'retired',
  'price_changed',
])

/** What could stand in at the time of a change may be gone by now, or something better may have come. */
function replacementNow(
  { kind, provider, model, replacement }: ModelChange,
  { catalogue, replacementOf }: ChangesDeps['models'],
): string | null {
  if (!unwelcome.has(kind)) return null
  const entry = catalogue.find(`${provider}/${model}`)
  if (entry !== null) return replacementOf(entry)?.key ?? null
  return replacement !== null && catalogue.find(replacement)?.missing === null ? replacement : null
}

/** @param at of the change: what was in force then, in the old prices as in the new ones */
function describeFact({ name, before, after }: FactChange, at: number): object {
  const show = (value: unknown): unknown => (name === 'prices' ? describePriceFact(value, at) : value)
  return { name: snakeCase(name), before: show(before), after: show(after) }
}

/** In US dollars per million tokens, as everywhere. @param at milliseconds since the epoch */
export function describePriceFact(value: unknown, at: number): unknown {
  if (!Array.isArray(value)) return value
  const periods = value as readonly PricePeriod[]
  return describePrices(periods, priceAt(periods, at))
}
