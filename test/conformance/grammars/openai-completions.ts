// Chunks of text completions. https://platform.openai.com/docs/api-reference/completions

import { listAt } from '../support/json.ts'
import { Complaints, type Grammar } from './grammar.ts'

export const openAiCompletionsGrammar: Grammar = events => {
  const complaints = new Complaints()
  const ended = new Set<unknown>()
  for (const { body } of events) {
    if (body['error'] !== undefined) return complaints.all
    for (const { index, finish_reason: reason } of listAt(body, 'choices')) {
      complaints.unless(!ended.has(index), 'a choice goes on after its finish_reason')
      if (reason !== null && reason !== undefined) ended.add(index)
    }
  }
  complaints.unless(ended.size > 0, 'no choice has a finish_reason')
  return complaints.all
}
