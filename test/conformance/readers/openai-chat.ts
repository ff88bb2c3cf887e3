// A client of OpenAI's chat completions. https://platform.openai.com/docs/api-reference/chat

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
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
}

export const openAiChatReader: Reader = {
  readAnswer(body) {
    const notes = openNotes()
    readError(body, notes)
    const choice = listAt(body, 'choices')[0]
    const message = objectAt(choice, 'message')
    readContent(message, notes)
    for (const call of listAt(message, 'tool_calls')) notes.calls.push(readCall(call))
    const legacy = at(message, 'function_call')
    if (legacy) notes.calls.push({ id: '', name: textAt(legacy, 'name'), input: textAt(legacy, 'arguments') })
    notes.finish = finishWord(finishWords, at(choice, 'finish_reason'), notes.calls.length > 0)
    notes.usage = readUsage(at(body, 'usage'))
    return closeNotes(notes)
  },
  readStream(bytes) {
    const notes = openNotes()
    const calls = new Map<number, Notes['calls'][number]>()
    let finish: unknown = null
    for (const { data } of readServerSentEvents(bytes)) {
      if (data.trim() === '[DONE]') break
      const chunk: unknown = JSON.parse(data)
      readError(chunk, notes)
      notes.usage = readUsage(at(chunk, 'usage') ?? at(chunk, 'x_groq', 'usage')) ?? notes.usage
      const choice = listAt(chunk, 'choices').find(({ index }) => (index ?? 0) === 0)
      if (choice === undefined) continue
      const delta = objectAt(choice, 'delta')
      readContent(delta, notes)
      for (const call of listAt(delta, 'tool_calls')) addCall(call, calls)
      finish = at(choice, 'finish_reason') ?? finish
    }
    notes.calls.push(...calls.values())
    notes.finish = finishWord(finishWords, finish, notes.calls.length > 0)
    return closeNotes(notes)
  },
}

function readContent(message: Json, notes: Notes): void {
  const content = at(message, 'content')
  if (typeof content === 'string') notes.text += content
  for (const part of listAt(message, 'content')) {
    if (part['type'] === 'text') notes.text += textAt(part, 'text')
    for (const thought of listAt(part, 'thinking')) notes.reasoning += textAt(thought, 'text')
  }
  notes.text += textAt(message, 'refusal')
  notes.reasoning +=
    textAt(message, 'reasoning_content') || textAt(message, 'reasoning') || detailsOf(message)
}

/** What OpenRouter began: thoughts in pieces of several kinds. */
function detailsOf(message: Json): string {
  return listAt(message, 'reasoning_details')
    .map(detail => textAt(detail, 'text') || textAt(detail, 'summary'))
    .join('')
}

function readCall(call: Json): Notes['calls'][number] {
  const called = objectAt(call, call['custom'] === undefined ? 'function' : 'custom')
  return {
    id: textAt(call, 'id'),
    name: textAt(called, 'name'),
    input: textAt(called, 'arguments') || textAt(called, 'input'),
  }
}

function addCall(call: Json, calls: Map<number, Notes['calls'][number]>): void {
  const index = typeof call['index'] === 'number' ? call['index'] : calls.size
  const known = calls.get(index)
  const piece = readCall(call)
  if (known === undefined) calls.set(index, piece)
  else known.input += piece.input
}

function readError(body: unknown, notes: Notes): void {
  const error = at(body, 'error')
  if (error) notes.error = textAt(error, 'message') || JSON.stringify(error)
}

export function readUsage(usage: unknown): ReadUsage | null {
  if (typeof usage !== 'object' || usage === null) return null
  return {
    input: numberAt(usage, 'prompt_tokens'),
    cacheRead: numberAt(usage, 'prompt_tokens_details', 'cached_tokens') || numberAt(usage, 'cached_tokens'),
    output: numberAt(usage, 'completion_tokens'),
    reasoning: numberAt(usage, 'completion_tokens_details', 'reasoning_tokens'),
  }
}
