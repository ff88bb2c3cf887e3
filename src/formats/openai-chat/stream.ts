// The stream of chat completions: what stands in the delta of a choice.

import type { StreamTap } from '../../call.ts'
import { isObject, isText, type MutableJson } from '../../lib/json-value.ts'
import type { TapOptions } from '../format.ts'
import { charactersOf, hasContent } from '../openai-shared/content.ts'
import { type ChoiceReading, type ChoiceState, OpenAiStreamTap } from '../openai-shared/stream-tap.ts'
import { ToolCallIndexes } from '../openai-shared/tool-calls.ts'

export function openTap(options: TapOptions): StreamTap {
  return new OpenAiStreamTap(readChoice, options)
}

/** Puts the role into the first delta, and distinct indexes into the tool calls, where they are missing. */
function readChoice(choice: MutableJson, state: ChoiceState, reading: ChoiceReading): void {
  const delta = isObject(choice['delta']) ? choice['delta'] : null
  if (!state.hasRole) {
    state.hasRole = true
    if (!isText(delta?.['role'])) {
      choice['delta'] = { ...delta, role: 'assistant' }
      reading.changed = true
    }
  }
  if (delta === null) return
  const { content } = delta
  if (isText(content)) reading.hasContent = true
  else reading.hasContent = hasContent(delta)
  if (!reading.hasContent) return
  reading.characters = charactersOf(delta)
  if (Array.isArray(delta['tool_calls'])) readToolCalls(delta['tool_calls'], state, reading)
}

function readToolCalls(calls: readonly unknown[], state: ChoiceState, reading: ChoiceReading): void {
  for (const call of calls) {
    if (!isObject(call)) continue
    state.calls ??= new ToolCallIndexes()
    const index = state.calls.indexOf(call)
    if (call['index'] === index) continue
    call['index'] = index
    reading.changed = true
  }
}
