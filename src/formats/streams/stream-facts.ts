// What the gateway wants to know of an answer, read from its neutral form.

import type { AnswerFacts, Usage } from '../../call.ts'
import type { AnswerPart, Completion } from '../../conversation/completion.ts'
import type { CompletionEvent } from '../../conversation/completion-event.ts'

/** Reads the events of one stream as they pass. A class because each event of a stream goes through it. */
export class StreamFacts implements AnswerFacts {
  usage: Usage | null = null
  model: string | null = null
  finishReason: string | null = null
  serviceTier: string | null = null
  outputCharacters = 0
  malformedEvents = 0
  /** Content has passed: text, reasoning, a tool call. */
  started = false
  ended = false

  observe(event: CompletionEvent): void {
    switch (event.type) {
      case 'part_delta':
        this.outputCharacters += event.text.length
        if (event.text !== '') this.started = true
        break
      case 'start':
        if (event.model !== '') this.model = event.model
        break
      case 'part_start':
        if (event.opening.type === 'tool_call') this.started = true
        break
      case 'part':
        this.started = true
        this.outputCharacters += charactersOf(event.value)
        break
      case 'usage':
        this.usage = event.usage
        break
      case 'finish':
        this.finishReason ??= event.finish.reason
        break
      case 'end':
        this.ended = true
        this.serviceTier = event.serviceTier ?? this.serviceTier
        break
      case 'part_detail':
      case 'part_end':
      case 'logprobs':
        break
    }
  }
}

export function factsOfCompletion(completion: Completion): AnswerFacts {
  const { choices, usage, model, serviceTier } = completion
  let outputCharacters = 0
  for (const { parts } of choices) for (const part of parts) outputCharacters += charactersOf(part)
  return {
    usage,
    model: model === '' ? null : model,
    finishReason: choices[0]?.finish.reason ?? null,
    serviceTier: serviceTier ?? null,
    outputCharacters,
  }
}

function charactersOf(part: AnswerPart): number {
  switch (part.type) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return part.text.length
    case 'tool_call':
      return part.arguments.length
    case 'audio':
      return part.transcript?.length ?? 0
    case 'image':
    case 'file':
    case 'opaque':
      return 0
  }
}
