// From the events of a streamed response to neutral ones. Vendors leave events out, rotate the ids of items or send text
// with the last event alone, so items are told apart by their place, and every end makes good what had not come before.

import type { CompletionEvent, PartOpening } from '../../conversation/completion-event.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, isText, type JsonObject, type MutableJson, objectsOf } from '../../lib/json-value.ts'
import type { StreamDecoder, WireEvent } from '../format.ts'
import { failureInSuccess, holdsError } from '../openai-shared/errors.ts'
import { isMarkOrBlank, parseEvent } from '../openai-shared/stream-event.ts'
import {
  decodeAssistantItem,
  decodeCall,
  decodeCitation,
  decodeReasoning,
  extraOfMessage,
  readThought,
} from './decode-item.ts'
import { finishOf } from './decode-response.ts'
import { readUsage } from './usage.ts'
import { kindOf, textOf, toExtra } from './wire.ts'

type Emit = (event: CompletionEvent) => void

interface OpenText {
  readonly part: number
  length: number
  citations: number
  logprobs: number
}

/** One place in the output. */
interface OpenItem {
  readonly kind: string
  /** Of a message, by the index of its content. */
  readonly texts: Map<number, OpenText>
  /** Of thoughts and calls: the part that its deltas belong to, once it has begun. */
  body: OpenText | null
  /** Of the piece of a thought. */
  piece: number
  closed: boolean
}

/** A class because one is made for each stream and each of its events passes through. */
export class ResponsesStreamDecoder implements StreamDecoder {
  readonly #emit: Emit
  readonly #items = new Map<number, OpenItem>()
  #nextPart = 0
  #started = false
  #ended = false
  #called = false
  /** The response as its first event told it, the items that are whole, and the number of the last event. */
  response: JsonObject | null = null
  readonly output: JsonObject[] = []
  sequence = -1
  /** A tool of the provider's is at work: the answer has begun, though none of it can be read yet. */
  working = false

  constructor(emit: Emit) {
    this.#emit = emit
  }

