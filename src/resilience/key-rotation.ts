// Spreads a provider's requests over its keys. A key that the provider refuses is set aside for some minutes, one that
// it limits rests for that model, and the next key is tried within the same request.

import type { Layer, Target } from '../call.ts'
import { asGatewayError, type ErrorCode, GatewayError } from '../errors.ts'
import type { Observer } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import type { Secret } from '../lib/secret.ts'

/** The other instances of this gateway. */
export interface KeyFleet {
  /** Until which `clock.now()` another instance leaves the key alone, for the model or altogether; 0 where none does. */
  restsUntil(provider: string, key: Secret, model: string): number
  /** Tells them that a key rests here for a model, or, where that is null, was refused. */
  onRest(
    key: { readonly provider: string; readonly key: Secret; readonly model: string | null },
    ms: number,
  ): void
}

export interface KeyRotationOptions {
  readonly clock: Pick<Clock, 'now'>
  readonly observe: Observer
  /** Absent where this instance is the only one. */
  readonly fleet?: KeyFleet | undefined
  /** How long a limited key rests where the provider does not say; a minute by default. */
  readonly restMs?: number
  /** The bound of that rest, which doubles with every limit in a row; by default it does not grow. */
  readonly maxRestMs?: number
  /** A number from 0 to below 1, for the second half of such a rest; 0 by default. */
  readonly random?: () => number
}

export interface KeyRotation {
  readonly layer: Layer
  /** Milliseconds until a key of the target can be used; 0 if one can be now, or if it needs none. */
  restOf(target: Target): number
  /** Of every provider that was called with a key. */
  readings(): readonly KeysReading[]
}

/** How many keys of a provider can be used, rest for a model at least, or were refused. */
export interface KeysReading {
  readonly provider: string
  readonly usable: number
  readonly resting: number
  readonly refused: number
}

interface KeyCondition {
  readonly key: Secret
  refusedUntil: number
  /** By model. */
  readonly restsUntil: Map<string, number>
  /** By model: limits in a row of which the provider did not say when they end. */
  readonly unexplained: Map<string, number>
}

/** The keys of one provider, in turn. */
interface KeyWheel {
  readonly provider: string
  readonly fleet: KeyFleet | null
  /** As configured, to notice a new configuration. */
  readonly configured: readonly Secret[]
  readonly conditions: readonly KeyCondition[]
  /** Of keys of other configurations, of which requests may still be under way, the newest first. */
  readonly former: readonly KeyCondition[]
  /** Where the search for the next key begins. */
  next: number
}

/** A key of which the provider says this is good again after a while. */
const limits: ReadonlySet<ErrorCode> = new Set(['upstream_rate_limited', 'upstream_quota_exceeded'])

const rememberedModels = 1_000
/** Of former configurations. */
const rememberedKeys = 100
const defaultRestMs = 60_000
const longestRestMs = 10 * 60_000
/** After this time a refused key is tried again: it may have been mended at the provider. */
const refusedMs = 5 * 60_000

/**
 * Sends with a usable key, with at most as many tries as there are keys. With all keys resting it throws without
 * sending: `upstream_rate_limited`, or `upstream_authentication` where every key was refused, with the shortest rest.
 */
