// A streamed answer as the events of a message. Blocks never overlap here, as their clients expect: what a part says
// while another is being written waits. https://platform.claude.com/docs/en/build-with-claude/streaming

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
import type { Extra } from '../../conversation/parts.ts'
import type { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodeContext, StreamEncoder, WireEvent } from '../format.ts'
import { type ObjectPieces, piecesOf } from '../shared/object-pieces.ts'
import { type PartEvent, SerialParts } from '../streams/serial-parts.ts'
import { encodeCitation } from './citations.ts'
import { encodeAnswerPart, estimateUsage, frameMessage, messageId } from './encode-answer.ts'
import { errorText } from './errors.ts'
import { packSignature } from './foreign-reasoning.ts'
import { encodeFinish } from './stop-reasons.ts'
import { writeUsageSoFar } from './usage.ts'
import { ownExtra } from './wire.ts'

/** The part that is being written. */
interface CurrentPart {
  readonly opening: PartOpening
  /** Of a call. */
  readonly pieces: ObjectPieces | null
  /** Its block has begun on the wire: that of a text begins with its first words. */
  begun: boolean
  signature: string
  encrypted: string
  extra: Extra | undefined
}

/** A class because each event of a stream goes through it. */
export class MessageStreamEncoder implements StreamEncoder {
  readonly #context: EncodeContext<Conversation>
  readonly #write: (event: WireEvent) => void
  readonly #parts: SerialParts
  #start: StartEvent | null = null
  #begun = false
  #current: CurrentPart | null = null
  #blocks = 0
  #characters = 0
  #usage: Usage | null = null
  #finish: Finish = { reason: 'stop' }

  constructor(context: EncodeContext<Conversation>, write: (event: WireEvent) => void) {
    this.#context = context
    this.#write = write
    const encode = (event: PartEvent): void => this.#encode(event)
    this.#parts = new SerialParts(encode)
  }

  push(event: CompletionEvent): void {
    switch (event.type) {
      case 'part_delta':
      case 'part_start':
      case 'part_detail':
      case 'part_end':
      case 'part':
        // A message is one answer.
        if (event.choice === 0) this.#parts.push(event)
        break
      case 'start':
        this.#start = event
        break
      case 'usage':
        this.#usage = event.usage
        break
      case 'finish':
        if (event.choice === 0) this.#finish = event.finish
        break
      case 'end':
        this.#end(event)
        break
      case 'logprobs':
        break
    }
  }

  fail(error: GatewayError): void {
    this.#write({ name: 'error', data: errorText(error, this.#context.id) })
  }

