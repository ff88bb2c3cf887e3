// The two routes beside `/responses` that ask something of a model: counting the tokens of an input, and compacting a
// conversation. Their answers are never streamed. https://platform.openai.com/docs/api-reference/responses/compact

import type { AnswerFacts, Usage } from '../../call.ts'
import { isText, type JsonObject } from '../../lib/json-value.ts'
import type { Format, RequestFacts } from '../format.ts'
import { eventStream } from '../framing/event-stream.ts'
import { malformed, parseAnswer } from '../openai-shared/answer.ts'
import { encodeError, keepAliveComment } from '../openai-shared/error-body.ts'
import { decodeError } from '../openai-shared/errors.ts'
import { checkModel, refuse } from '../shared/checks.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeStreamError } from './errors.ts'
import { checkInputFields } from './request.ts'
import { readUsage } from './usage.ts'
import { formatName, objectsOf } from './wire.ts'

function checkRequest(body: JsonObject): RequestFacts {
  if (body['stream'] === true) refuse('stream', 'must not be true: this answer is not streamed')
  return { ...checkInputFields(body), model: checkModel(body['model']), streaming: false }
}

/** Counting is free. */
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

const noFacts: AnswerFacts = {
  usage: nothingUsed,
  model: null,
  finishReason: null,
  serviceTier: null,
  outputCharacters: 0,
}

function readCount(body: Buffer): AnswerFacts {
  if (typeof parseAnswer(body)['input_tokens'] !== 'number') throw malformed('has no `input_tokens`')
  return noFacts
}

function readCompaction(body: Buffer): AnswerFacts {
  const answer = parseAnswer(body)
  if (!Array.isArray(answer['output'])) throw malformed('has no `output`')
  const outputCharacters = objectsOf(answer['output']).reduce(
    (sum, { encrypted_content: text }) => sum + (isText(text) ? text.length : 0),
    0,
  )
  return { ...noFacts, usage: readUsage(answer['usage']), outputCharacters }
}

function sideRoute(name: string, readAnswer: Format['readAnswer']): Format {
  return {
    name,
    modelInBody: true,
    framing: eventStream,
    clientHeaders: ['openai-beta', 'idempotency-key'],
    checkRequest,
    editsForUsage: () => ({}),
    readAnswer,
    openTap() {
      throw new Error(`${name} has no streams`)
    },
    decodeError,
    encodeError,
    encodeStreamError,
    keepAlive: keepAliveComment,
  }
}

export const openAiResponsesCount: Format = {
  ...sideRoute(`${formatName}-count`, readCount),
  tokenCount: {
    decodeRequest,
    encodeResponse: tokens => ({ object: 'response.input_tokens', input_tokens: tokens }),
  },
}
export const openAiResponsesCompact = sideRoute(`${formatName}-compact`, readCompaction)
