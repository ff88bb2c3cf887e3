// Neutral events as the events of ConverseStream: one block after the other, then the end of the message, then the
// count of tokens.

import type { Usage } from '../../call.ts'
import type { AnswerPart } from '../../conversation/completion.ts'
import type {
  CompletionEvent,
  EndEvent,
  FinishEvent,
  PartDetailEvent,
  PartOpening,
} from '../../conversation/completion-event.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { GatewayError } from '../../errors.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import type { EncodeContext, StreamEncoder, WireEvent } from '../format.ts'
import { type ObjectPieces, piecesOf } from '../shared/object-pieces.ts'
import { type PartEvent, SerialParts } from '../streams/serial-parts.ts'
import { encodeAnswerPart, encodeCitation, metricsOf } from './encode-response.ts'
import { errorEvent } from './errors.ts'
import { markEncrypted, markSignature } from './foreign-thoughts.ts'
import { formatName } from './name.ts'
import { writeStopReason } from './stop-reasons.ts'
import { estimatedUsage, writeUsage } from './usage.ts'

/** A class because one is made for each stream and each of its events goes through it. */
export class ConverseStreamEncoder implements StreamEncoder {
  readonly #context: EncodeContext<Conversation>
  readonly #write: (event: WireEvent) => void
  readonly #parts: SerialParts
  #usage: Usage | null = null
  /** Blocks that have begun. */
  #blocks = 0
  /** A block is open: its number is the last one. */
  #open = false
  #opening: PartOpening = { type: 'text' }
  /** Of a call. */
  #pieces: ObjectPieces | null = null
  /** What proves a thought; written whole, at its end. */
  #signature = ''
  #encrypted = ''

  constructor(context: EncodeContext<Conversation>, write: (event: WireEvent) => void) {
    this.#context = context
    this.#write = write
    const encode = (event: PartEvent): void => this.#encode(event)
    this.#parts = new SerialParts(encode)
  }

  push(event: CompletionEvent): void {
    // The format has room for one answer: the first.
    if ('choice' in event && event.choice !== 0) return
    switch (event.type) {
      case 'part_delta':
      case 'part_start':
      case 'part_detail':
      case 'part_end':
      case 'part':
        this.#parts.push(event)
        break
      case 'start':
        this.#send('messageStart', { role: 'assistant' })
        break
      case 'usage':
        this.#usage = event.usage
        break
      case 'finish':
        this.#finish(event)
        break
      case 'end':
        this.#end(event)
        break
      case 'logprobs':
        break
    }
  }

  fail(error: GatewayError): void {
    this.#write(errorEvent(error))
  }

