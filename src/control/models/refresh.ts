// POST /api/models/refresh: asks the providers for their lists now.

import { GatewayError } from '../../errors.ts'
import { isObject } from '../../lib/json-value.ts'
import { didYouMean, nearNames } from '../../lib/near-names.ts'
import { timeOf } from './document.ts'
import type { ListingState, ModelsDeps } from './library.ts'

/** Lists do not change so fast, and providers count who asks. */
const pauseMs = 5_000

interface Order {
  /** Undefined for all. */
  readonly providers: readonly string[] | undefined
  readonly acceptShrunken: boolean
}

export function createRefresh({
  clock,
  modelLists: { states, refresh },
}: Pick<ModelsDeps, 'clock' | 'modelLists'>): (body: unknown) => Promise<object> {
  let askedAt = Number.NEGATIVE_INFINITY
  return async body => {
    const { providers, acceptShrunken } = readOrder(body, states())
    const waitMs = askedAt + pauseMs - clock.now()
    if (waitMs > 0) {
      const message = 'The providers were asked for their models a moment ago.'
      throw new GatewayError('rate_limit_exceeded', { message, retryAfterMs: waitMs })
    }
    askedAt = clock.now()
    const refreshed = await refresh(providers, { acceptShrunken })
    return {
      object: 'list',
      data: refreshed.map(describeListing),
      ...explainNothing(refreshed),
    }
  }
}

/** Where nobody was asked, why. */
function explainNothing(refreshed: readonly ListingState[]): { readonly message?: string } {
  if (refreshed.some(({ status }) => status !== 'unlisted')) return {}
  const reasons = new Set(refreshed.flatMap(({ unlistedReason }) => unlistedReason ?? []))
  const why = refreshed.length === 0 ? 'No provider is configured.' : [...reasons].join(' ')
  return { message: `Nothing was refreshed. ${why}`.trim() }
}

export function describeListing(state: ListingState): object {
  return {
    provider: state.provider,
    status: state.status,
    models: state.models,
    listed_at: timeOf(state.at),
    tried_at: timeOf(state.lastTriedAt),
    next_at: timeOf(state.nextAt),
    error: state.lastError,
    reason: state.unlistedReason ?? null,
  }
}

const fields = ['providers', 'accept_shrunken']

function readOrder(body: unknown, listings: readonly ListingState[]): Order {
  if (body === undefined || body === null) return { providers: undefined, acceptShrunken: false }
  if (!isObject(body)) throw refuse('body', 'The body must be a JSON object, or nothing.')
  for (const name of Object.keys(body))
    if (!fields.includes(name))
      throw refuse(name, `\`${name}\` is not a field here.${didYouMean(nearNames(name, fields))}`)
  const { providers, accept_shrunken: acceptShrunken = false } = body
  if (typeof acceptShrunken !== 'boolean')
    throw refuse('accept_shrunken', '`accept_shrunken` must be true or false.')
  return { providers: readProviders(providers, listings), acceptShrunken }
}

function readProviders(written: unknown, listings: readonly ListingState[]): readonly string[] | undefined {
  if (written === undefined) return undefined
  if (!Array.isArray(written) || written.length === 0 || !written.every(name => typeof name === 'string'))
    throw refuse('providers', '`providers` must be a list of names of providers.')
  const known = listings.map(({ provider }) => provider)
  const names: readonly string[] = written
  const stranger = names.find(name => !known.includes(name))
  if (stranger === undefined) return names
  const near = didYouMean(nearNames(stranger, known))
  throw refuse('providers', `No provider \`${stranger.slice(0, 60)}\` is configured.${near}`)
}

function refuse(param: string, message: string): GatewayError {
  return new GatewayError('invalid_request', { message, param })
}
