// What is counted of every ended request. It costs three look-ups and some ten additions: each combination of labels
// is bound once.

import type { Usage } from '../call.ts'
import type { ExchangeEnded, Outcome } from '../events.ts'
import { type Counter, createLabelLimit, type Histogram, type Registry } from './exposition.ts'

/** Where a request reached no provider. */
const nobody = 'none'

const durationBounds = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]
const overheadBounds = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1,
]
const firstContentBounds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120, 300]

const tokenKinds: ReadonlyArray<readonly [keyof Usage, label: string]> = [
  ['inputUncached', 'input_uncached'],
  ['cacheRead', 'cache_read'],
  ['cacheWrite5m', 'cache_write_5m'],
  ['cacheWrite1h', 'cache_write_1h'],
  ['outputText', 'output_text'],
  ['outputReasoning', 'output_reasoning'],
  ['audioInput', 'audio_input'],
  ['audioOutput', 'audio_output'],
]

const maxRoutes = 100
const maxProviders = 200

/** What is counted by route, provider and model, bound for one such combination. */
interface BoundExchange {
  readonly route: string
  readonly provider: string
  readonly model: string
  /** By outcome, then by status. */
  readonly outcomes: Map<Outcome, Map<number, Counter>>
  readonly duration: Histogram
  readonly overhead: Histogram
  readonly firstContent: Histogram
  /** In the order of `tokenKinds`; a kind is bound when it is first used. */
  readonly tokens: Array<Counter | undefined>
  readonly cost: Counter
  readonly unpriced: Counter
  readonly malformed: Counter
}

/** Counts ended requests into its metrics. */
export function createExchangeMetrics(registry: Registry, maxModels: number): (event: ExchangeEnded) => void {
  const families = declareExchangeFamilies(registry)
  const bytesIn = families.bytes.with('in')
  const bytesOut = families.bytes.with('out')
  const bind = createBinder(families, maxModels)

  function countOutcome(to: BoundExchange, { outcome, status }: ExchangeEnded): void {
    const known = to.outcomes.get(outcome)?.get(status)
    if (known !== undefined) known.add(1)
    else {
      const fresh = families.requests.with(to.route, to.provider, to.model, String(status), outcome)
      fresh.add(1)
      getOrCreate(to.outcomes, outcome).set(status, fresh)
    }
  }

  function countTokens(to: BoundExchange, usage: Usage): void {
    for (let index = 0; index < tokenKinds.length; index++) {
      const kind = tokenKinds[index]
      if (kind === undefined || usage[kind[0]] === 0) continue
      to.tokens[index] ??= families.tokens.with(to.provider, to.model, kind[1])
      to.tokens[index]?.add(usage[kind[0]])
    }
  }

  return event => {
    const to = bind(event)
    countOutcome(to, event)
    to.duration.observe(event.durationMs / 1000)
    // A request that reached no provider says nothing of what the gateway adds to one that does.
    if (event.provider !== null) to.overhead.observe(Math.max(0, event.durationMs - event.upstreamMs) / 1000)
    if (event.firstContentMs !== null) to.firstContent.observe(event.firstContentMs / 1000)
    if (event.usage !== null) countTokens(to, event.usage)
    if (event.costNanoUsd !== null) to.cost.add(event.costNanoUsd)
    if (event.costStatus === 'unpriced') to.unpriced.add(1)
    if (event.malformedEvents !== undefined) to.malformed.add(event.malformedEvents)
    bytesIn.add(event.bytesIn)
    bytesOut.add(event.bytesOut)
  }
}

/** Finds what a request is counted into, made at the first of its kind. */
function createBinder(
  families: ReturnType<typeof declareExchangeFamilies>,
  maxModels: number,
): (event: ExchangeEnded) => BoundExchange {
  const limitRoute = createLabelLimit(maxRoutes)
  const limitProvider = createLabelLimit(maxProviders)
  const limitModel = createLabelLimit(maxModels)
  // Nested, because a key put together from three names would cost more than everything else here.
  const bound = new Map<string, Map<string, Map<string, BoundExchange>>>()

  function bindLabels(route: string, provider: string, model: string): BoundExchange {
    const models = getOrCreate(getOrCreate(bound, route), provider)
    const known = models.get(model)
    if (known !== undefined) return known
    const fresh: BoundExchange = {
      route,
      provider,
      model,
      outcomes: new Map(),
      duration: families.duration.with(route, provider),
      overhead: families.overhead.with(route),
      firstContent: families.firstContent.with(provider),
      tokens: [],
      cost: families.cost.with(provider, model),
      unpriced: families.unpriced.with(provider, model),
      malformed: families.malformed.with(provider, model),
    }
    models.set(model, fresh)
    return fresh
  }

  return ({ route, provider, model }) => {
    const ofProvider = bound.get(route)?.get(provider ?? nobody)
    return (
      ofProvider?.get(model ?? nobody) ??
      bindLabels(
        limitRoute(route),
        provider === null ? nobody : limitProvider(provider),
        model === null ? nobody : limitModel(model),
      )
    )
  }
}

/** The inner map of a key, made where it is missing. */
export function getOrCreate<Key, InnerKey, Value>(
  maps: Map<Key, Map<InnerKey, Value>>,
  key: Key,
): Map<InnerKey, Value> {
  const known = maps.get(key)
  if (known !== undefined) return known
  const fresh = new Map<InnerKey, Value>()
  maps.set(key, fresh)
  return fresh
}

function declareExchangeFamilies(registry: Registry) {
  return {
    requests: registry.counter({
      name: 'llm_proxy_requests_total',
      help: 'Requests that have ended.',
      labels: ['route', 'provider', 'model', 'status', 'outcome'],
    }),
    duration: registry.histogram(
      {
        name: 'llm_proxy_request_duration_seconds',
        help: 'From the first byte of a request to the last of its answer.',
        labels: ['route', 'provider'],
      },
      durationBounds,
    ),
    overhead: registry.histogram(
      {
        name: 'llm_proxy_overhead_seconds',
        help: "What the gateway adds: a request's duration without the time spent waiting for providers.",
        labels: ['route'],
      },
      overheadBounds,
    ),
    firstContent: registry.histogram(
      {
        name: 'llm_proxy_first_content_seconds',
        help: 'From the start of a request to the first content of its answer.',
        labels: ['provider'],
      },
      firstContentBounds,
    ),
    tokens: registry.counter({
      name: 'llm_proxy_tokens_total',
      help: 'Tokens used. The kinds do not overlap: their sum is what was used.',
      labels: ['provider', 'model', 'kind'],
    }),
    cost: registry.counter({
      name: 'llm_proxy_cost_usd_total',
      help: 'Cost of requests whose price is known, in US dollars.',
      labels: ['provider', 'model'],
      scale: 1e-9,
    }),
    unpriced: registry.counter({
      name: 'llm_proxy_unpriced_requests_total',
      help: 'Requests that used tokens of an unknown price: their cost is missing from the total.',
      labels: ['provider', 'model'],
    }),
    malformed: registry.counter({
      name: 'llm_proxy_malformed_stream_events_total',
      help: 'Events of streams that were not of their format and were dropped.',
      labels: ['provider', 'model'],
    }),
    bytes: registry.counter({
      name: 'llm_proxy_body_bytes_total',
      help: 'Bytes of bodies received from clients (in) and sent to them (out).',
      labels: ['direction'],
    }),
  }
}
