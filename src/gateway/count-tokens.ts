// How many tokens a prompt has, where the provider of its model does not count itself: answered here, from the prompt
// alone. Nothing is generated for it, and nothing charged.

import { setImmediate } from 'node:timers/promises'
import type { FullReply, Usage } from '../call.ts'
import { countTokens } from '../conversation/count-tokens.ts'
import type { Exchange } from './exchange.ts'
import type { ParsedRequest } from './plan.ts'
import { findWay } from './way.ts'

const nothingUsed: Usage = {
  inputUncached: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  outputText: 0,
  outputReasoning: 0,
  audioInput: 0,
  audioOutput: 0,
}

/**
 * The answer to a request for a count; null where the first target of the model counts itself.
 * @throws GatewayError `model_not_found`, `no_provider`
 */
export async function answerCount(
  exchange: Exchange,
  { body, facts, address }: ParsedRequest,
): Promise<FullReply | null> {
  const { snapshot, call } = exchange
  const { operation, format } = call.endpoint
  if (format.tokenCount === undefined) return null
  const [first] = snapshot.resolve(facts.model, operation)
  if (first === undefined) return null
  const side = snapshot.providerOf(first)
  if (findWay(call.endpoint, { side, model: first.model }) !== null) return null
  const tokens = await addUp(countTokens(format.tokenCount.decodeRequest(body, address)))
  return {
    kind: 'full',
    status: 200,
    headers: {},
    body: Buffer.from(JSON.stringify(format.tokenCount.encodeResponse(tokens))),
    facts: { usage: nothingUsed, model: null, finishReason: null, serviceTier: null, outputCharacters: 0 },
  }
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
