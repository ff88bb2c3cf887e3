// When targets are asked whether they answer: never, unless their provider is configured so. Then where nothing was asked of
// one for a while, or it has rested and may be tried again; and never more often than the configuration allows.

import type { Target } from '../call.ts'
import type { HealthCheckConfiguration } from '../config/configuration.ts'
import type { BreakerState, GatewayEvent, HealthCheckEnded, Observer } from '../events.ts'
import type { Gateway } from '../gateway/exchange.ts'
import { checkTarget } from '../gateway/health-check.ts'
import { type CancellationSource, createCancellation } from '../lib/cancellation.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import type { Resilience } from '../resilience/index.ts'
import type { BuiltSnapshot } from './build-snapshot.ts'
import type { Observation } from './observation.ts'

export interface CheckedProvider {
  readonly name: string
  readonly healthCheck: HealthCheckConfiguration
  /** What to ask; null where the provider has no such model. */
  readonly target: Target | null
}

export interface HealthChecksOptions {
  readonly clock: Pick<Clock, 'now' | 'after'>
  readonly random: () => number
  /** Those of the configuration in force. */
  readonly providers: () => readonly CheckedProvider[]
  readonly stateOf: (targetId: string) => BreakerState
  /** Never rejects. */
  readonly check: (target: Target, cancellation: CancellationSource) => Promise<HealthCheckEnded>
  readonly observe: Observer
}

export interface HealthChecks {
  /** Learns which targets are called anyway, and that the configuration is another. */
  readonly observe: Observer
  /** Nothing is asked any more; resolves when what was asked is over, and booked. */
  stop(): Promise<void>
}

export interface HealthCheckParts {
  readonly gateway: Gateway
  readonly resilience: Pick<Resilience, 'breaker'>
  readonly observation: Pick<Observation, 'observe' | 'add'>
  readonly snapshot: () => BuiltSnapshot
}

/** Nothing is sent where no provider is configured so. */
export function startHealthChecks({
  gateway,
  resilience,
  observation,
  snapshot,
}: HealthCheckParts): HealthChecks {
  const checks = createHealthChecks({
    clock: systemClock,
    random: Math.random,
    providers: () => findChecked(snapshot()),
    stateOf: resilience.breaker.stateOf,
    check: (target, cancellation) => checkTarget(gateway, { target, cancellation }),
    observe: observation.observe,
  })
  observation.add({ name: 'health checks', observe: checks.observe })
  return checks
}

/** Those of a configuration that are to be checked. */
function findChecked({ providers, resolve }: Pick<BuiltSnapshot, 'providers' | 'resolve'>) {
  return providers.flatMap(({ configuration: { name, healthCheck }, indexed, plain }): CheckedProvider[] => {
    if (healthCheck === null) return []
    // A list begins with whatever it begins with; of the well-known models it is known that they answer chats.
    const wellKnown = plain.models.find(model => indexed.models.includes(model))
    const model = healthCheck.model ?? wellKnown ?? indexed.models[0]
    return [{ name, healthCheck, target: model === undefined ? null : findTarget(name, model, resolve) }]
  })
}

function findTarget(provider: string, model: string, resolve: BuiltSnapshot['resolve']): Target | null {
  try {
    const found = resolve(`${provider}/${model}`, 'chat')
    return found.find(({ connection }) => connection.provider === provider) ?? null
  } catch {
    return null
  }
}

interface Followed {
  cancel: () => void
  /** A check that is under way. */
  looking: { readonly cancellation: CancellationSource; readonly ended: Promise<void> } | null
  /** `clock.now()` of the calls of the last hour. */
  calls: number[]
  /** When the target was last called, by whomever. */
  calledAt: number
}

const hourMs = 3_600_000

