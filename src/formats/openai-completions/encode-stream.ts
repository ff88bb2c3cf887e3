// A stream of texts for a client: what is not text is not told.

import type { CompletionEvent, StartEvent } from '../../conversation/completion-event.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodeContext, StreamEncoder, WireEvent } from '../format.ts'
import { errorText } from '../openai-shared/error-body.ts'
import { writeUsage } from '../openai-shared/write-usage.ts'
import { textFinish } from './encode-response.ts'
import { encodeLogprobs } from './logprobs.ts'

/** A class because one is made for each stream and each of its events passes through. */
export class CompletionsStreamEncoder implements StreamEncoder {
  readonly #context: EncodeContext<Conversation>
  readonly #write: (event: WireEvent) => void
  /** The parts that are text, by choice and number. */
  readonly #texts = new Set<string>()
  /** UTF-16 units of the text that the logprobs so far were about. */
  readonly #offsets = new Map<number, number>()
  #head = ''
  #usage: JsonObject | null = null

  constructor(context: EncodeContext<Conversation>, write: (event: WireEvent) => void) {
    this.#context = context
    this.#write = write
  }

  push(event: CompletionEvent): void {
    switch (event.type) {
      case 'start':
        this.#head = headOf(event, this.#context)
        break
      case 'part_start':
        if (event.opening.type === 'text' || event.opening.type === 'refusal')
          this.#texts.add(`${event.choice} ${event.part}`)
        break
      case 'part_delta':
        if (this.#texts.has(`${event.choice} ${event.part}`)) this.#say(event.choice, event.text)
        break
      case 'part':
        if (event.value.type === 'text' || event.value.type === 'refusal')
          this.#say(event.choice, event.value.text)
        break
      case 'logprobs':
        this.#sayLogprobs(event.choice, event.logprobs)
        break
      case 'finish':
        this.#send(event.choice, `"text":"","logprobs":null,"finish_reason":"${textFinish(event.finish)}"`)
        break
      case 'usage':
        this.#usage = writeUsage(event.usage)
        break
      case 'end':
        this.#end()
        break
      case 'part_detail':
      case 'part_end':
        break
    }
  }

  /** No end marker follows: that would make it a success. */
  fail(error: GatewayError): void {
    this.#write({ name: '', data: errorText(error) })
  }

  #say(choice: number, text: string): void {
    if (text === '') return
    this.#send(choice, `"text":${JSON.stringify(text)},"logprobs":null,"finish_reason":null`)
  }

  #sayLogprobs(choice: number, logprobs: JsonObject): void {
    const offset = this.#offsets.get(choice) ?? 0
    const encoded = encodeLogprobs(logprobs, offset)
    const tokens = encoded['tokens'] as readonly unknown[]
    this.#offsets.set(choice, offset + tokens.join('').length)
    this.#send(choice, `"text":"","logprobs":${JSON.stringify(encoded)},"finish_reason":null`)
  }

  #send(choice: number, fields: string): void {
    this.#write({ name: '', data: `${this.#head},"choices":[{"index":${choice},${fields}}]}` })
  }

  #end(): void {
    if (this.#usage !== null && this.#context.asked.wantsStreamUsage === true)
      this.#write({
        name: '',
        data: `${this.#head},"choices":[],"usage":${JSON.stringify(this.#usage)}}`,
      })
    this.#write({ name: '', data: '[DONE]' })
  }
}

function headOf({ id, created, model }: StartEvent, context: EncodeContext<Conversation>): string {
  const head = {
    id: id === '' ? `cmpl-${context.id}` : id,
    object: 'text_completion',
    created: created ?? context.created,
    model: model === '' ? context.asked.model : model,
  }
  return JSON.stringify(head).slice(0, -1)
}
