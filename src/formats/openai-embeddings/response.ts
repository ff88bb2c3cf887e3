// A whole answer with embeddings. Only its small fields are parsed: the numbers are most of it, and nobody here reads them.

import type { AnswerFacts } from '../../call.ts'
import { isObject } from '../../lib/json-value.ts'
import { factsOf, malformed } from '../openai-shared/answer.ts'
import { parseWithoutList } from '../openai-shared/big-list.ts'

export function readAnswer(body: Buffer): AnswerFacts {
  const answer = parseWithoutList(body, 'data')
  if (!Array.isArray(answer['data'])) throw malformed('has no `data`')
  const facts = factsOf(answer, { finishReason: null, outputCharacters: 0 })
  return facts.usage === null ? { ...facts, usage: countTotal(answer['usage']) } : facts
}

/** Some servers count only the total, which for embeddings is the input. */
function countTotal(usage: unknown): AnswerFacts['usage'] {
  const total = isObject(usage) ? usage['total_tokens'] : undefined
  return factsOf({ usage: { prompt_tokens: total } }, { finishReason: null, outputCharacters: 0 }).usage
}
