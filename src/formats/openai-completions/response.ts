// A whole answer of the older completions.

import type { AnswerFacts } from '../../call.ts'
import { isText } from '../../lib/json-value.ts'
import { choicesOf, factsOf, finishReasonOf, parseAnswer } from '../openai-shared/answer.ts'

export function readAnswer(body: Buffer): AnswerFacts {
  const answer = parseAnswer(body)
  const choices = choicesOf(answer)
  let outputCharacters = 0
  for (const choice of choices) if (isText(choice['text'])) outputCharacters += choice['text'].length
  return factsOf(answer, { finishReason: finishReasonOf(choices), outputCharacters })
}
