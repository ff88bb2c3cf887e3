// From neutral events to the events of a streamed response: one item after the other, as OpenAI tells them. A message
// ends when the last of its contents has. https://platform.openai.com/docs/api-reference/responses-streaming

import type { Usage } from '../../call.ts'
import type { AnswerPart, Finish } from '../../conversation/completion.ts'
import type {
  CompletionEvent,
  EndEvent,
  PartDetailEvent,
  PartOpening,
  StartEvent,
} from '../../conversation/completion-event.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodeContext, StreamEncoder, WireEvent } from '../format.ts'
import { type PartEvent, SerialParts } from '../streams/serial-parts.ts'
import {
  annotationOf,
  callItem,
  type ItemStatus,
  incompleteReason,
  messageItem,
  reasoningItem,
  refusalContent,
  textContent,
} from './encode-item.ts'
import { itemOf, spokenText } from './encode-response.ts'
import { failureEvents, responseError } from './errors.ts'
import { type OpenMessage, type OpenPart, openPart, partSoFar, prefixOf } from './open-part.ts'
import { buildResponse, headOf, itemIds, type ResponseHead } from './response-object.ts'
import { writeUsage } from './usage.ts'

type Write = (event: WireEvent) => void
type TellIds = ReadonlyMap<number, string>

const noIds: TellIds = new Map()

/** A class because one is made for each stream and each of its events passes through. */
export class ResponsesStreamEncoder implements StreamEncoder {
  readonly #context: EncodeContext<Conversation>
  readonly #write: Write
  /** Null in the place of an item that has not ended. */
  readonly #output: (JsonObject | null)[] = []
  readonly #open = new Map<number, OpenPart>()
  readonly #parts: SerialParts
  #head: ResponseHead
  #nameItem: ReturnType<typeof itemIds>
  #message: OpenMessage | null = null
  #sequence = 0
  #logprobs: unknown[] = []
  #finish: Finish | null = null
  #usage: Usage | null = null

  readonly #toldIds: TellIds

  /** @param toldIds the ids of items that the client knows already, by their index */
  constructor(context: EncodeContext<Conversation>, write: Write, toldIds: TellIds = noIds) {
    this.#context = context
    this.#write = write
    this.#toldIds = toldIds
    this.#head = headOf({ id: '', model: '' }, context)
    this.#nameItem = itemIds(this.#head, toldIds)
    const read = (event: PartEvent): void => this.#readPart(event)
    this.#parts = new SerialParts(read)
  }

  push(event: CompletionEvent): void {
    // A client of this format cannot ask for more than one answer.
    if ('choice' in event && event.choice !== 0) return
    switch (event.type) {
      case 'part_delta':
        if (this.#parts.isOpen(event.part)) this.#addDelta(event.part, event.text)
        else this.#parts.push(event)
        break
      case 'start':
        this.#start(event)
        break
      case 'part_start':
      case 'part_detail':
      case 'part_end':
      case 'part':
        this.#parts.push(event)
        break
      case 'logprobs':
        if (Array.isArray(event.logprobs['content'])) this.#logprobs.push(...event.logprobs['content'])
        break
      case 'finish':
        this.#sealMessage()
        this.#finish = event.finish
        break
      case 'usage':
        this.#usage = event.usage
        break
      case 'end':
        this.#end(event)
        break
    }
  }

  #readPart(event: PartEvent): void {
    switch (event.type) {
      case 'part_delta':
        this.#addDelta(event.part, event.text)
        break
      case 'part_start':
        this.#beginPart(event.part, event.opening)
        break
      case 'part_detail':
        this.#addDetail(event.part, event.detail)
        break
      case 'part_end':
        this.#endPart(event.part)
        break
      case 'part':
        this.#addWhole(event.part, event.value)
        break
    }
  }

  /** The number of the next event, where others have told before. */
  goOnAt(sequence: number): void {
    this.#sequence = sequence
  }

