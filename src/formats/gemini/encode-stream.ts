// A stream in Google's shape: every event is an answer with what is new. Its parts have no beginning and no end, so
// they are written one after the other, and a call once it is whole.

import type { Usage } from '../../call.ts'
import type { AnswerPart } from '../../conversation/completion.ts'
import type {
  CompletionEvent,
  FinishEvent,
  PartDetailEvent,
  PartOpening,
} from '../../conversation/completion-event.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { Citation } from '../../conversation/parts.ts'
import type { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodeContext, StreamEncoder, WireEvent } from '../format.ts'
import { encodeGrounding } from './citations.ts'
import { encodePart } from './encode-part.ts'
import { blockedPrompt } from './encode-response.ts'
import { errorText } from './errors.ts'
import { encodeFinish } from './finish.ts'
import { encodeLogprobs } from './logprobs.ts'
import { writeUsage } from './usage.ts'
import { formatName, ownExtra } from './wire.ts'

/** A class because one is made for each stream and each of its events passes through. */
export class GeminiStreamEncoder implements StreamEncoder {
  readonly #write: (event: WireEvent) => void
  readonly #asked: string
  readonly #exchange: string
  /** What stands at the end of every chunk: JSON without its opening brace. */
  #tail = ''
  #usage: Usage | null = null
  readonly #finishes: FinishEvent[] = []
  readonly #choices = new Map<number, ChoiceWriter>()

  constructor(context: EncodeContext<Conversation>, write: (event: WireEvent) => void) {
    this.#write = write
    this.#asked = context.asked.model
    this.#exchange = context.id
  }

  push(event: CompletionEvent): void {
    switch (event.type) {
      case 'start':
        this.#tail = JSON.stringify({
          modelVersion: event.model === '' ? this.#asked : event.model,
          responseId: event.id === '' ? this.#exchange : event.id,
        }).slice(1)
        break
      case 'usage':
        this.#usage = event.usage
        break
      case 'finish':
        this.#finishes.push(event)
        break
      case 'end':
        this.#end()
        break
      case 'logprobs':
        this.#writeCandidate({ index: event.choice, logprobsResult: encodeLogprobs(event.logprobs) })
        break
      case 'part':
      case 'part_start':
      case 'part_delta':
      case 'part_detail':
      case 'part_end':
        this.#choiceOf(event.choice).push(event)
        break
    }
  }

  fail(error: GatewayError): void {
    this.#write({ name: '', data: errorText(error) })
  }

  #choiceOf(index: number): ChoiceWriter {
    let choice = this.#choices.get(index)
    if (choice === undefined) {
      choice = new ChoiceWriter(part =>
        this.#writeCandidate({ content: { parts: [part], role: 'model' }, index }),
      )
      this.#choices.set(index, choice)
    }
    return choice
  }

  #writeCandidate(candidate: JsonObject): void {
    this.#write({ name: '', data: `{"candidates":[${JSON.stringify(candidate)}],${this.#tail}` })
  }

  /** The last chunk says how every candidate ended, and what was used. */
  #end(): void {
    const usage = this.#usage === null ? '' : `"usageMetadata":${JSON.stringify(writeUsage(this.#usage))},`
    const blocked = this.#choices.size > 0 ? null : this.#blockedPrompt()
    const said = blocked ?? { candidates: this.#finishes.map(event => this.#encodeFinish(event)) }
    this.#write({ name: '', data: `${JSON.stringify(said).slice(0, -1)},${usage}${this.#tail}` })
  }

  #blockedPrompt(): JsonObject | null {
    return blockedPrompt(this.#finishes.map(({ finish }) => ({ parts: [], finish })))
  }

  #encodeFinish({ choice, finish }: FinishEvent): JsonObject {
    const own = ownExtra(finish.extra)
    const grounding = own === undefined ? this.#choices.get(choice)?.grounding() : undefined
    return {
      // SDKs take a content without parts for a broken answer.
      content: { parts: [{ text: '' }], role: 'model' },
      finishReason: encodeFinish(finish),
      index: choice,
      ...(grounding === undefined ? {} : { groundingMetadata: grounding }),
      ...own,
    }
  }
}

