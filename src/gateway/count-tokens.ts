// How many tokens a prompt has, where the provider of its model does not count itself: answered here, from the prompt
// alone. Nothing is generated for it, and nothing charged.

import type { FullReply, Usage } from '../call.ts'
import { countTokens } from '../conversation/count-tokens.ts'
import { mendHistory } from '../conversation/mend-history.ts'
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
 * The answer to a request for a count; null where the first target of the model counts itself, or something else is asked.
 * @throws GatewayError `model_not_found`, `no_provider`
 */
export function answerCount(exchange: Exchange, { body, facts, address }: ParsedRequest): FullReply | null {
  const { snapshot, call } = exchange
  const { operation, format } = call.endpoint
  if (operation !== 'token_count' || format.tokenCount === undefined) return null
  const [first] = snapshot.resolve(facts.model, operation)
  if (first === undefined) return null
  if (findWay(call.endpoint, snapshot.providerOf(first), first.model) !== null) return null
  const conversation = mendHistory(format.tokenCount.decodeRequest(body, address))
  return {
    kind: 'full',
    status: 200,
    headers: {},
    body: Buffer.from(JSON.stringify(format.tokenCount.encodeResponse(countTokens(conversation)))),
    facts: { usage: nothingUsed, model: null, finishReason: null, serviceTier: null, outputCharacters: 0 },
  }
}
