// One of several calls that are made for the same answer: each keeps its own books, which are brought together when it
// is known what became of it.

import type { Reply, Target, UpstreamRequest } from '../call.ts'
import { type AttemptRecord, asGatewayError } from '../errors.ts'
import { accountOf } from './account.ts'
import type { Exchange } from './exchange.ts'
import { findRemedy, type Remedy } from './remedy.ts'
import type { Account } from './snapshot.ts'

/** The exchange with a page and attempts of its own: what is told of this call is told of no other. */
export function openLane(exchange: Exchange, cancellation = exchange.cancellation): Exchange {
  return { ...exchange, cancellation, attempts: [], page: { ...exchange.page, warnings: [] } }
}

/** Asks again as long as the refusal names something that can be left out. @throws GatewayError */
export async function sendWithRemedies(
  { gateway, cancellation }: Exchange,
  target: Target,
  prepare: (remedy: Remedy) => UpstreamRequest | Promise<UpstreamRequest>,
): Promise<Reply> {
  let remedy = gateway.lessons.of(target.id)
  for (;;) {
    try {
      const request = prepare(remedy)
      return await gateway.send(request instanceof Promise ? await request : request)
    } catch (thrown) {
      const failure = asGatewayError(thrown)
      const next = cancellation.cancelled ? null : findRemedy(failure, remedy)
      if (next === null) throw failure
      gateway.lessons.learn(target.id, next)
      remedy = next
    }
  }
}

/** The request pays for what an attempt used up that did not become the answer. */
export function bill({ page }: Exchange, worth: Account): void {
  page.spent = [...(page.spent ?? []), worth]
}

/** What stands with an attempt that did not become the answer. */
export function billOf({ usage, costNanoUsd }: Account): Pick<AttemptRecord, 'billed'> {
  if (usage === null) return {}
  const { inputUncached, cacheRead, cacheWrite5m, cacheWrite1h, audioInput } = usage
  const { outputText, outputReasoning, audioOutput } = usage
  return {
    billed: {
      inputTokens: inputUncached + cacheRead + cacheWrite5m + cacheWrite1h + audioInput,
      outputTokens: outputText + outputReasoning + audioOutput,
      costNanoUsd,
    },
  }
}

export interface LeftCall {
  readonly target: Target
  readonly startedAt: number
  /** Its own record, where it has told of its end already. */
  readonly told?: AttemptRecord | undefined
}

/** An attempt that is left while its upstream works on it: the prompt, at least, is billed there. */
export function billLeft(exchange: Exchange, { target, startedAt, told }: LeftCall): AttemptRecord {
  const { gateway, cancellation } = exchange
  const worth = accountOf(exchange, { target, facts: null, broken: true })
  bill(exchange, worth)
  return {
    provider: target.connection.provider,
    model: target.model,
    status: null,
    code: cancellation.cancelled ? 'client_disconnected' : 'superseded',
    durationMs: gateway.clock.now() - startedAt,
    ...told,
    ...billOf(worth),
  }
}