  #encode(event: PartEvent): void {
    switch (event.type) {
      case 'part_delta':
        if (event.text !== '') this.#delta(event.text)
        break
      case 'part_start':
        this.#begin(event.opening)
        break
      case 'part_detail':
        this.#detail(event.detail)
        break
      case 'part_end':
        this.#close()
        break
      case 'part':
        this.#whole(event.value)
        break
    }
  }

  #begin(opening: PartOpening): void {
    this.#opening = opening
    this.#pieces = piecesOf(opening)
    this.#signature = ''
    this.#encrypted = ''
    if (opening.type !== 'tool_call') return
    this.#start({ toolUse: { toolUseId: opening.id, name: opening.name } })
  }

  #delta(text: string): void {
    switch (this.#opening.type) {
      case 'text':
      case 'refusal':
        this.#sendDelta(`{"text":${JSON.stringify(text)}}`)
        break
      case 'reasoning':
        this.#sendDelta(`{"reasoningContent":{"text":${JSON.stringify(text)}}}`)
        break
      case 'tool_call':
        this.#addInput(this.#pieces?.push(text) ?? '')
        break
    }
  }

  #addInput(json: string): void {
    if (json !== '') this.#sendDelta(`{"toolUse":{"input":${JSON.stringify(json)}}}`)
  }

  #detail(detail: PartDetailEvent['detail']): void {
    if ('signature' in detail) this.#signature += detail.signature
    else if ('encrypted' in detail) this.#encrypted += detail.encrypted
    else if ('citation' in detail && this.#opening.type === 'text')
      this.#sendDelta(JSON.stringify({ citation: encodeCitation(detail.citation) }))
  }

  #close(): void {
    const { type } = this.#opening
    if (type === 'reasoning') this.#prove(this.#opening.origin)
    this.#addInput(this.#pieces?.end() ?? '')
    this.#stop()
  }

  /** What is encrypted is a block of its own. */
  #prove(origin: string | undefined): void {
    if (this.#signature !== '') {
      const signature = markSignature(this.#signature, origin)
      this.#sendDelta(JSON.stringify({ reasoningContent: { signature } }))
    }
    if (this.#encrypted === '') return
    this.#stop()
    const redactedContent = markEncrypted(this.#encrypted, origin)
    this.#sendDelta(JSON.stringify({ reasoningContent: { redactedContent } }))
  }

  #whole(part: AnswerPart): void {
    for (const block of encodeAnswerPart(part)) {
      const { start, delta } = splitBlock(block)
      if (start !== null) this.#start(start)
      this.#sendDelta(JSON.stringify(delta))
      this.#stop()
    }
  }

  #finish({ finish }: FinishEvent): void {
    this.#send('messageStop', { stopReason: writeStopReason(finish), ...finish.extra?.[formatName] })
  }

  #end({ serviceTier, extra }: EndEvent): void {
    this.#send('metadata', {
      usage: this.#usage === null ? estimatedUsage(this.#context.inputTokens) : writeUsage(this.#usage),
      metrics: metricsOf(this.#context),
      ...extra?.[formatName],
      ...(serviceTier !== undefined && { serviceTier: { type: serviceTier } }),
    })
  }

  #start(start: JsonObject): void {
    this.#open = true
    this.#blocks++
    this.#send('contentBlockStart', { contentBlockIndex: this.#blocks - 1, start })
  }

  /** Text and thoughts begin with their first delta: only other blocks are announced. */
  #sendDelta(delta: string): void {
    if (!this.#open) {
      this.#open = true
      this.#blocks++
    }
    const data = `{"contentBlockIndex":${this.#blocks - 1},"delta":${delta}}`
    this.#write({ name: 'contentBlockDelta', data })
  }

  #stop(): void {
    if (!this.#open) return
    this.#open = false
    this.#send('contentBlockStop', { contentBlockIndex: this.#blocks - 1 })
  }

  #send(name: string, body: JsonObject): void {
    this.#write({ name, data: JSON.stringify(body) })
  }
}

/** A whole block as its announcement and its content. */
function splitBlock(block: JsonObject): { readonly start: JsonObject | null; readonly delta: JsonObject } {
  const { toolUse, toolResult, image, reasoningContent, citationsContent } = block
  if (isObject(toolUse)) {
    const { input, ...start } = toolUse
    return { start: { toolUse: start }, delta: { toolUse: { input: JSON.stringify(input ?? {}) } } }
  }
  if (isObject(toolResult)) {
    const { content, ...start } = toolResult
    return { start: { toolResult: start }, delta: { toolResult: content } }
  }
  if (isObject(image)) {
    const { format, source } = image
    return { start: { image: { format } }, delta: { image: { source } } }
  }
  if (isObject(reasoningContent) && isObject(reasoningContent['reasoningText']))
    return { start: null, delta: { reasoningContent: reasoningContent['reasoningText'] } }
  if (isObject(citationsContent)) {
    const content = citationsContent['content']
    const [first] = Array.isArray(content) ? (content as unknown[]) : []
    return { start: null, delta: isObject(first) ? first : { text: '' } }
  }
  return { start: null, delta: block }
}
