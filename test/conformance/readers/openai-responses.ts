// A client of OpenAI's Responses. https://platform.openai.com/docs/api-reference/responses

import { at, type Json, listAt, numberAt, objectAt, textAt } from '../support/json.ts'
import {
  closeNotes,
  type FinishWord,
  type Notes,
  openNotes,
  type Reader,
  type ReadUsage,
} from '../support/reading.ts'
import { readServerSentEvents } from '../support/server-sent-events.ts'

export const openAiResponsesReader: Reader = {
  readAnswer(body) {
    const notes = openNotes()
    for (const item of listAt(body, 'output')) readItem(item, notes)
    readEnd(body, notes)
    return closeNotes(notes)
  },
  readStream(bytes) {
    const notes = openNotes()
    const calls = new Map<string, Notes['calls'][number]>()
    const texts = new Map<string, string>()
    const thoughts = new Map<string, string>()
    for (const { data } of readServerSentEvents(bytes)) {
      if (data.trim() === '[DONE]') break
      const event = JSON.parse(data) as Json
      readEvent(event, { notes, calls, texts, thoughts })
      if (event['response'] !== undefined && notes.finish !== null) break
    }
    notes.text = inOrder(texts)
    notes.reasoning = inOrder(thoughts)
    return closeNotes(notes)
  },
}

interface Progress {
  readonly notes: Notes
  /** Calls by the id of their item. */
  readonly calls: Map<string, Notes['calls'][number]>
  /** By the place of their item and part. */
  readonly texts: Map<string, string>
  readonly thoughts: Map<string, string>
}

function inOrder(pieces: ReadonlyMap<string, string>): string {
  return [...pieces]
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([, text]) => text)
    .join('')
}

/** Items may come at the same time: each piece says where it belongs. */
function addPiece(pieces: Map<string, string>, event: Json): void {
  const place = [
    numberAt(event, 'output_index'),
    numberAt(event, 'content_index'),
    numberAt(event, 'summary_index'),
  ]
  const key = place.map(number => String(number).padStart(4, '0')).join(' ')
  pieces.set(key, (pieces.get(key) ?? '') + textAt(event, 'delta'))
}

function readEvent(event: Json, { notes, calls, texts, thoughts }: Progress): void {
  switch (event['type']) {
    case 'response.output_text.delta':
    case 'response.refusal.delta':
      addPiece(texts, event)
      break
    case 'response.reasoning_summary_text.delta':
    case 'response.reasoning_text.delta':
      addPiece(thoughts, event)
      break
    case 'response.output_item.added': {
      const call = callOf(objectAt(event, 'item'))
      if (call === null) break
      notes.calls.push(call)
      calls.set(String(event['output_index']), call)
      break
    }
    case 'response.function_call_arguments.delta':
    case 'response.custom_tool_call_input.delta': {
      const call = calls.get(String(event['output_index']))
      if (call !== undefined) call.input += textAt(event, 'delta')
      break
    }
    case 'response.output_item.done': {
      // Some servers send calls without deltas.
      const call = calls.get(String(event['output_index']))
      const whole = callOf(objectAt(event, 'item'))
      if (call !== undefined && whole !== null && call.input === '') call.input = whole.input
      break
    }
    case 'response.completed':
    case 'response.incomplete':
    case 'response.failed':
      readEnd(objectAt(event, 'response'), notes)
      break
    case 'error':
      notes.error = textAt(event, 'message') || textAt(event, 'error', 'message') || 'error'
      break
  }
}

function callOf(item: Json): Notes['calls'][number] | null {
  const id = textAt(item, 'call_id')
  const name = textAt(item, 'name')
  if (item['type'] === 'function_call') return { id, name, input: textAt(item, 'arguments') }
  if (item['type'] === 'custom_tool_call') return { id, name, input: textAt(item, 'input') }
  return null
}

function readItem(item: Json, notes: Notes): void {
  const call = callOf(item)
  if (call !== null) notes.calls.push(call)
  if (item['type'] === 'message')
    for (const part of listAt(item, 'content')) notes.text += textAt(part, 'text') + textAt(part, 'refusal')
  if (item['type'] !== 'reasoning') return
  for (const part of [...listAt(item, 'summary'), ...listAt(item, 'content')])
    notes.reasoning += textAt(part, 'text')
}

function readEnd(response: unknown, notes: Notes): void {
  notes.finish = finishOf(response, notes.calls.length > 0)
  notes.usage = readUsage(at(response, 'usage'))
  const error = at(response, 'error')
  if (error) notes.error = textAt(error, 'message')
}

function finishOf(response: unknown, hasCalls: boolean): FinishWord | null {
  switch (at(response, 'status')) {
    case 'completed':
    case undefined:
      return hasCalls ? 'tool-calls' : 'stop'
    case 'incomplete': {
      const reason = at(response, 'incomplete_details', 'reason')
      if (reason === 'max_output_tokens') return 'length'
      return reason === 'content_filter' ? 'content-filter' : 'other'
    }
    default:
      return null
  }
}

function readUsage(usage: unknown): ReadUsage | null {
  if (typeof usage !== 'object' || usage === null) return null
  return {
    input: numberAt(usage, 'input_tokens'),
    cacheRead: numberAt(usage, 'input_tokens_details', 'cached_tokens'),
    output: numberAt(usage, 'output_tokens'),
    reasoning: numberAt(usage, 'output_tokens_details', 'reasoning_tokens'),
  }
}
