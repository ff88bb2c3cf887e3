// OpenAI's moderations: texts and images to be classified. https://platform.openai.com/docs/api-reference/moderations

import { factsOf, parseAnswer } from '../openai-shared/answer.ts'
import { definePlainFormat } from '../openai-shared/plain-format.ts'
import { malformed } from '../shared/answer-body.ts'
import { checkRequest } from './request.ts'

export const openAiModerations = definePlainFormat({
  name: 'openai-moderations',
  checkRequest,
  readAnswer(body) {
    const answer = parseAnswer(body)
    if (!Array.isArray(answer['results'])) throw malformed('has no `results`')
    return factsOf(answer, { finishReason: null, outputCharacters: 0 })
  },
})
