// From neutral events to the stream of Cohere's chat. https://docs.cohere.com/docs/streaming
//
//   message-start (content-start content-delta* content-end | tool-call-start tool-call-delta* tool-call-end |
//   citation-start citation-end)* message-end [DONE]

import type { Usage } from '../../call.ts'
import type { Finish } from '../../conversation/completion.ts'
import type { CompletionEvent, PartOpening } from '../../conversation/completion-event.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { ToolCallPart } from '../../conversation/parts.ts'
import type { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodeContext, StreamEncoder, WireEvent } from '../format.ts'
import { type PartEvent, SerialParts } from '../streams/serial-parts.ts'
import { encodeCitation } from './citations.ts'
import { encodeBlock } from './encode-response.ts'
import { encodeFinish } from './finish.ts'
import { encodeLogprobs } from './logprobs.ts'
import { encodeUsage } from './usage.ts'

/** The only part that is open. */
interface OpenPart {
  readonly type: 'text' | 'thinking' | 'call'
  /** Of the block in the content, or of the tool call. */
  readonly index: number
  /** Cited from. */
  text: string
  /** Blocks begin with their first text: an empty one is none. */
  begun: boolean
}

/** A class because one is made for each stream and each of its events passes through. */
export class CohereStreamEncoder implements StreamEncoder {
  readonly #context: EncodeContext<Conversation>
  readonly #write: (event: WireEvent) => void
  readonly #parts: SerialParts
  #begun = false
  #open: OpenPart | null = null
  #blocks = 0
  #calls = 0
  #citations = 0
  #finish: Finish = { reason: 'stop' }
  #usage: Usage | null = null

  constructor(context: EncodeContext<Conversation>, write: (event: WireEvent) => void) {
    this.#context = context
    this.#write = write
    this.#parts = new SerialParts(event => this.#readPart(event))
  }

  push(event: CompletionEvent): void {
    switch (event.type) {
      case 'start':
        this.#begin(event.id)
        break
      case 'part_start':
      case 'part_delta':
      case 'part_detail':
      case 'part_end':
      case 'part':
        // This format has one answer.
        if (event.choice === 0) this.#parts.push(event)
        break
      case 'finish':
        if (event.choice === 0) this.#finish = event.finish
        break
      case 'usage':
        this.#usage = event.usage
        break
      case 'end':
        this.#end()
        break
      case 'logprobs':
        if (event.choice === 0) this.#sendLogprobs(event.logprobs)
        break
    }
  }

  /** The block has ended for the client, though its part has not. */
  goOnInAnotherBlock(): void {
    const open = this.#open
    if (open !== null && open.type !== 'call') this.#open = { ...open, index: this.#blocks, begun: false }
  }

  fail(error: GatewayError): void {
    this.#begin('')
    this.#close()
    this.#send('message-end', { delta: failureDelta(error) })
  }

  #begin(id: string): void {
    if (this.#begun) return
    this.#begun = true
    const message = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] }
    const data = { id: id === '' ? this.#context.id : id, type: 'message-start', delta: { message } }
    this.#write({ name: 'message-start', data: JSON.stringify(data) })
  }

  #readPart(event: PartEvent): void {
    switch (event.type) {
      case 'part_start':
        this.#openPart(event.opening)
        break
      case 'part_delta':
        this.#continue(event.text)
        break
      case 'part_detail':
        if ('citation' in event.detail && this.#open !== null) {
          const { text, index } = this.#open
          this.#cite(encodeCitation(event.detail.citation, text, index))
        }
        break
      case 'part_end':
        this.#close()
        break
      case 'part':
        if (event.value.type === 'tool_call') this.#sendCall(event.value)
        else for (const block of encodeBlock(event.value)) this.#sendWhole(block)
        break
    }
  }

  #openPart(opening: PartOpening): void {
    if (opening.type !== 'tool_call') {
      const type = opening.type === 'reasoning' ? 'thinking' : 'text'
      this.#open = { type, index: this.#blocks, text: '', begun: false }
      return
    }
    const { id, name } = opening
    const index = this.#calls++
    this.#open = { type: 'call', index, text: '', begun: true }
    const calls = { id, type: 'function', function: { name, arguments: '' } }
    this.#send('tool-call-start', { index, delta: { message: { tool_calls: calls } } })
  }

  #continue(text: string): void {
    const open = this.#open
    if (open === null || text === '') return
    const { type, index } = open
    if (type === 'call') {
      this.#send('tool-call-delta', {
        index,
        delta: { message: { tool_calls: { function: { arguments: text } } } },
      })
      return
    }
    if (!open.begun) {
      open.begun = true
      this.#blocks++
      this.#send('content-start', { index, delta: { message: { content: { type, [type]: '' } } } })
    }
    open.text += text
    this.#send('content-delta', { index, delta: { message: { content: { [type]: text } } } })
  }

  #cite(citation: JsonObject): void {
    const index = this.#citations++
    this.#send('citation-start', { index, delta: { message: { citations: citation } } })
    this.#send('citation-end', { index })
  }

  #close(): void {
    const open = this.#open
    if (open === null) return
    this.#open = null
    if (open.type === 'call') this.#send('tool-call-end', { index: open.index })
    else if (open.begun) this.#send('content-end', { index: open.index })
  }

  #sendCall(call: ToolCallPart): void {
    this.#openPart(call)
    this.#continue(call.arguments)
    this.#close()
  }

  /** A block that came in one piece. */
  #sendWhole(block: JsonObject): void {
    const index = this.#blocks++
    this.#send('content-start', { index, delta: { message: { content: block } } })
    this.#send('content-end', { index })
  }

  /** They ride on the text that they are about. */
  #sendLogprobs(logprobs: JsonObject): void {
    const open = this.#open
    if (open === null || open.type !== 'text' || !open.begun) return
    const delta = { message: { content: { text: '' } } }
    for (const item of encodeLogprobs(logprobs))
      this.#send('content-delta', { index: open.index, delta, logprobs: item })
  }

  #end(): void {
    this.#begin('')
    this.#send('message-end', {
      delta: {
        finish_reason: encodeFinish(this.#finish),
        ...(this.#usage === null ? {} : { usage: encodeUsage(this.#usage) }),
      },
    })
    this.#write({ name: '', data: '[DONE]' })
  }

  #send(type: string, fields: JsonObject): void {
    this.#write({ name: type, data: JSON.stringify({ type, ...fields }) })
  }
}

/** An error in place of the rest of a stream: the protocol tells it with the end of the message. */
function failureDelta({ message }: GatewayError): JsonObject {
  return { error: message, finish_reason: 'ERROR' }
}

export function encodeStreamError(error: GatewayError): Buffer {
  const data = JSON.stringify({ type: 'message-end', delta: failureDelta(error) })
  return Buffer.from(`event: message-end\ndata: ${data}\n\n`)
}
