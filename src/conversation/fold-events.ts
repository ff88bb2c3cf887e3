// From the events of a stream to the answer that they make up.

import type { Usage } from '../call.ts'
import type { JsonObject } from '../lib/json-value.ts'
import type { AnswerPart, Choice, Completion, Finish } from './completion.ts'
import type {
  CompletionEvent,
  EndEvent,
  PartDetailEvent,
  PartOpening,
  StartEvent,
} from './completion-event.ts'
import type { Citation, Extra } from './parts.ts'

interface OpenPart {
  readonly opening: PartOpening
  text: string
  signature: string
  encrypted: string
  citations: Citation[]
  extra: Extra | undefined
}

interface OpenChoice {
  readonly parts: Map<number, AnswerPart | OpenPart>
  finish: Finish | null
  logprobs: JsonObject[]
}

/** Collects events; a legal stream gives the completion that a full answer would have given. */
export class EventFolder {
  #start: StartEvent = { type: 'start', id: '', model: '' }
  #end: EndEvent = { type: 'end' }
  #usage: Usage | null = null
  readonly #choices = new Map<number, OpenChoice>()

  push(event: CompletionEvent): void {
    if (event.type === 'start') this.#start = event
    else if (event.type === 'end') this.#end = event
    else if (event.type === 'usage') this.#usage = event.usage
    else addToChoice(this.#choiceAt(event.choice), event)
  }

  /** What has arrived so far; of a stream that broke off, what it had said. */
  completion(): Completion {
    const { id, model, created } = this.#start
    const { serviceTier } = this.#end
    const extra = { ...this.#start.extra, ...this.#end.extra }
    return {
      id,
      model,
      ...(created === undefined ? {} : { created }),
      choices: inOrder(this.#choices).map(closeChoice),
      usage: this.#usage,
      ...(serviceTier === undefined ? {} : { serviceTier }),
      ...(Object.keys(extra).length === 0 ? {} : { extra }),
    }
  }

  #choiceAt(index: number): OpenChoice {
    let choice = this.#choices.get(index)
    if (choice === undefined) {
      choice = { parts: new Map(), finish: null, logprobs: [] }
      this.#choices.set(index, choice)
    }
    return choice
  }
}

export function foldEvents(events: Iterable<CompletionEvent>): Completion {
  const folder = new EventFolder()
  for (const event of events) folder.push(event)
  return folder.completion()
}

type ChoiceEvent = Extract<CompletionEvent, { readonly choice: number }>

function addToChoice(choice: OpenChoice, event: ChoiceEvent): void {
  switch (event.type) {
    case 'part_start':
      choice.parts.set(event.part, openPart(event.opening))
      break
    case 'part':
      choice.parts.set(event.part, event.value)
      break
    case 'part_delta':
    case 'part_detail': {
      const part = choice.parts.get(event.part)
      if (part === undefined || !('opening' in part)) break
      if (event.type === 'part_delta') part.text += event.text
      else addDetail(part, event.detail)
      break
    }
    case 'logprobs':
      choice.logprobs.push(event.logprobs)
      break
    case 'finish':
      choice.finish = event.finish
      break
    case 'part_end':
      break
  }
}

function inOrder<Value>(byIndex: ReadonlyMap<number, Value>): readonly Value[] {
  return [...byIndex].sort(([left], [right]) => left - right).map(([, value]) => value)
}

function openPart(opening: PartOpening): OpenPart {
  const extra = 'extra' in opening ? opening.extra : undefined
  return { opening, text: '', signature: '', encrypted: '', citations: [], extra }
}

function addDetail(part: OpenPart, detail: PartDetailEvent['detail']): void {
  if ('signature' in detail) part.signature += detail.signature
  else if ('encrypted' in detail) part.encrypted += detail.encrypted
  else if ('citation' in detail) part.citations.push(detail.citation)
  else part.extra = { ...part.extra, ...detail.extra }
}

function closeChoice({ parts, finish, logprobs }: OpenChoice): Choice {
  return {
    parts: inOrder(parts).map(part => ('opening' in part ? closePart(part) : part)),
    finish: finish ?? { reason: 'stop' },
    ...(logprobs.length === 0 ? {} : { logprobs: joinLogprobs(logprobs) }),
  }
}

function closePart({ opening, text, signature, encrypted, citations, extra }: OpenPart): AnswerPart {
  const more = extra === undefined ? {} : { extra }
  const signed = signature === '' ? {} : { signature }
  switch (opening.type) {
    case 'text':
      return { type: 'text', text, ...(citations.length === 0 ? {} : { citations }), ...more }
    case 'refusal':
      return { type: 'refusal', text }
    case 'reasoning':
      return { ...opening, text, ...signed, ...(encrypted === '' ? {} : { encrypted }), ...more }
    case 'tool_call':
      return { ...opening, arguments: text, ...signed, ...more }
  }
}

function joinLogprobs(pieces: readonly JsonObject[]): JsonObject {
  const content = pieces.flatMap(piece =>
    Array.isArray(piece['content']) ? (piece['content'] as unknown[]) : [],
  )
  return { content }
}
