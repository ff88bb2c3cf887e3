// Anthropic's count of the tokens of a prompt: a request like that for a message, and a number for an answer.
// https://platform.claude.com/docs/en/api/messages-count-tokens

import type { AnswerFacts } from '../../call.ts'
import { GatewayError } from '../../errors.ts'
import { isObject } from '../../lib/json-value.ts'
import { anthropicMessages } from '../anthropic-messages/index.ts'
import { parseAnswer } from '../anthropic-messages/parse-answer.ts'
import type { Format } from '../format.ts'

/** Counting costs nothing. */
const facts: AnswerFacts = {
  usage: {
    inputUncached: 0,
    cacheRead: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    outputText: 0,
    outputReasoning: 0,
    audioInput: 0,
    audioOutput: 0,
  },
  model: null,
  finishReason: null,
  serviceTier: null,
  outputCharacters: 0,
}

const { chat, ...messages } = anthropicMessages

export const anthropicTokenCount: Format = {
  ...messages,
  name: 'anthropic-token-count',
  checkRequest: body => ({
    ...messages.checkRequest(body, { model: null, streaming: null }),
    streaming: false,
  }),
  readAnswer(body) {
    const answer = parseAnswer(body)
    if (isObject(answer) && typeof answer['input_tokens'] === 'number') return facts
    throw new GatewayError('upstream_malformed', { message: 'The answer of the provider holds no count.' })
  },
  openTap() {
    throw new Error('a count is not streamed')
  },
  tokenCount: {
    decodeRequest: chat.decodeRequest,
    encodeResponse: tokens => ({ input_tokens: tokens }),
  },
}
