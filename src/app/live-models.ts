// What is seen of a model at the moment: whether it can be asked, how it has done lately, and what it really costs. Read
// when somebody asks, from what requests have left behind.

import type { Target } from '../call.ts'
import type { Catalogue, CatalogueEntry } from '../catalog/catalogue.ts'
import { countOutput, effectivePrice } from '../catalog/effective-price.ts'
import { countInput } from '../catalog/price-rates.ts'
import type { EffectivePrice, LiveFacts, ModelStatus } from '../control/models/library.ts'
import type { BreakerState } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import type { ModelTraffic, TrafficReading } from '../observability/model-traffic.ts'
import type { BuiltSnapshot } from './build-snapshot.ts'

export interface LiveModelsDeps {
  snapshot(): BuiltSnapshot
  readonly clock: Pick<Clock, 'wall'>
  readonly traffic: ModelTraffic
  breakerState(targetId: string): BreakerState
  /** Asking the target now would most likely be in vain. */
  rests(target: Target): boolean
  /** `provider/model` of every target that was ever called. */
  calledTargets(): Iterable<string>
  /** Tokens written in a second of an answer; null before the first. */
  tokensPerSecond(targetId: string): number | null
}

export interface LiveModels {
  read(entry: CatalogueEntry, catalogue: Catalogue): LiveFacts
  /** Keys of the models that could be asked for, but not now. */
  resting(catalogue: Catalogue): Iterable<string>
  figures(catalogue: Catalogue, figure: 'latency' | 'throughput'): ReadonlyMap<string, number>
}

/** As for the health of a provider. */
const enoughCalls = 5
const degradedErrorRate = 0.1

export function createLiveModels(deps: LiveModelsDeps): LiveModels {
  return {
    read: (entry, catalogue) => readLive(entry, catalogue, deps),
    resting: catalogue => findResting(catalogue, deps),
    figures(catalogue, figure) {
      const known = new Map<string, number>()
      for (const { provider, model, reading } of deps.traffic.readAll()) {
        const entry = entryOf(catalogue, provider, model)
        const value =
          figure === 'latency' ? reading.firstToken?.p50 : deps.tokensPerSecond(`${provider}/${model}`)
        if (entry !== null && value !== undefined && value !== null) known.set(entry.key, value)
      }
      return known
    },
  }
}

function readLive(entry: CatalogueEntry, catalogue: Catalogue, deps: LiveModelsDeps): LiveFacts {
  const seen = findUsed(entry, catalogue, deps)
  const { target, reading } = seen
  return {
    status: statusOf(entry, seen, deps),
    breaker: target === null ? 'closed' : deps.breakerState(target.id),
    calls: reading?.calls ?? 0,
    failures: reading?.failures ?? 0,
    firstTokenMs: reading?.firstToken ?? null,
    tokensPerSecond: target === null ? null : deps.tokensPerSecond(target.id),
    effective: describePaid(reading?.paid ?? null, entry, deps.clock.wall()),
  }
}

interface Seen {
  /** Null where its provider is not configured. */
  readonly target: Target | null
  readonly reading: TrafficReading | null
}

/** The target of a model by that of its names by which it was asked for lately. */
function findUsed(
  { provider, id, aliases }: CatalogueEntry,
  catalogue: Catalogue,
  deps: LiveModelsDeps,
): Seen {
  // A further name may be a model of its own as well.
  const further = (aliases ?? []).filter(name => catalogue.find(`${provider}/${name}`) === null)
  const seen = [id, ...further].map((name): Seen => {
    const target = targetOf(provider, name, deps)
    return { target, reading: target === null ? null : deps.traffic.read(provider, target.model) }
  })
  return seen.reduce((most, other) => (isUsedMore(other, most) ? other : most))
}

/** By the calls of the last minutes; where there are none, as after a restart, by what was paid for. */
function isUsedMore({ reading: one }: Seen, { reading: other }: Seen): boolean {
  const more = (one?.calls ?? 0) - (other?.calls ?? 0)
  return more === 0 ? (one?.paid?.answers ?? 0) > (other?.paid?.answers ?? 0) : more > 0
}

function targetOf(provider: string, model: string, { snapshot }: LiveModelsDeps): Target | null {
  const connected = snapshot().providers.find(({ configuration }) => configuration.name === provider)
  if (connected === undefined) return null
  const deployed = connected.configuration.deployments[model] ?? model
  const { connection } = connected.indexed
  return { id: `${provider}/${deployed}`, connection, model: deployed, priceModel: model }
}

function statusOf(entry: CatalogueEntry, { target, reading }: Seen, deps: LiveModelsDeps): ModelStatus {
  if (entry.missing !== null || target === null) return 'missing'
  const breaker = deps.breakerState(target.id)
  if (breaker === 'open') return 'open'
  if (deps.rests(target)) return 'resting'
  const errorRate = reading !== null && reading.calls >= enoughCalls ? reading.failures / reading.calls : 0
  return errorRate >= degradedErrorRate || breaker === 'half_open' ? 'degraded' : 'available'
}

/** Only what was called can rest, or what belongs to a provider all of whose keys are refused. */
function* findResting(catalogue: Catalogue, deps: LiveModelsDeps): Generator<string> {
  const rests = (provider: string, model: string): boolean => {
    const target = targetOf(provider, model, deps)
    return target !== null && (deps.breakerState(target.id) === 'open' || deps.rests(target))
  }
  const names = deps.snapshot().providers.map(({ configuration }) => configuration.name)
  const whole = new Set(names.filter(name => rests(name, '')))
  if (whole.size > 0) for (const { key, provider } of catalogue.entries) if (whole.has(provider)) yield key
  for (const id of deps.calledTargets()) {
    const slash = id.indexOf('/')
    const [provider, model] = [id.slice(0, slash), id.slice(slash + 1)]
    if (!rests(provider, model)) continue
    const entry = entryOf(catalogue, provider, model)
    if (entry !== null) yield entry.key
  }
}

/** The entry that a target belongs to, by its name or a further one. */
function entryOf(catalogue: Catalogue, provider: string, model: string): CatalogueEntry | null {
  const own = catalogue.find(`${provider}/${model}`)
  return own ?? catalogue.findById(model).find(entry => entry.provider === provider) ?? null
}

function describePaid(
  paid: TrafficReading['paid'],
  entry: CatalogueEntry,
  at: number,
): EffectivePrice | null {
  if (paid === null) return null
  const inputTokens = countInput(paid.usage)
  return {
    ...effectivePrice(paid, entry.prices, at),
    cacheHitRatio: inputTokens === 0 ? null : paid.usage.cacheRead / inputTokens,
    inputTokens,
    outputTokens: countOutput(paid.usage),
    paidUsd: paid.costNanoUsd / 1e9,
    answers: paid.answers,
  }
}
