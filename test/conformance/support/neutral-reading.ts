// What the neutral form of an answer says, in the words in which readers say what they read.

import type { Usage } from '../../../src/call.ts'
import type { Completion } from '../../../src/conversation/completion.ts'
import { canonicalInput, type FinishWord, type Reading, type ReadUsage } from './reading.ts'

const finishWords: Readonly<Record<string, FinishWord>> = {
  stop: 'stop',
  pause: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  content_filter: 'content-filter',
}

/** Of the first choice. */
export function readingOf({ choices, usage }: Completion): Reading {
  const parts = choices[0]?.parts ?? []
  const said = (...types: readonly string[]): string =>
    parts.map(part => ('text' in part && types.includes(part.type) ? part.text : '')).join('')
  return {
    text: said('text', 'refusal'),
    reasoning: said('reasoning'),
    toolCalls: parts.flatMap(part =>
      part.type === 'tool_call'
        ? [{ id: part.id, name: part.name, input: canonicalInput(part.arguments) }]
        : [],
    ),
    finish: finishWords[choices[0]?.finish.reason ?? ''] ?? null,
    usage: usage === null ? null : usageOf(usage),
    error: null,
  }
}

function usageOf(usage: Usage): ReadUsage {
  const { inputUncached, cacheRead, cacheWrite5m, cacheWrite1h, audioInput } = usage
  const { outputText, outputReasoning, audioOutput } = usage
  return {
    input: inputUncached + cacheRead + cacheWrite5m + cacheWrite1h + audioInput,
    cacheRead,
    output: outputText + outputReasoning + audioOutput,
    reasoning: outputReasoning,
  }
}