  fail(error: GatewayError): void {
    this.#parts.release()
    const response = buildResponse(this.#head, this.#context.asked, {
      status: 'failed',
      output: this.#said(),
      error: responseError(error),
      ...this.#counted(),
    })
    for (const event of failureEvents(error, response, this.#sequence)) this.#write(event)
  }

  #emit(type: string, fields: JsonObject): void {
    const data = JSON.stringify({ type, ...fields, sequence_number: this.#sequence++ })
    this.#write({ name: type, data })
  }

  #start(event: StartEvent): void {
    this.#head = headOf(event, this.#context)
    this.#nameItem = itemIds(this.#head, this.#toldIds)
    const response = buildResponse(this.#head, this.#context.asked, { status: 'in_progress', output: [] })
    this.#emit('response.created', { response })
    this.#emit('response.in_progress', { response })
  }

  #end({ serviceTier }: EndEvent): void {
    this.#sealMessage()
    const reason = incompleteReason(this.#finish?.reason ?? 'stop')
    this.#giveLogprobs()
    const response = buildResponse(this.#head, this.#context.asked, {
      status: reason === undefined ? 'completed' : 'incomplete',
      output: this.#said(),
      ...(reason !== undefined && { incompleteReason: reason }),
      ...this.#counted(),
      serviceTier,
    })
    this.#emit(reason === undefined ? 'response.completed' : 'response.incomplete', { response })
  }

  #counted(): { usage?: JsonObject } {
    return this.#usage === null ? {} : { usage: writeUsage(this.#usage) }
  }

  /** Every item, and of those that have not ended what had come. */
  #said(): readonly JsonObject[] {
    const unfinished = new Map<number, JsonObject>()
    for (const open of this.#open.values()) {
      if (open.message === null) unfinished.set(open.index, this.#itemSoFar(open, 'incomplete'))
      else open.message.content[open.contentIndex] = contentSoFar(open, [])
    }
    for (const { message } of this.#open.values())
      if (message !== null)
        unfinished.set(message.index, messageItem(message.id, 'incomplete', message.content))
    const current = this.#message
    if (current !== null && current.open === 0)
      unfinished.set(current.index, messageItem(current.id, 'completed', current.content))
    return this.#output.map((item, index) => item ?? unfinished.get(index)).filter(item => item !== undefined)
  }

  /** Those that came behind their text stand in the response alone. */
  #giveLogprobs(): void {
    if (this.#logprobs.length === 0) return
    for (const item of this.#output) {
      if (item?.['type'] !== 'message') continue
      const content = item['content'] as JsonObject[]
      const at = content.findIndex(each => each['type'] === 'output_text')
      if (at === -1) continue
      content[at] = { ...content[at], logprobs: this.#logprobs }
      return
    }
  }

  // Parts.

  #beginPart(part: number, opening: PartOpening): void {
    const isContent = opening.type === 'text' || opening.type === 'refusal'
    this.#open.set(part, isContent ? this.#beginContent(opening) : this.#beginItem(opening))
  }

  #addDelta(part: number, text: string): void {
    const open = this.#open.get(part)
    if (open === undefined || text === '') return
    if (open.text === '' && open.opening.type === 'reasoning') this.#tellOfThought(open, 'added')
    open.text += text
    const data = `${open.before}${JSON.stringify(text)}${open.after}${this.#sequence++}}`
    this.#write({ name: open.deltaName, data })
  }

