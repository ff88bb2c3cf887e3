// Models that their provider says it does not serve: each is left alone for some minutes, while others can answer.

import type { UpstreamRequest } from '../call.ts'
import type { GatewayError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'

export interface LockOuts {
  noteAnswer(request: UpstreamRequest): void
  noteFailure(request: UpstreamRequest, failure: GatewayError): void
  isLockedOut(targetId: string): boolean
}

/** After this time it is asked again in its turn: a deployment may have come back. */
const lockedMs = 5 * 60_000
/** Clients may name models that nobody has. */
const rememberedTargets = 10_000

export function createLockOuts(clock: Pick<Clock, 'now'>): LockOuts {
  const until = new Map<string, number>()
  return {
    noteAnswer({ target }) {
      if (until.size > 0) until.delete(target.id)
    },
    noteFailure({ target, resource }, { code }) {
      // What is not there below a model says nothing of the model.
      if (code !== 'upstream_model_not_found' || resource !== undefined) return
      if (until.size >= rememberedTargets) until.clear()
      until.set(target.id, clock.now() + lockedMs)
    },
    isLockedOut: targetId => until.size > 0 && (until.get(targetId) ?? 0) > clock.now(),
  }
}