  #encode(event: PartEvent): void {
    switch (event.type) {
      case 'part_delta':
        this.#encodeDelta(event.text)
        break
      case 'part_start':
        this.#startPart(event.opening)
        break
      case 'part_detail':
        this.#encodeDetail(event.detail)
        break
      case 'part_end':
        this.#endPart()
        break
      case 'part':
        this.#endPart()
        this.#encodeWhole(event.value)
        break
    }
  }

  #startPart(opening: PartOpening): void {
    this.#endPart()
    const kept = { begun: false, signature: '', encrypted: '', extra: extraOf(opening) }
    this.#current = { opening, pieces: piecesOf(opening), ...kept }
    if (opening.type === 'tool_call') this.#beginBlock(this.#current)
  }

  #encodeDelta(text: string): void {
    const current = this.#current
    if (current === null || text === '') return
    if (!current.begun) this.#beginBlock(current)
    this.#characters += text.length
    switch (current.opening.type) {
      case 'tool_call':
        this.#addArguments(current.pieces?.push(text) ?? '')
        break
      case 'reasoning':
        this.#delta(`{"type":"thinking_delta","thinking":${JSON.stringify(text)},"estimated_tokens":null}`)
        break
      case 'text':
      case 'refusal':
        this.#delta(`{"type":"text_delta","text":${JSON.stringify(text)}}`)
        break
    }
  }

  #addArguments(json: string): void {
    if (json !== '') this.#delta(`{"type":"input_json_delta","partial_json":${JSON.stringify(json)}}`)
  }

  /** Proofs are written when they are whole, at the end of their block. */
  #encodeDetail(detail: PartDetailEvent['detail']): void {
    const current = this.#current
    if (current === null) return
    if ('signature' in detail) current.signature += detail.signature
    else if ('encrypted' in detail) current.encrypted += detail.encrypted
    else if ('extra' in detail) current.extra = { ...current.extra, ...detail.extra }
    else if (current.opening.type === 'text') {
      const citation = encodeCitation(detail.citation)
      if (citation === null) return
      if (!current.begun) this.#beginBlock(current)
      this.#delta(JSON.stringify({ type: 'citations_delta', citation }))
    }
  }

  /** Also of a part that the upstream never ended: then the next one, or the end of the stream, ends it. */
  #endPart(): void {
    const current = this.#current
    if (current === null) return
    this.#current = null
    const { opening, signature, encrypted, extra } = current
    if (opening.type === 'reasoning') {
      const proof = {
        ...opening,
        ...(signature !== '' && { signature }),
        ...(encrypted !== '' && { encrypted }),
        ...(extra !== undefined && { extra }),
      }
      // A thought of which nothing is shown still has to come back.
      if (!current.begun && signature === '' && encrypted === '') return
      if (!current.begun) {
        const block = encodeAnswerPart({ ...proof, text: '' })
        if (block?.['type'] === 'redacted_thinking') {
          this.#wholeBlock(block)
          return
        }
        this.#beginBlock(current)
      }
      this.#delta(JSON.stringify({ type: 'signature_delta', signature: packSignature(proof) }))
    }
    if (current.pieces !== null) this.#addArguments(current.pieces.end())
    if (current.begun) this.#endBlock()
  }

  #encodeWhole(value: AnswerPart): void {
    const block = encodeAnswerPart(value)
    if (block !== null) this.#wholeBlock(block)
  }

  #beginBlock(current: CurrentPart): void {
    current.begun = true
    this.#beginMessage()
    this.#writeStart(emptyBlock(current.opening))
  }

  /** A block as a client would have had it in pieces: SDKs take text, thoughts and arguments from deltas alone. */
  #wholeBlock(block: JsonObject): void {
    this.#beginMessage()
    const { type, text, citations, thinking, signature, input } = block
    if (type === 'text') {
      this.#writeStart({ type, text: '', citations: null })
      this.#delta(JSON.stringify({ type: 'text_delta', text }))
      if (Array.isArray(citations))
        for (const citation of citations as unknown[])
          this.#delta(JSON.stringify({ type: 'citations_delta', citation }))
    } else if (type === 'thinking') {
      this.#writeStart({ type, thinking: '', signature: '' })
      if (thinking !== '')
        this.#delta(JSON.stringify({ type: 'thinking_delta', thinking, estimated_tokens: null }))
      this.#delta(JSON.stringify({ type: 'signature_delta', signature }))
    } else if (type === 'tool_use') {
      this.#writeStart({ ...block, input: {} })
      this.#delta(JSON.stringify({ type: 'input_json_delta', partial_json: JSON.stringify(input) }))
    } else this.#writeStart(block)
    this.#endBlock()
  }

  #writeStart(block: JsonObject): void {
    const data = `{"type":"content_block_start","index":${this.#blocks},"content_block":${JSON.stringify(block)}}`
    this.#write({ name: 'content_block_start', data })
  }

  #delta(delta: string): void {
    const data = `{"type":"content_block_delta","index":${this.#blocks},"delta":${delta}}`
    this.#write({ name: 'content_block_delta', data })
  }

  #endBlock(): void {
    this.#write({ name: 'content_block_stop', data: `{"type":"content_block_stop","index":${this.#blocks}}` })
    this.#blocks++
  }

  /** Held back until there is content, so that it can tell the upstream's own count of the prompt. */
  #beginMessage(): void {
    if (this.#begun) return
    this.#begun = true
    const { asked, id, inputTokens } = this.#context
    const start = this.#start
    const message = frameMessage({
      id: messageId(start?.id ?? '', id),
      model: start === null || start.model === '' ? asked.model : start.model,
      content: [],
      ending: { stop_reason: null, stop_sequence: null, stop_details: null },
      usage: this.#usage ?? estimateUsage(inputTokens, 0),
      extra: start?.extra,
    })
    this.#write({ name: 'message_start', data: JSON.stringify({ type: 'message_start', message }) })
  }

  #end({ extra }: EndEvent): void {
    this.#beginMessage()
    this.#endPart()
    this.#parts.release()
    this.#endPart()
    const { container = null, context_management: management = null } = ownExtra(extra)
    const usage = this.#usage ?? estimateUsage(this.#context.inputTokens, this.#characters)
    const event = {
      type: 'message_delta',
      delta: { ...encodeFinish(this.#finish), container },
      usage: { ...writeUsageSoFar(usage), fallback_credit: null, iterations: null },
      context_management: management,
    }
    this.#write({ name: 'message_delta', data: JSON.stringify(event) })
    this.#write({ name: 'message_stop', data: '{"type":"message_stop"}' })
  }
}

function extraOf(opening: PartOpening): Extra | undefined {
  return 'extra' in opening ? opening.extra : undefined
}

function emptyBlock(opening: PartOpening): JsonObject {
  switch (opening.type) {
    case 'text':
    case 'refusal':
      return { type: 'text', text: '', citations: null }
    case 'reasoning':
      return { type: 'thinking', thinking: '', signature: '' }
    case 'tool_call':
      return { type: 'tool_use', id: opening.id, name: opening.name, input: {}, ...ownExtra(opening.extra) }
  }
}
