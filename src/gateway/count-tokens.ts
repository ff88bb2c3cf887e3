// How many tokens a prompt has, where the provider of its model does not count itself: answered here, from the prompt
// alone. Nothing is generated for it, and nothing charged.

import { setImmediate } from 'node:timers/promises'
import { countTokens } from '../conversation/count-tokens.ts'
import { countFacts } from '../formats/shared/token-count.ts'
import { answerFromTargets } from './ask.ts'
import { deliverFull } from './deliver.ts'
import type { Exchange } from './exchange.ts'
import type { ParsedRequest } from './request.ts'
import { recallHistory } from './responses/recall.ts'
import { findWay } from './way.ts'

/**
 * Answers a request for a count: the first target of the model, where that counts itself, or we.
 * @throws GatewayError `model_not_found`, `no_provider`
 */
export async function answerCount(exchange: Exchange, parsed: ParsedRequest): Promise<void> {
  const { tokenCount } = exchange.call.endpoint.format
  if (tokenCount === undefined || providerCounts(exchange, parsed)) {
    await answerFromTargets(exchange, parsed)
    return
  }
  const { body, recalled, address } = await recallHistory(exchange, parsed)
  const tokens = await addUp(countTokens(tokenCount.decodeRequest(recalled?.whole ?? body, address)))
  deliverFull(exchange, {
    kind: 'full',
    status: 200,
    headers: {},
    body: Buffer.from(JSON.stringify(tokenCount.encodeResponse(tokens))),
    facts: countFacts,
  })
}

function providerCounts({ snapshot, call }: Exchange, { facts }: ParsedRequest): boolean {
  const [first] = snapshot.resolve(facts.model, call.endpoint.operation)
  if (first === undefined) return false
  return findWay(call.endpoint, { side: snapshot.providerOf(first), model: first.model }) !== null
}

/** Tokens that are counted before other requests get their turn: some milliseconds. */
const tokensAtOnce = 8_192

async function addUp(pieces: Iterable<number>): Promise<number> {
  let tokens = 0
  let pause = tokensAtOnce
  for (const piece of pieces) {
    tokens += piece
    if (tokens < pause) continue
    pause = tokens + tokensAtOnce
    await setImmediate()
  }
  return Math.max(1, tokens)
}