export function createKeyRotation(options: KeyRotationOptions): KeyRotation {
  const { clock, observe, restMs = defaultRestMs, fleet = null } = options
  const guess: RestGuess = {
    restMs,
    maxRestMs: options.maxRestMs ?? restMs,
    random: options.random ?? (() => 0),
  }
  const wheels = new Map<string, KeyWheel>()

  function wheelOf({ connection }: Target): KeyWheel {
    const known = wheels.get(connection.provider)
    if (known?.configured === connection.keys) return known
    const wheel = { ...createWheel(connection.keys, known), provider: connection.provider, fleet }
    wheels.set(connection.provider, wheel)
    return wheel
  }

  function setAside(condition: KeyCondition, wheel: KeyWheel, provider: string): void {
    const now = clock.now()
    // Requests that were under way together are refused together, and told of once.
    if (condition.refusedUntil <= now)
      observe({ type: 'provider_key_rejected', provider, keyIndex: wheel.conditions.indexOf(condition) })
    condition.refusedUntil = now + refusedMs
    fleet?.onRest({ provider, key: condition.key, model: null }, refusedMs)
  }

  function tellRest(condition: KeyCondition, { connection: { provider }, model }: Target): void {
    fleet?.onRest({ provider, key: condition.key, model }, usableFrom(condition, model) - clock.now())
  }

  const layer: Layer = send => async request => {
    const { target } = request
    if (target.connection.keys.length === 0) return send({ ...request, key: null })
    const wheel = wheelOf(target)
    let failure: GatewayError | null = null
    for (let tried = 0; tried < wheel.conditions.length; tried++) {
      const condition = takeUsable(wheel, target, clock.now())
      if (condition === null) break
      try {
        const reply = await send({ ...request, key: condition.key })
        if (condition.unexplained.size > 0) condition.unexplained.delete(target.model)
        return reply
      } catch (thrown) {
        const latest = asGatewayError(thrown)
        if (latest.code === 'upstream_authentication') {
          setAside(condition, wheel, target.connection.provider)
          failure ??= latest
        } else if (limits.has(latest.code)) {
          rest(condition, latest, { model: target.model, now: clock.now(), guess })
          tellRest(condition, target)
          // Passes sooner than a refusal: it is what the client should hear of.
          failure = latest
        } else throw latest
      }
    }
    throw exhausted(wheel, target, { failure, now: clock.now() })
  }

  return {
    layer,
    restOf(target) {
      if (target.connection.keys.length === 0) return 0
      return shortestRestAnywhere(wheelOf(target), target, clock.now())
    },
    readings: () => [...wheels.values()].map(wheel => readWheel(wheel, clock.now())),
  }
}

/** How long a key rests where nobody says. */
type RestGuess = Required<Pick<KeyRotationOptions, 'restMs' | 'maxRestMs' | 'random'>>

interface Resting {
  readonly model: string
  readonly now: number
  readonly guess: RestGuess
}

function rest(condition: KeyCondition, { code, retryAfterMs }: GatewayError, resting: Resting): void {
  const { model, now, guess } = resting
  const known = condition.restsUntil.get(model) ?? Number.NEGATIVE_INFINITY
  const noMoney = code === 'upstream_quota_exceeded'
  const waitMs = retryAfterMs ?? (noMoney ? guess.maxRestMs : guessRest(condition, resting))
  forgetRested(condition, now)
  condition.restsUntil.set(model, Math.max(now + Math.min(waitMs, longestRestMs), known))
}

/** Twice as long with each limit in a row; those of calls that were under way together count as one. */
function guessRest({ restsUntil, unexplained }: KeyCondition, { model, now, guess }: Resting): number {
  const together = (restsUntil.get(model) ?? Number.NEGATIVE_INFINITY) > now
  const inRow = Math.max(1, (unexplained.get(model) ?? 0) + (together ? 0 : 1))
  // Clients may name models that nobody has.
  if (unexplained.size >= rememberedModels) unexplained.clear()
  unexplained.set(model, inRow)
  return Math.min(guess.maxRestMs, guess.restMs * 2 ** (inRow - 1)) * (1 - guess.random() / 2)
}

/** A wheel for the configured keys; what was known of those that stay is kept. */
function createWheel(
  keys: readonly Secret[],
  previous: KeyWheel | undefined,
): Omit<KeyWheel, 'provider' | 'fleet'> {
  const all = previous === undefined ? [] : [...previous.conditions, ...previous.former]
  const known = new Map(all.map(condition => [condition.key.reveal(), condition]))
  const conditions = keys.map(key => known.get(key.reveal()) ?? createCondition(key))
  const former = all.filter(condition => !conditions.includes(condition)).slice(0, rememberedKeys)
  return { configured: keys, conditions, former, next: 0 }
}

