// From neutral events to the lines of Ollama's streams: one for each piece of text, one for each tool call, and a last
// one with the figures.

import type { Usage } from '../../call.ts'
import type { AnswerPart, Finish } from '../../conversation/completion.ts'
import type { CompletionEvent, PartOpening } from '../../conversation/completion-event.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodeContext, StreamEncoder, WireEvent } from '../format.ts'
import { type PartEvent, SerialParts } from '../streams/serial-parts.ts'
import { encodeCall, encodeFinish, encodeHead, encodeLogprobs, saidIn } from './answer.ts'
import type { AnswerShape, Said } from './shape.ts'
import { encodeFigures } from './usage.ts'

/** A class because one is made for each stream and each of its events passes through. */
export class OllamaStreamEncoder implements StreamEncoder {
  readonly #shape: AnswerShape
  readonly #context: EncodeContext<Conversation>
  readonly #write: (event: WireEvent) => void
  readonly #parts: SerialParts
  #head: JsonObject
  /** The part that is open, and the arguments so far where it is a call. */
  #opening: PartOpening | null = null
  #arguments = ''
  #calls = 0
  #firstContentMs: number | null = null
  #finish: Finish = { reason: 'stop' }
  #usage: Usage | null = null

  constructor(shape: AnswerShape, context: EncodeContext<Conversation>, write: (event: WireEvent) => void) {
    this.#shape = shape
    this.#context = context
    this.#write = write
    this.#head = encodeHead('', undefined, context)
    this.#parts = new SerialParts(event => this.#readPart(event))
  }

  push(event: CompletionEvent): void {
    switch (event.type) {
      case 'start':
        this.#head = encodeHead(event.model, event.created, this.#context)
        break
      case 'part_start':
      case 'part_delta':
      case 'part_detail':
      case 'part_end':
      case 'part':
        // This format has one answer.
        if (event.choice === 0) this.#parts.push(event)
        break
      case 'logprobs':
        if (event.choice === 0) this.#sayLogprobs(event.logprobs)
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
    }
  }

  fail({ message }: GatewayError): void {
    this.#write({ name: '', data: JSON.stringify({ error: message }) })
  }

  #readPart(event: PartEvent): void {
    switch (event.type) {
      case 'part_start':
        this.#opening = event.opening
        this.#arguments = ''
        break
      case 'part_delta':
        if (this.#opening?.type === 'tool_call') this.#arguments += event.text
        else if (event.text !== '')
          this.#say(
            this.#opening?.type === 'reasoning' ? { text: '', thinking: event.text } : { text: event.text },
          )
        break
      case 'part_end':
        if (this.#opening?.type === 'tool_call') this.#call({ ...this.#opening, arguments: this.#arguments })
        this.#opening = null
        break
      case 'part':
        this.#sayWhole(event.value)
        break
      case 'part_detail':
        break
    }
  }

  #sayWhole(value: AnswerPart): void {
    const said = saidIn([value])
    if (value.type === 'tool_call') this.#call(value)
    else if (said.text !== '' || said.thinking !== undefined || said.images !== undefined) this.#say(said)
  }

  #call(call: AnswerPart & { readonly type: 'tool_call' }): void {
    this.#say({ text: '', toolCalls: [encodeCall(call, this.#calls++)] })
  }

  #sayLogprobs(logprobs: JsonObject): void {
    const encoded = encodeLogprobs(logprobs)
    if ('logprobs' in encoded) this.#say({ text: '' }, encoded)
  }

  #say(said: Said, more: JsonObject = {}): void {
    this.#firstContentMs ??= this.#context.elapsedMs?.() ?? 0
    const line = { ...this.#head, ...this.#shape.write(said), done: false, ...more }
    this.#write({ name: '', data: JSON.stringify(line) })
  }

  #end(): void {
    const total = this.#context.elapsedMs?.() ?? 0
    const line = {
      ...this.#head,
      ...this.#shape.write({ text: '' }),
      done: true,
      done_reason: encodeFinish(this.#finish),
      ...encodeFigures(this.#usage, { total, beforeContent: this.#firstContentMs ?? total }),
    }
    this.#write({ name: '', data: JSON.stringify(line) })
  }
}