  #addDetail(part: number, detail: PartDetailEvent['detail']): void {
    const open = this.#open.get(part)
    if (open === undefined) return
    if ('signature' in detail) open.signature += detail.signature
    else if ('encrypted' in detail) open.encrypted += detail.encrypted
    else if ('extra' in detail) open.extra = { ...open.extra, ...detail.extra }
    else if (open.kind === 'output_text') {
      const annotation = annotationOf(detail.citation)
      if (annotation === null) return
      const index = open.annotations.push(annotation) - 1
      this.#emit('response.output_text.annotation.added', {
        ...open.place,
        annotation_index: index,
        annotation,
      })
    }
  }

  #endPart(part: number): void {
    const open = this.#open.get(part)
    if (open === undefined) return
    this.#open.delete(part)
    if (open.message !== null) this.#endContent(open, open.message)
    else if (open.opening.type === 'reasoning') this.#endThought(open)
    else this.#endCall(open)
  }

  #addWhole(part: number, value: AnswerPart): void {
    const spoken = spokenText(value)
    if (spoken !== null) this.#addText(part, { opening: { type: 'text' }, text: spoken })
    else if (value.type === 'text' || value.type === 'refusal')
      this.#addText(part, { opening: { type: value.type }, text: value.text, value })
    else this.#addItem(value)
  }

  #addText(
    part: number,
    { opening, text, value }: { opening: PartOpening; text: string; value?: AnswerPart },
  ): void {
    this.#beginPart(part, opening)
    this.#addDelta(part, text)
    const citations = value?.type === 'text' ? (value.citations ?? []) : []
    for (const citation of citations) this.#addDetail(part, { citation })
    this.#endPart(part)
  }

  // Messages.

  #beginContent(opening: PartOpening): OpenPart {
    const message = this.#message ?? this.#beginMessage()
    const open = openPart(opening, { id: message.id, index: message.index, message })
    const content = contentSoFar(open, [])
    message.content.push(content)
    message.open++
    this.#emit('response.content_part.added', { ...open.place, part: content })
    return open
  }

  #beginMessage(): OpenMessage {
    const index = this.#output.push(null) - 1
    const message = { id: this.#nameItem('msg', index), index, content: [], open: 0, sealed: false }
    this.#message = message
    const item = messageItem(message.id, 'in_progress', [])
    this.#emit('response.output_item.added', { output_index: index, item })
    return message
  }

  /** What follows is an item of its own: texts behind it belong to another message. */
  #sealMessage(): void {
    const message = this.#message
    this.#message = null
    if (message === null) return
    message.sealed = true
    this.#closeMessage(message)
  }

  #closeMessage(message: OpenMessage): void {
    if (!message.sealed || message.open > 0) return
    this.#endItem(message.index, messageItem(message.id, 'completed', message.content))
  }

  #endContent(open: OpenPart, message: OpenMessage): void {
    const { text, place } = open
    let logprobs: unknown[] = []
    if (open.kind === 'output_text') {
      logprobs = this.#logprobs
      this.#logprobs = []
      this.#emit('response.output_text.done', { ...place, text, logprobs })
    } else {
      this.#emit('response.refusal.done', { ...place, refusal: text })
    }
    const content = contentSoFar(open, logprobs)
    message.content[open.contentIndex] = content
    this.#emit('response.content_part.done', { ...place, part: content })
    message.open--
    this.#closeMessage(message)
  }

  // Items that are one part.

  #beginItem(opening: PartOpening): OpenPart {
    this.#sealMessage()
    const index = this.#output.push(null) - 1
    const open = openPart(opening, { id: this.#nameItem(prefixOf(opening), index), index })
    this.#emit('response.output_item.added', { output_index: index, item: this.#itemAtFirst(open) })
    return open
  }

  #itemAtFirst(open: OpenPart): JsonObject {
    if (open.opening.type === 'reasoning') return { id: open.id, type: 'reasoning', summary: [] }
    const item = this.#itemSoFar(open, 'in_progress')
    return 'arguments' in item ? { ...item, arguments: '' } : item
  }

  #itemSoFar(open: OpenPart, status: ItemStatus): JsonObject {
    const part = partSoFar(open)
    if (part?.type === 'tool_call') return callItem(part, { id: open.id, status, asked: this.#context.asked })
    // The id was told already: an item of this format cannot bring its own.
    return part === null ? {} : { ...reasoningItem(part, open.id), id: open.id }
  }

  #tellOfThought(open: OpenPart, what: 'added' | 'done'): void {
    const isSummary = open.kind === 'reasoning_summary_text'
    const part = { type: isSummary ? 'summary_text' : 'reasoning_text', text: open.text }
    const name = isSummary ? 'reasoning_summary_part' : 'content_part'
    this.#emit(`response.${name}.${what}`, { ...open.place, part })
  }

  #endThought(open: OpenPart): void {
    if (open.text !== '') {
      this.#emit(`response.${open.kind}.done`, { ...open.place, text: open.text })
      this.#tellOfThought(open, 'done')
    }
    this.#endItem(open.index, this.#itemSoFar(open, 'completed'))
  }

  #endCall(open: OpenPart): void {
    const item: JsonObject = { ...this.#itemSoFar(open, 'completed'), id: open.id }
    const { name, input } = item
    const said = 'input' in item ? { input } : { name, arguments: item['arguments'] }
    this.#emit(`response.${open.kind}.done`, { ...open.place, ...said })
    this.#endItem(open.index, item)
  }

  #addItem(value: AnswerPart): void {
    this.#sealMessage()
    const index = this.#output.length
    const item = itemOf(value, index, { asked: this.#context.asked, nameItem: this.#nameItem })
    if (item === null) return
    this.#output.push(null)
    this.#emit('response.output_item.added', { output_index: index, item })
    this.#endItem(index, item)
  }

  #endItem(index: number, item: JsonObject): void {
    this.#output[index] = item
    this.#emit('response.output_item.done', { output_index: index, item })
  }
}

function contentSoFar({ kind, text, annotations }: OpenPart, logprobs: readonly unknown[]): JsonObject {
  return kind === 'refusal' ? refusalContent(text) : textContent(text, annotations, logprobs)
}
