// A client of Ollama's own chat. https://docs.ollama.com/api/chat

import { at, type Json, listAt, numberAt, objectAt, textAt } from '../support/json.ts'
import {
  closeNotes,
  type FinishWord,
  finishWord,
  type Notes,
  openNotes,
  type Reader,
} from '../support/reading.ts'

const finishWords: Readonly<Record<string, FinishWord>> = { stop: 'stop', length: 'length' }

export const ollamaChatReader: Reader = {
  readAnswer(body) {
    const notes = openNotes()
    readLine(body as Json, notes)
    return closeNotes(notes)
  },
  readStream(bytes) {
    const notes = openNotes()
    for (const line of bytes.toString().split('\n'))
      if (line.trim() !== '') readLine(JSON.parse(line) as Json, notes)
    return closeNotes(notes)
  },
}

function readLine(line: Json, notes: Notes): void {
  const message = objectAt(line, 'message')
  notes.text += textAt(message, 'content')
  notes.reasoning += textAt(message, 'thinking')
  for (const call of listAt(message, 'tool_calls'))
    notes.calls.push({
      id: textAt(call, 'id'),
      name: textAt(call, 'function', 'name'),
      input: JSON.stringify(at(call, 'function', 'arguments') ?? {}),
    })
  if (line['error'] !== undefined) notes.error = textAt(line, 'error') || 'error'
  if (line['done'] !== true) return
  notes.finish = finishWord(finishWords, line['done_reason'] ?? 'stop', notes.calls.length > 0)
  notes.usage = {
    input: numberAt(line, 'prompt_eval_count'),
    cacheRead: 0,
    output: numberAt(line, 'eval_count'),
    reasoning: 0,
  }
}
