// A client of Cohere's chat, version 2. https://docs.cohere.com/reference/chat

import { at, type Json, listAt, numberAt, objectAt, textAt } from '../support/json.ts'
import {
  closeNotes,
  type FinishWord,
  finishWord,
  type Notes,
  openNotes,
  type Reader,
  type ReadUsage,
} from '../support/reading.ts'
import { readServerSentEvents } from '../support/server-sent-events.ts'

const finishWords: Readonly<Record<string, FinishWord>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool-calls',
}

export const cohereChatReader: Reader = {
  readAnswer(body) {
    const notes = openNotes()
    const message = objectAt(body, 'message')
    for (const part of listAt(message, 'content')) {
      notes.text += textAt(part, 'text')
      notes.reasoning += textAt(part, 'thinking')
    }
    notes.text += textAt(message, 'tool_plan')
    for (const call of listAt(message, 'tool_calls')) notes.calls.push(readCall(call))
    notes.finish = finishWord(finishWords, at(body, 'finish_reason'))
    notes.usage = readUsage(at(body, 'usage'))
    return closeNotes(notes)
  },
  readStream(bytes) {
    const notes = openNotes()
    for (const { data } of readServerSentEvents(bytes)) {
      if (data.trim() === '[DONE]') break
      readEvent(JSON.parse(data) as Json, notes)
    }
    return closeNotes(notes)
  },
}

function readEvent(event: Json, notes: Notes): void {
  const message = objectAt(event, 'delta', 'message')
  switch (event['type']) {
    case 'content-start':
    case 'content-delta':
      notes.text += textAt(message, 'content', 'text')
      notes.reasoning += textAt(message, 'content', 'thinking')
      break
    case 'tool-plan-delta':
      notes.text += textAt(message, 'tool_plan')
      break
    case 'tool-call-start':
      notes.calls.push(readCall(objectAt(message, 'tool_calls')))
      break
    case 'tool-call-delta': {
      const call = notes.calls.at(-1)
      if (call !== undefined) call.input += textAt(message, 'tool_calls', 'function', 'arguments')
      break
    }
    case 'message-end':
      notes.finish = finishWord(finishWords, at(event, 'delta', 'finish_reason'))
      notes.usage = readUsage(at(event, 'delta', 'usage'))
      if (at(event, 'delta', 'error')) notes.error = textAt(event, 'delta', 'error')
      break
  }
}

function readCall(call: Json): Notes['calls'][number] {
  const input = textAt(call, 'function', 'arguments')
  // The model writes `null` where there are no arguments.
  return {
    id: textAt(call, 'id'),
    name: textAt(call, 'function', 'name'),
    input: input === 'null' ? '' : input,
  }
}

function readUsage(usage: unknown): ReadUsage | null {
  if (typeof usage !== 'object' || usage === null) return null
  return {
    input: numberAt(usage, 'tokens', 'input_tokens'),
    cacheRead: numberAt(usage, 'cached_tokens'),
    output: numberAt(usage, 'tokens', 'output_tokens'),
    reasoning: 0,
  }
}
