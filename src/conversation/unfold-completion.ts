// From an answer to the events that a stream of it has: each part in one piece.

import type { AnswerPart, Completion } from './completion.ts'
import type { CompletionEvent, PartDetailEvent, PartOpening } from './completion-event.ts'

type Detail = PartDetailEvent['detail']

/** The shortest legal stream of an answer: what a client gets that asked for a stream where the upstream made none. */
export function* unfoldCompletion(completion: Completion): Generator<CompletionEvent> {
  const { id, model, created, choices, usage, serviceTier, extra } = completion
  yield {
    type: 'start',
    id,
    model,
    ...(created === undefined ? {} : { created }),
    ...(extra === undefined ? {} : { extra }),
  }
  for (const [choice, { parts, logprobs }] of choices.entries()) {
    for (const [part, value] of parts.entries()) yield* unfoldPart(value, { choice, part })
    if (logprobs !== undefined) yield { type: 'logprobs', choice, logprobs }
  }
  for (const [choice, { finish }] of choices.entries()) yield { type: 'finish', choice, finish }
  if (usage !== null) yield { type: 'usage', usage }
  yield { type: 'end', ...(serviceTier === undefined ? {} : { serviceTier }) }
}

interface Place {
  readonly choice: number
  readonly part: number
}

function* unfoldPart(value: AnswerPart, place: Place): Generator<CompletionEvent> {
  const opened = open(value)
  if (opened === null) {
    yield { type: 'part', ...place, value }
    return
  }
  yield { type: 'part_start', ...place, opening: opened.opening }
  if (opened.text !== '') yield { type: 'part_delta', ...place, text: opened.text }
  for (const detail of opened.details) yield { type: 'part_detail', ...place, detail }
  yield { type: 'part_end', ...place }
}

/** Null for a part that has no pieces. */
function open(part: AnswerPart): { opening: PartOpening; text: string; details: readonly Detail[] } | null {
  switch (part.type) {
    case 'text':
      return {
        opening: { type: 'text' },
        text: part.text,
        details: [...(part.citations ?? []).map(citation => ({ citation })), ...extraOf(part)],
      }
    case 'refusal':
      return { opening: { type: 'refusal' }, text: part.text, details: [] }
    case 'reasoning': {
      const { text, signature, encrypted, ...opening } = part
      const details: Detail[] = [
        ...(signature === undefined ? [] : [{ signature }]),
        ...(encrypted === undefined ? [] : [{ encrypted }]),
      ]
      return { opening, text, details }
    }
    case 'tool_call': {
      const { arguments: text, signature, cache: _cache, ...opening } = part
      return { opening, text, details: signature === undefined ? [] : [{ signature }] }
    }
    case 'image':
    case 'audio':
    case 'file':
    case 'opaque':
      return null
  }
}

function extraOf({ extra }: AnswerPart & { type: 'text' }): readonly Detail[] {
  return extra === undefined ? [] : [{ extra }]
}
