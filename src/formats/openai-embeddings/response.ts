// A whole answer with embeddings. Only its small fields are parsed: the numbers are most of it, and nobody here reads them.

import type { AnswerFacts, Usage } from '../../call.ts'
import { isObject } from '../../lib/json-value.ts'
import { factsOf, parseBulkyAnswer } from '../openai-shared/answer.ts'
import { readUsage } from '../openai-shared/usage.ts'
import { malformed } from '../shared/answer-body.ts'

export function readAnswer(body: Buffer): AnswerFacts {
  const answer = parseBulkyAnswer(body, 'data')
  if (!Array.isArray(answer['data'])) throw malformed('has no `data`')
  const facts = factsOf(answer, { finishReason: null, outputCharacters: 0 })
  return { ...facts, usage: countEmbeddingUsage(answer['usage']) }
}

/** Some servers count only the total, which for embeddings is the input. */
export function countEmbeddingUsage(usage: unknown): Usage | null {
  const counted = readUsage(usage)
  if (counted !== null || !isObject(usage)) return counted
  return readUsage({ prompt_tokens: usage['total_tokens'] })
}