function createCondition(key: Secret): KeyCondition {
  return { key, refusedUntil: Number.NEGATIVE_INFINITY, restsUntil: new Map(), unexplained: new Map() }
}

/** The keys that see the model: all, where nothing else is known. */
function ableKeys({ conditions }: KeyWheel, { connection, model }: Target): readonly KeyCondition[] {
  const places = connection.seenByKeys?.get(model)
  return places === undefined ? conditions : places.flatMap(place => conditions[place] ?? [])
}

/** The next key in turn that can be used for the model. */
function takeUsable(wheel: KeyWheel, target: Target, now: number): KeyCondition | null {
  const { conditions } = wheel
  const { model, connection } = target
  const places = connection.seenByKeys?.get(model)
  let avoided: KeyCondition | null = null
  for (let step = 0; step < conditions.length; step++) {
    const position = (wheel.next + step) % conditions.length
    const condition = conditions[position]
    if (condition === undefined || usableFrom(condition, model) > now) continue
    if (places?.includes(position) === false) continue
    if (restsElsewhereUntil(wheel, condition, model) > now) {
      avoided ??= condition
      continue
    }
    wheel.next = position + 1
    return condition
  }
  // What the others say is advice: without another key, their word is put to the test.
  return avoided
}

function restsElsewhereUntil({ fleet, provider }: KeyWheel, { key }: KeyCondition, model: string): number {
  return fleet === null ? 0 : fleet.restsUntil(provider, key, model)
}

function usableFrom({ refusedUntil, restsUntil }: KeyCondition, model: string): number {
  return Math.max(refusedUntil, restsUntil.get(model) ?? Number.NEGATIVE_INFINITY)
}

function shortestRest(wheel: KeyWheel, target: Target, now: number): number {
  const { model } = target
  let first = Number.POSITIVE_INFINITY
  for (const condition of ableKeys(wheel, target)) {
    const from = usableFrom(condition, model)
    // Asked of the alternatives of every request, and mostly so.
    if (from <= now) return 0
    first = Math.min(first, from)
  }
  return Math.ceil(first - now)
}

/** As the others see it, too. */
function shortestRestAnywhere(wheel: KeyWheel, target: Target, now: number): number {
  const { model } = target
  const rests = ableKeys(wheel, target).map(condition =>
    Math.max(usableFrom(condition, model), restsElsewhereUntil(wheel, condition, model)),
  )
  return Math.max(0, Math.ceil(Math.min(...rests) - now))
}

function readWheel({ provider, conditions }: KeyWheel, now: number): KeysReading {
  const counts = { usable: 0, resting: 0, refused: 0 }
  for (const { refusedUntil, restsUntil } of conditions) {
    const rests = [...restsUntil.values()].some(until => until > now)
    counts[refusedUntil > now ? 'refused' : rests ? 'resting' : 'usable']++
  }
  return { provider, ...counts }
}

function forgetRested({ restsUntil }: KeyCondition, now: number): void {
  for (const [model, until] of restsUntil) if (until <= now) restsUntil.delete(model)
}

/** The failure of a request for which no key is left: the provider's own words where it was asked. */
function exhausted(
  wheel: KeyWheel,
  target: Target,
  { failure, now }: { failure: GatewayError | null; now: number },
): GatewayError {
  const { provider } = target.connection
  const retryAfterMs = shortestRest(wheel, target, now)
  const allRefused = ableKeys(wheel, target).every(({ refusedUntil }) => refusedUntil > now)
  // A key that was refused is not the last word while another one only rests: that passes, and may be waited for.
  const isLastWord = allRefused || failure?.code !== 'upstream_authentication'
  if (failure !== null && isLastWord) return failure.retold({ provider, retryAfterMs })
  return new GatewayError(allRefused ? 'upstream_authentication' : 'upstream_rate_limited', {
    provider,
    retryAfterMs,
  })
}
