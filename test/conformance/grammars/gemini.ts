// Chunks of generateContent: each is a whole answer with more parts; a candidate ends once.
// https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse

import { listAt } from '../support/json.ts'
import { Complaints, type Grammar } from './grammar.ts'

const contents = [
  'text',
  'inlineData',
  'functionCall',
  'functionResponse',
  'fileData',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
]

export const geminiGrammar: Grammar = events => {
  const complaints = new Complaints()
  const ended = new Set<unknown>()
  let blocked = false
  for (const { name, body } of events) {
    complaints.unless(name === '', 'events have no names')
    if (body['error'] !== undefined) return complaints.all
    blocked ||= body['promptFeedback'] !== undefined
    for (const candidate of listAt(body, 'candidates')) {
      const index = candidate['index'] ?? 0
      const parts = listAt(candidate, 'content', 'parts')
      complaints.unless(!ended.has(index), 'a candidate goes on after its finishReason')
      for (const part of parts)
        complaints.unless(contents.filter(key => key in part).length === 1, 'a part is not one thing')
      if (candidate['finishReason'] !== undefined) ended.add(index)
    }
  }
  complaints.unless(ended.size > 0 || blocked, 'no candidate has a finishReason')
  return complaints.all
}
