// The two routes beside `/responses` that ask something of a model: counting the tokens of an input, and compacting a
// conversation. Their answers are never streamed. https://platform.openai.com/docs/api-reference/responses/compact

import type { AnswerFacts } from '../../call.ts'
import { isText, type JsonObject, objectsOf } from '../../lib/json-value.ts'
import type { RequestFacts } from '../format.ts'
import { parseAnswer } from '../openai-shared/answer.ts'
import { definePlainFormat } from '../openai-shared/plain-format.ts'
import { malformed } from '../shared/answer-body.ts'
import { checkModel, refuse } from '../shared/checks.ts'
import { countFacts } from '../shared/token-count.ts'
import { decodeRequest } from './decode-request.ts'
import { checkInputFields } from './request.ts'
import { readUsage } from './usage.ts'
import { formatName } from './wire.ts'

function checkRequest(body: JsonObject): RequestFacts {
  if (body['stream'] === true) refuse('stream', 'must not be true: this answer is not streamed')
  return { ...checkInputFields(body), model: checkModel(body['model']), streaming: false }
}

function readCount(body: Buffer): AnswerFacts {
  if (typeof parseAnswer(body)['input_tokens'] !== 'number') throw malformed('has no `input_tokens`')
  return countFacts
}

function readCompaction(body: Buffer): AnswerFacts {
  const answer = parseAnswer(body)
  if (!Array.isArray(answer['output'])) throw malformed('has no `output`')
  const outputCharacters = objectsOf(answer['output']).reduce(
    (sum, { encrypted_content: text }) => sum + (isText(text) ? text.length : 0),
    0,
  )
  const usage = readUsage(answer['usage'])
  return { usage, model: null, finishReason: null, serviceTier: null, outputCharacters }
}

export const openAiResponsesCount = definePlainFormat({
  name: `${formatName}-count`,
  checkRequest,
  readAnswer: readCount,
  tokenCount: {
    decodeRequest,
    encodeResponse: tokens => ({ object: 'response.input_tokens', input_tokens: tokens }),
  },
})

export const openAiResponsesCompact = definePlainFormat({
  name: `${formatName}-compact`,
  checkRequest,
  readAnswer: readCompaction,
})
