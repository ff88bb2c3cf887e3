// How the targets of a workload really are at a moment: what the strategies have to find out.

import type { Connection, Target } from '../../src/call.ts'
import { createRandom } from '../../src/lib/seeded-random.ts'
import { normalQuantile } from '../../src/routing/normal.ts'
import { type RequestKind, type SimulatedTarget, valueAt, type Workload } from './workload.ts'

export interface Arrival {
  readonly index: number
  readonly second: number
  readonly kind: RequestKind
}

/** Means, for one kind of request at one moment. */
export interface Condition {
  readonly success: number
  readonly latencyMs: number
  readonly costNanoUsd: number | null
}

/** What becomes of one call. */
export interface Fate {
  readonly succeeds: boolean
  /** Until the first content, the whole answer, or the failure. */
  readonly answerMs: number
  /** From then to the end of a stream. */
  readonly writingMs: number
}

export function toTarget({ name }: SimulatedTarget): Target {
  const connection = { provider: name } as Connection
  return { id: `${name}/model`, connection, model: 'model', priceModel: 'model' }
}

/** Poisson arrivals at the rate of the moment; the same for every strategy. */
export function drawArrivals({ seconds, requestsPerSecond, requests }: Workload, seed: number): Arrival[] {
  const random = createRandom(seed * 7919 + 17)
  const shares = requests.reduce((sum, { share }) => sum + share, 0)
  const arrivals: Arrival[] = []
  let second = 0
  for (;;) {
    const rate = Math.max(1e-3, valueAt(requestsPerSecond, second))
    // No step is so long that a change of the rate is missed.
    const step = -Math.log(1 - random()) / rate
    if (step > 1) {
      second += 1
      if (second >= seconds) return arrivals
      continue
    }
    second += step
    if (second >= seconds) return arrivals
    arrivals.push({ index: arrivals.length, second, kind: drawKind(requests, random() * shares) })
  }
}

function drawKind(kinds: readonly RequestKind[], point: number): RequestKind {
  let passed = 0
  for (const kind of kinds) {
    passed += kind.share
    if (point < passed) return kind
  }
  return kinds[0] as RequestKind
}

function effectsOn(target: SimulatedTarget, kind: RequestKind) {
  return target.effects.filter(
    effect =>
      (['tools', 'vision', 'json', 'streaming'] as const).every(
        name => effect[name] === undefined || effect[name] === kind[name],
      ) &&
      kind.inputTokens >= (effect.minInputTokens ?? 0) &&
      kind.inputTokens <= (effect.maxInputTokens ?? Number.POSITIVE_INFINITY),
  )
}

/** @param inFlight calls of the target that are under way */
export function conditionOf(
  target: SimulatedTarget,
  { second, kind }: Pick<Arrival, 'second' | 'kind'>,
  { inFlight, timeoutMs }: { readonly inFlight: number; readonly timeoutMs: number },
): Condition {
  let latencyMs = Math.max(1, valueAt(target.latencyMs, second))
  let errorRate = valueAt(target.errorRate, second)
  let priceFactor = 1
  for (const effect of effectsOn(target, kind)) {
    latencyMs *= effect.latencyFactor
    priceFactor *= effect.priceFactor
    errorRate += effect.errorRate
  }
  if (target.capacity !== null) latencyMs *= Math.max(1, (inFlight + 1) / target.capacity)
  if (!kind.streaming) latencyMs += writingMsOf(target, { second, kind })
  const answers = latencyMs < timeoutMs ? 1 - Math.min(1, Math.max(0, errorRate)) : 0
  return { success: answers, latencyMs, costNanoUsd: costAt(target, { second, kind }, priceFactor) }
}

function writingMsOf(target: SimulatedTarget, { second, kind }: Pick<Arrival, 'second' | 'kind'>): number {
  return (1000 * kind.outputTokens) / Math.max(1, valueAt(target.tokensPerSecond, second))
}

function costAt(
  { price }: SimulatedTarget,
  { second, kind }: Pick<Arrival, 'second' | 'kind'>,
  factor: number,
): number | null {
  if (price === null) return null
  const { inputTokens, outputTokens } = kind
  // A dollar per million tokens is a thousand nano dollars per token.
  return (
    1000 *
    factor *
    (inputTokens * valueAt(price.input, second) + outputTokens * valueAt(price.output, second))
  )
}

/** The same luck for every strategy: it follows from the request and the target alone. */
export function drawFate(
  target: SimulatedTarget,
  arrival: Arrival,
  { condition, timeoutMs, luck }: { condition: Condition; timeoutMs: number; luck: number },
): Fate {
  const random = createRandom(luck)
  const [failing, scatter] = [random(), random()]
  if (failing >= condition.success && condition.latencyMs < timeoutMs) {
    const afterMs =
      target.errorAfterMs === undefined
        ? condition.latencyMs / 2
        : valueAt(target.errorAfterMs, arrival.second)
    return { succeeds: false, answerMs: Math.min(afterMs, timeoutMs), writingMs: 0 }
  }
  // Of which the mean is the latency.
  const factor = Math.exp(target.spread * normalQuantile(scatter) - (target.spread * target.spread) / 2)
  const answerMs = condition.latencyMs * factor
  if (answerMs >= timeoutMs) return { succeeds: false, answerMs: timeoutMs, writingMs: 0 }
  return { succeeds: true, answerMs, writingMs: arrival.kind.streaming ? writingMsOf(target, arrival) : 0 }
}