  push({ name, data }: WireEvent): void {
    if (this.#ended || isMarkOrBlank(data)) return
    const event = parseEvent(data, name)
    const { sequence_number: sequence } = event
    if (typeof sequence === 'number') this.sequence = sequence
    this.#read(isText(event['type']) ? event['type'] : name, event)
  }

  finish(): void {
    if (!this.#ended) throw new GatewayError('upstream_truncated')
  }

  #read(type: string, event: MutableJson): void {
    switch (type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        this.#addText(event, type === 'response.refusal.delta' ? 'refusal' : 'text')
        break
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        this.#addArguments(event)
        break
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        this.#addThought(event, type === 'response.reasoning_summary_text.delta')
        break
      case 'response.created':
      case 'response.in_progress':
      case 'response.queued':
        this.#start(event['response'])
        break
      case 'response.output_item.added':
        this.#openItem(event)
        break
      case 'response.content_part.added':
        this.#openContent(event)
        break
      case 'response.output_text.annotation.added':
        this.#addCitation(event)
        break
      case 'response.output_item.done':
        this.#closeItem(indexOf(event), isObject(event['item']) ? event['item'] : {})
        break
      case 'response.completed':
      case 'response.incomplete':
      case 'response.cancelled':
        this.#end(isObject(event['response']) ? event['response'] : {})
        break
      case 'response.failed':
        this.#fail(isObject(event['response']) ? event['response'] : {})
        break
      case 'error':
        throw failureInSuccess(event)
      default:
        // Events of newer kinds tell of what the ends tell again; what has no kind at all is not of this format.
        if (type === '' || holdsError(event)) throw notOfFormat(event)
    }
  }

  #start(response: unknown): void {
    if (this.#started) return
    this.#started = true
    const told = isObject(response) ? response : {}
    this.response = told
    const { created_at: created } = told
    this.#emit({
      type: 'start',
      id: textOf(told['id']),
      model: textOf(told['model']),
      ...(typeof created === 'number' && { created }),
    })
  }

  #openItem(event: JsonObject): void {
    const item = isObject(event['item']) ? event['item'] : {}
    const open = this.#itemAt(indexOf(event), kindOf(item))
    if (isCall(open.kind)) this.#beginCall(open, item)
    else if (open.kind !== 'message' && open.kind !== 'reasoning') this.working = true
  }

  #itemAt(index: number, kind: string): OpenItem {
    this.#start(null)
    let item = this.#items.get(index)
    if (item === undefined) {
      item = { kind, texts: new Map(), body: null, piece: 0, closed: false }
      this.#items.set(index, item)
    }
    return item
  }

  #begin(opening: PartOpening): OpenText {
    const part = this.#nextPart++
    this.#emit({ type: 'part_start', choice: 0, part, opening })
    return { part, length: 0, citations: 0, logprobs: 0 }
  }

  #write(open: OpenText, text: string): void {
    if (text === '') return
    open.length += text.length
    this.#emit({ type: 'part_delta', choice: 0, part: open.part, text })
  }

  // Messages.

  #openContent(event: JsonObject): void {
    const type = isObject(event['part']) ? event['part']['type'] : ''
    if (type !== 'output_text' && type !== 'refusal') return
    const item = this.#itemAt(indexOf(event), 'message')
    if (!item.closed) this.#textAt(item, contentIndexOf(event), type === 'refusal' ? 'refusal' : 'text')
  }

  #textAt(item: OpenItem, index: number, type: 'text' | 'refusal'): OpenText {
    let open = item.texts.get(index)
    if (open === undefined) {
      open = this.#begin({ type })
      item.texts.set(index, open)
    }
    return open
  }

  #addText(event: JsonObject, type: 'text' | 'refusal'): void {
    const item = this.#itemAt(indexOf(event), 'message')
    if (item.closed) return
    const open = this.#textAt(item, contentIndexOf(event), type)
    this.#write(open, textOf(event['delta']))
    this.#addLogprobs(open, event['logprobs'])
  }

  #addLogprobs(open: OpenText, logprobs: unknown): void {
    if (!Array.isArray(logprobs) || logprobs.length === 0) return
    open.logprobs += logprobs.length
    this.#emit({ type: 'logprobs', choice: 0, logprobs: { content: logprobs } })
  }

  #addCitation(event: JsonObject): void {
    const item = this.#items.get(indexOf(event))
    const open = item?.texts.get(contentIndexOf(event))
    if (open === undefined || item?.closed === true || !isObject(event['annotation'])) return
    this.#cite(open, event['annotation'])
  }

  #cite(open: OpenText, annotation: JsonObject): void {
    open.citations++
    const detail = { citation: decodeCitation(annotation) }
    this.#emit({ type: 'part_detail', choice: 0, part: open.part, detail })
  }

  #closeMessage(open: OpenItem, item: JsonObject): void {
    const own = extraOfMessage(item)
    objectsOf(item['content']).forEach((content, index) => {
      const isRefusal = content['type'] === 'refusal'
      const text = this.#textAt(open, index, isRefusal ? 'refusal' : 'text')
      if (text.length === 0) this.#write(text, textOf(content[isRefusal ? 'refusal' : 'text']))
      for (const annotation of objectsOf(content['annotations']).slice(text.citations))
        this.#cite(text, annotation)
      if (text.logprobs === 0) this.#addLogprobs(text, content['logprobs'])
      if (own === undefined || isRefusal) return
      this.#emit({ type: 'part_detail', choice: 0, part: text.part, detail: { extra: toExtra(own) } })
    })
    for (const { part } of open.texts.values()) this.#emit({ type: 'part_end', choice: 0, part })
  }

  // Calls.

  #beginCall(open: OpenItem, item: JsonObject): void {
    if (open.body !== null || !isText(item['name'])) return
    const { id, name, custom } = decodeCall(item)
    this.#called = true
    open.body = this.#begin({ type: 'tool_call', id, name, ...(custom === true && { custom }) })
  }

  #addArguments(event: JsonObject): void {
    const open = this.#items.get(indexOf(event))
    if (open?.body !== null && open?.body !== undefined && !open.closed)
      this.#write(open.body, textOf(event['delta']))
  }

  #closeCall(open: OpenItem, item: JsonObject): void {
    this.#beginCall(open, item)
    const { body } = open
    if (body === null) return
    const { arguments: text, signature, extra } = decodeCall(item)
    if (body.length === 0) this.#write(body, text)
    const place = { choice: 0, part: body.part }
    if (signature !== undefined) this.#emit({ type: 'part_detail', ...place, detail: { signature } })
    if (extra !== undefined) this.#emit({ type: 'part_detail', ...place, detail: { extra } })
    this.#emit({ type: 'part_end', ...place })
  }

  // Thoughts.

  #addThought(event: JsonObject, isSummary: boolean): void {
    const open = this.#itemAt(indexOf(event), 'reasoning')
    if (open.closed) return
    const at = isSummary ? event['summary_index'] : event['content_index']
    const index = typeof at === 'number' ? at : 0
    if (index > open.piece && open.body !== null && open.body.length > 0) {
      this.#emit({ type: 'part_end', choice: 0, part: open.body.part })
      open.body = null
    }
    open.piece = Math.max(index, open.piece)
    open.body ??= this.#beginThought(isSummary)
    this.#write(open.body, textOf(event['delta']))
  }

  #beginThought(isSummary: boolean): OpenText {
    const opening = { type: 'reasoning', origin: 'openai-responses' } as const
    return this.#begin(isSummary ? { ...opening, summary: true } : opening)
  }

  #closeThought(open: OpenItem, item: JsonObject): void {
    const { texts, isSummary } = readThought(item)
    if (open.body === null)
      for (const text of texts.slice(0, -1)) {
        const piece = this.#beginThought(isSummary)
        this.#write(piece, text)
        this.#emit({ type: 'part_end', choice: 0, part: piece.part })
      }
    const body = open.body ?? this.#beginThought(isSummary)
    if (body.length === 0) this.#write(body, texts.at(-1) ?? '')
    const place = { choice: 0, part: body.part }
    const { encrypted, extra } = decodeReasoning(item)
    if (encrypted !== undefined) this.#emit({ type: 'part_detail', ...place, detail: { encrypted } })
    if (extra !== undefined) this.#emit({ type: 'part_detail', ...place, detail: { extra } })
    this.#emit({ type: 'part_end', ...place })
  }

  // Ends.

  #closeItem(index: number, item: JsonObject): void {
    const open = this.#itemAt(index, kindOf(item))
    if (open.closed) return
    open.closed = true
    this.output.push(item)
    if (open.kind === 'message') this.#closeMessage(open, item)
    else if (open.kind === 'reasoning') this.#closeThought(open, item)
    else if (isCall(open.kind)) this.#closeCall(open, item)
    else for (const value of decodeAssistantItem(item)) this.#emitWhole(value)
  }

  #emitWhole(value: ReturnType<typeof decodeAssistantItem>[number]): void {
    this.#emit({ type: 'part', choice: 0, part: this.#nextPart++, value })
  }

  #end(response: JsonObject): void {
    this.#start(response)
    const output = objectsOf(response['output'])
    // Some tell of their items in the last event alone.
    if (this.#items.size === 0) for (const [index, item] of output.entries()) this.#closeItem(index, item)
    for (const [index, { closed, kind }] of this.#items)
      if (!closed) this.#closeItem(index, output[index] ?? { type: kind })
    this.#ended = true
    const finish = finishOf(response, this.#called ? [{ type: 'tool_call' }] : [])
    this.#emit({ type: 'finish', choice: 0, finish })
    this.#emitUsage(response)
    const { service_tier: serviceTier } = response
    this.#emit({ type: 'end', ...(isText(serviceTier) && { serviceTier }) })
  }

  /** What was used is to be paid, though the response failed. */
  #fail(response: JsonObject): void {
    this.#emitUsage(response)
    throw failureInSuccess(response)
  }

  #emitUsage(response: JsonObject): void {
    const usage = readUsage(response['usage'])
    if (usage !== null) this.#emit({ type: 'usage', usage })
  }
}

function isCall(kind: string): boolean {
  return kind === 'function_call' || kind === 'custom_tool_call'
}

function indexOf({ output_index: index }: JsonObject): number {
  return typeof index === 'number' ? index : 0
}

function contentIndexOf({ content_index: index }: JsonObject): number {
  return typeof index === 'number' ? index : 0
}

function notOfFormat(event: MutableJson): GatewayError {
  if (holdsError(event)) return failureInSuccess(event)
  const message = 'The provider sent an event that is not one of a response.'
  return new GatewayError('upstream_malformed', { message })
}
