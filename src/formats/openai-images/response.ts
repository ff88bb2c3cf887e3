// A whole answer with images. Only its small fields are parsed: the images are most of it, and nobody here looks at them.

import type { AnswerFacts } from '../../call.ts'
import { parseBulkyAnswer } from '../openai-shared/answer.ts'
import { readMediaUsage } from '../openai-shared/media-usage.ts'
import { malformed } from '../shared/answer-body.ts'

export function readAnswer(body: Buffer): AnswerFacts {
  const answer = parseBulkyAnswer(body, 'data')
  if (!Array.isArray(answer['data'])) throw malformed('has no `data`')
  return {
    usage: readMediaUsage(answer['usage']),
    model: null,
    finishReason: null,
    serviceTier: null,
    outputCharacters: 0,
  }
}
