// A client of Anthropic's messages. https://platform.claude.com/docs/en/api/messages

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
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  tool_use: 'tool-calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content-filter',
}

export const anthropicMessagesReader: Reader = {
  readAnswer(body) {
    const notes = openNotes()
    for (const block of listAt(body, 'content')) {
      openBlock(block, notes)
      const call = notes.calls.at(-1)
      if (block['type'] === 'tool_use' && call !== undefined)
        call.input = JSON.stringify(block['input'] ?? {})
    }
    notes.finish = finishWord(finishWords, at(body, 'stop_reason'))
    notes.usage = readUsage(objectAt(body, 'usage'))
    if (at(body, 'type') === 'error') notes.error = textAt(body, 'error', 'message')
    return closeNotes(notes)
  },
  readStream(bytes) {
    const notes = openNotes()
    const calls = new Map<unknown, Notes['calls'][number]>()
    let usage: Json = {}
    for (const { data } of readServerSentEvents(bytes)) {
      const event = JSON.parse(data) as Json
      if (event['type'] === 'message_start') usage = { ...objectAt(event, 'message', 'usage') }
      if (event['type'] === 'message_delta') usage = { ...usage, ...present(objectAt(event, 'usage')) }
      readEvent(event, { notes, calls })
      if (event['type'] === 'message_stop') break
    }
    notes.usage = readUsage(usage)
    return closeNotes(notes)
  },
}

function readBlocks(message: unknown, notes: Notes): void {
  for (const block of listAt(message, 'content')) {
    openBlock(block, notes)
    const call = notes.calls.at(-1)
    if (block['type'] === 'tool_use' && call !== undefined) call.input = JSON.stringify(block['input'] ?? {})
  }
}

interface Progress {
  readonly notes: Notes
  /** Calls by the index of their block. */
  readonly calls: Map<unknown, Notes['calls'][number]>
}

function readEvent(event: Json, { notes, calls }: Progress): void {
  switch (event['type']) {
    // Where the provider goes on with an answer, the calls that wait for results stand in its first event.
    case 'message_start':
      readBlocks(event['message'], notes)
      break
    case 'content_block_start': {
      const block = objectAt(event, 'content_block')
      openBlock(block, notes)
      const call = notes.calls.at(-1)
      if (block['type'] !== 'tool_use' || call === undefined) break
      calls.set(event['index'], call)
      if (Object.keys(objectAt(block, 'input')).length > 0) call.input = JSON.stringify(block['input'])
      break
    }
    case 'content_block_delta': {
      notes.text += textAt(event, 'delta', 'text')
      notes.reasoning += textAt(event, 'delta', 'thinking')
      const call = calls.get(event['index'])
      if (call !== undefined) call.input += textAt(event, 'delta', 'partial_json')
      break
    }
    case 'message_delta':
      notes.finish = finishWord(finishWords, at(event, 'delta', 'stop_reason')) ?? notes.finish
      break
    case 'error':
      notes.error = textAt(event, 'error', 'message')
      break
  }
}

function openBlock(block: Json, notes: Notes): void {
  if (block['type'] === 'text') notes.text += textAt(block, 'text')
  if (block['type'] === 'thinking') notes.reasoning += textAt(block, 'thinking')
  if (block['type'] === 'tool_use')
    notes.calls.push({ id: textAt(block, 'id'), name: textAt(block, 'name'), input: '' })
}

function present(usage: Json): Json {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null))
}

function readUsage(usage: Json): ReadUsage | null {
  if (Object.keys(usage).length === 0) return null
  const cacheRead = numberAt(usage, 'cache_read_input_tokens')
  return {
    input: numberAt(usage, 'input_tokens') + cacheRead + numberAt(usage, 'cache_creation_input_tokens'),
    cacheRead,
    output: numberAt(usage, 'output_tokens'),
    reasoning: numberAt(usage, 'output_tokens_details', 'thinking_tokens'),
  }
}
