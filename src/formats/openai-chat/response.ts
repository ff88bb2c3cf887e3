// A whole chat completion.

import type { AnswerFacts } from '../../call.ts'
import { isObject } from '../../lib/json-value.ts'
import { choicesOf, factsOf, finishReasonOf, parseAnswer } from '../openai-shared/answer.ts'
import { charactersOf } from '../openai-shared/content.ts'

export function readAnswer(body: Buffer): AnswerFacts {
  const answer = parseAnswer(body)
  const choices = choicesOf(answer)
  let outputCharacters = 0
  for (const choice of choices)
    if (isObject(choice['message'])) outputCharacters += charactersOf(choice['message'])
  return factsOf(answer, { finishReason: finishReasonOf(choices), outputCharacters })
}
