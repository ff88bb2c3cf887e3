// A whole answer with embeddings. Only its small fields are parsed: the numbers are most of it, and nobody here reads them.

import type { AnswerFacts } from '../../call.ts'
import { findTopLevel } from '../../lib/json-splice.ts'
import { isObject, type MutableJson } from '../../lib/json-value.ts'
import { factsOf, malformed, parseAnswer } from '../openai-shared/answer.ts'

const openBracket = 0x5b
const closeBracket = 0x5d

export function readAnswer(body: Buffer): AnswerFacts {
  const answer = readSmallFields(body) ?? parseAnswer(body)
  if (!Array.isArray(answer['data'])) throw malformed('has no `data`')
  const facts = factsOf(answer, { finishReason: null, outputCharacters: 0 })
  return facts.usage === null ? { ...facts, usage: countTotal(answer['usage']) } : facts
}

/** All fields but the list of embeddings, which stays empty; null where the body is not the usual answer. */
function readSmallFields(body: Buffer): MutableJson | null {
  const fields = findTopLevel(body)
  const data = fields.find(field => field.key === 'data')
  if (data === undefined || body[data.valueStart] !== openBracket || body[data.valueEnd - 1] !== closeBracket)
    return null
  const head = body.toString('utf8', 0, data.valueStart + 1)
  const tail = body.toString('utf8', data.valueEnd - 1)
  try {
    const answer: unknown = JSON.parse(head + tail)
    return isObject(answer) && answer['error'] === undefined ? answer : null
  } catch {
    return null
  }
}

/** Some servers count only the total, which for embeddings is the input. */
function countTotal(usage: unknown): AnswerFacts['usage'] {
  const total = isObject(usage) ? usage['total_tokens'] : undefined
  return factsOf({ usage: { prompt_tokens: total } }, { finishReason: null, outputCharacters: 0 }).usage
}
