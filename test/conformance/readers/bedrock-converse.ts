// A client of Bedrock's Converse. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html

import { readAwsEvents } from '../support/aws-events.ts'
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

const finishWords: Readonly<Record<string, FinishWord>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool-calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  guardrail_intervened: 'content-filter',
  content_filtered: 'content-filter',
}

export const bedrockConverseReader: Reader = {
  readAnswer(body) {
    const notes = openNotes()
    for (const block of listAt(body, 'output', 'message', 'content')) {
      notes.text += textAt(block, 'text')
      for (const cited of listAt(block, 'citationsContent', 'content')) notes.text += textAt(cited, 'text')
      notes.reasoning += textAt(block, 'reasoningContent', 'reasoningText', 'text')
      const call = at(block, 'toolUse')
      if (call && !isOfProvider(call))
        notes.calls.push({
          id: textAt(call, 'toolUseId'),
          name: textAt(call, 'name'),
          input: JSON.stringify(at(call, 'input') ?? {}),
        })
    }
    notes.finish = finishWord(finishWords, at(body, 'stopReason'))
    notes.usage = readUsage(at(body, 'usage'))
    return closeNotes(notes)
  },
  readStream(bytes) {
    const notes = openNotes()
    const calls = new Map<unknown, Notes['calls'][number]>()
    for (const { type, kind, data } of readAwsEvents(bytes)) {
      const body = JSON.parse(data === '' ? '{}' : data) as Json
      if (kind === 'event') readEvent(type, body, { notes, calls })
      else notes.error = textAt(body, 'message') || type
    }
    return closeNotes(notes)
  },
}

interface Progress {
  readonly notes: Notes
  /** Calls by the index of their block. */
  readonly calls: Map<unknown, Notes['calls'][number]>
}

function readEvent(type: string, event: Json, { notes, calls }: Progress): void {
  switch (type) {
    case 'contentBlockStart': {
      const use = objectAt(event, 'start', 'toolUse')
      if (use['name'] === undefined || isOfProvider(use)) break
      const call = { id: textAt(use, 'toolUseId'), name: textAt(use, 'name'), input: '' }
      notes.calls.push(call)
      calls.set(event['contentBlockIndex'], call)
      break
    }
    case 'contentBlockDelta': {
      notes.text += textAt(event, 'delta', 'text')
      notes.reasoning += textAt(event, 'delta', 'reasoningContent', 'text')
      const call = calls.get(event['contentBlockIndex'])
      if (call !== undefined) call.input += textAt(event, 'delta', 'toolUse', 'input')
      break
    }
    case 'messageStop':
      notes.finish = finishWord(finishWords, event['stopReason'])
      break
    case 'metadata':
      notes.usage = readUsage(event['usage'])
      break
  }
}

/** A call that the provider answers itself. */
function isOfProvider(use: unknown): boolean {
  return at(use, 'type') === 'server_tool_use'
}

function readUsage(usage: unknown): ReadUsage | null {
  if (typeof usage !== 'object' || usage === null) return null
  const cacheRead = numberAt(usage, 'cacheReadInputTokens')
  return {
    input: numberAt(usage, 'inputTokens') + cacheRead + numberAt(usage, 'cacheWriteInputTokens'),
    cacheRead,
    output: numberAt(usage, 'outputTokens'),
    reasoning: 0,
  }
}