type PartEvent = Exclude<
  CompletionEvent,
  { readonly type: 'start' | 'usage' | 'finish' | 'end' | 'logprobs' }
>

interface OpenPart {
  readonly opening: PartOpening
  /** What has come and was not written. */
  text: string
  signature: string
  own: JsonObject | undefined
  citations: Citation[]
  /** What has been written, for the places of citations. */
  written: string
  ended: boolean
}

/** The parts of one choice. Only the first that has not ended is written; those that overlap it wait. */
class ChoiceWriter {
  readonly #write: (part: JsonObject) => void
  readonly #waiting = new Map<number, OpenPart | AnswerPart>()
  /** The part whose turn it is. */
  #turn = 0
  /** Texts with citations, for the grounding at the end. */
  readonly #cited: { text: string; citations: Citation[] }[] = []

  constructor(write: (part: JsonObject) => void) {
    this.#write = write
  }

  push(event: PartEvent): void {
    switch (event.type) {
      case 'part_start':
        this.#waiting.set(event.part, openPart(event.opening))
        break
      case 'part':
        this.#waiting.set(event.part, event.value)
        break
      case 'part_delta': {
        const part = this.#openPart(event.part)
        if (part !== null) part.text += event.text
        break
      }
      case 'part_detail':
        this.#addDetail(event)
        return
      case 'part_end': {
        const part = this.#openPart(event.part)
        if (part !== null) part.ended = true
        break
      }
    }
    this.#advance()
  }

  grounding(): JsonObject | undefined {
    return encodeGrounding(this.#cited.map(cited => ({ type: 'text', ...cited })))
  }

  #openPart(number: number): OpenPart | null {
    const part = this.#waiting.get(number)
    return part !== undefined && 'opening' in part ? part : null
  }

  #addDetail({ part: number, detail }: PartDetailEvent): void {
    const part = this.#openPart(number)
    if (part === null) return
    if ('signature' in detail) part.signature += detail.signature
    else if ('extra' in detail) part.own = { ...part.own, ...ownExtra(detail.extra) }
    else if ('citation' in detail) part.citations.push(detail.citation)
  }

  /** Writes what can be written now. */
  #advance(): void {
    for (let part = this.#waiting.get(this.#turn); part !== undefined; part = this.#waiting.get(this.#turn)) {
      if ('opening' in part) {
        if (part.opening.type !== 'tool_call' && part.text !== '') this.#writeText(part)
        if (!part.ended) return
        this.#writeEnd(part)
      } else {
        const encoded = encodePart(part)
        if (encoded !== null) this.#write(encoded)
      }
      this.#waiting.delete(this.#turn++)
    }
  }

  #writeText(part: OpenPart): void {
    if (part.opening.type === 'reasoning') this.#write({ text: part.text, thought: true })
    else this.#write({ text: part.text })
    if (part.opening.type === 'text') part.written += part.text
    part.text = ''
  }

  #writeEnd({ opening, text, signature, own, citations, written }: OpenPart): void {
    const signed = signature === '' ? {} : { signature }
    const extra = own === undefined ? {} : { extra: { [formatName]: own } }
    if (opening.type === 'tool_call') {
      const merged = own === undefined ? opening : { ...opening, ...extra }
      const call = encodePart({ ...merged, arguments: text, ...signed })
      if (call !== null) this.#write(call)
    } else if (opening.type === 'reasoning' || own !== undefined) {
      const rest = opening.type === 'reasoning' ? { ...opening, ...signed } : { type: 'text' as const }
      const encoded = encodePart({ ...rest, text: '', ...extra })
      if (encoded !== null) this.#write(encoded)
    }
    if (citations.length > 0) this.#cited.push({ text: written, citations })
  }
}

function openPart(opening: PartOpening): OpenPart {
  return { opening, text: '', signature: '', own: undefined, citations: [], written: '', ended: false }
}