export function createHealthChecks(options: HealthChecksOptions): HealthChecks {
  const { clock, random, providers } = options
  const followed = new Map<string, Followed>()
  let closed = false

  /** A provider keeps what it has used of its hour over a change of the configuration. */
  function follow(): void {
    if (closed) return
    const wanted = providers()
    const names = new Set(wanted.map(({ name }) => name))
    for (const [name, { cancel }] of followed)
      if (!names.has(name)) {
        cancel()
        followed.delete(name)
      }
    for (const { name, healthCheck, target } of wanted) {
      if (target === null) tellOfMissing(name, options)
      const known = followed.get(name)
      const each = known ?? { cancel: () => {}, looking: null, calls: [], calledAt: clock.now() }
      followed.set(name, each)
      // Instances that started together do not ask together.
      plan(name, each, healthCheck.intervalMs * (0.5 + random() / 2))
    }
  }

  function plan(name: string, each: Followed, delayMs: number): void {
    each.cancel()
    each.cancel = clock.after(delayMs, () => {
      void look(name, each).then(intervalMs => {
        if (intervalMs !== null && followed.get(name) === each && !closed) plan(name, each, intervalMs)
      })
    })
  }

  /** The time until the next look; null where nobody wants one any more. */
  async function look(name: string, each: Followed): Promise<number | null> {
    const provider = providers().find(wanted => wanted.name === name)
    if (provider === undefined) return null
    const { healthCheck, target } = provider
    if (target === null || each.looking !== null) return healthCheck.intervalMs
    const cancellation = createCancellation()
    const ended = askWhereNeeded(target, each, { healthCheck, cancellation, options })
    each.looking = { cancellation, ended }
    await ended.catch((thrown: unknown) => tellOfMistake(name, thrown, options))
    each.looking = null
    return healthCheck.intervalMs
  }

  function noteCalls(event: Extract<GatewayEvent, { type: 'exchange_ended' }>): void {
    for (const { provider, model, code } of event.attempts) {
      const each = code === 'circuit_open' ? undefined : followed.get(provider)
      const target = each && providers().find(({ name }) => name === provider)?.target
      if (each !== undefined && target?.model === model) each.calledAt = clock.now()
    }
  }

  follow()
  return {
    observe(event) {
      if (event.type === 'exchange_ended' && followed.size > 0) noteCalls(event)
      // It is told of before it is in force.
      else if (event.type === 'configuration_loaded') queueMicrotask(follow)
    },
    async stop() {
      closed = true
      await Promise.allSettled([...followed.values()].map(leave))
    },
  }
}

async function leave({ cancel, looking }: Followed): Promise<void> {
  cancel()
  looking?.cancellation.cancel()
  await looking?.ended
}

async function askWhereNeeded(
  target: Target,
  each: Followed,
  {
    healthCheck: { intervalMs, maxPerHour },
    cancellation,
    options: { clock, stateOf, check, observe },
  }: {
    readonly healthCheck: HealthCheckConfiguration
    readonly cancellation: CancellationSource
    readonly options: HealthChecksOptions
  },
): Promise<void> {
  let state = stateOf(target.id)
  const idle = clock.now() - each.calledAt >= intervalMs
  if (state === 'open' || (state === 'closed' && !idle)) return
  for (;;) {
    const now = clock.now()
    each.calls = each.calls.filter(at => now - at < hourMs)
    if (each.calls.length >= maxPerHour) return
    const ended = await check(target, cancellation)
    for (let call = 0; call < ended.calls; call++) each.calls.push(now)
    if (ended.calls > 0) each.calledAt = clock.now()
    observe(ended)
    state = stateOf(target.id)
    // As many successes as its breaker wants to see before it closes.
    if (ended.code !== null || state !== 'half_open') return
  }
}

/** A mistake of ours, in what nobody waits for. */
function tellOfMistake(provider: string, thrown: unknown, { observe }: HealthChecksOptions): void {
  const reason = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  observe({
    type: 'notice',
    level: 'error',
    message: 'a health check has failed',
    detail: { provider, reason },
  })
}

function tellOfMissing(provider: string, { observe }: HealthChecksOptions): void {
  const message = 'the health check of a provider has no model that it could ask'
  observe({ type: 'notice', level: 'warn', message, detail: { provider } })
}
