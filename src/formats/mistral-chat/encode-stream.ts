// A stream of chunks for a client of Mistral's. The last chunk tells why it ended and what it cost.

import type { CompletionEvent } from '../../conversation/completion-event.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodeContext, StreamEncoder, WireEvent } from '../format.ts'
import { finishWord } from '../openai-shared/finish.ts'
import { writeUsage } from '../openai-shared/write-usage.ts'
import { ChoiceEncoder } from './encode-choice.ts'
import { errorText } from './errors.ts'

/** A class because one is made for each stream and each of its events passes through. */
export class MistralStreamEncoder implements StreamEncoder {
  readonly #context: EncodeContext<Conversation>
  readonly #write: (event: WireEvent) => void
  readonly #choices = new Map<number, ChoiceEncoder>()
  /** What every chunk begins with: JSON of an object, still open. */
  #head = ''
  #usage: JsonObject | null = null
  /** How the choices ended: told with the usage, which is known only at the end of all. */
  readonly #finishes: JsonObject[] = []

  constructor(context: EncodeContext<Conversation>, write: (event: WireEvent) => void) {
    this.#context = context
    this.#write = write
  }

  push(event: CompletionEvent): void {
    switch (event.type) {
      case 'start':
        this.#head = this.#headOf(event)
        break
      case 'usage':
        this.#usage = writeUsage(event.usage)
        break
      case 'logprobs':
        // They cannot be asked for.
        break
      case 'finish':
        this.#finishes.push({
          index: event.choice,
          delta: this.#choice(event.choice).finish(),
          finish_reason: finishWord(event.finish),
        })
        break
      case 'end':
        this.#end()
        break
      case 'part_delta':
      case 'part_start':
      case 'part_detail':
      case 'part_end':
      case 'part':
        this.#choice(event.choice).push(event)
        break
    }
  }

  /** No end marker follows: that would make it a success. */
  fail(error: GatewayError): void {
    for (const choice of this.#choices.values()) choice.fail()
    this.#send(errorText(error))
  }

  #headOf({ id, model, created }: Extract<CompletionEvent, { type: 'start' }>): string {
    const context = this.#context
    const head = {
      id: id === '' ? context.id : id,
      object: 'chat.completion.chunk',
      created: created ?? context.created,
      model: model === '' ? context.asked.model : model,
    }
    return JSON.stringify(head).slice(0, -1)
  }

  #choice(index: number): ChoiceEncoder {
    let choice = this.#choices.get(index)
    if (choice === undefined) {
      const writeDelta = (delta: JsonObject): void =>
        this.#send(
          `${this.#head},"choices":[{"index":${index},"delta":${JSON.stringify(delta)},"finish_reason":null}]}`,
        )
      choice = new ChoiceEncoder(writeDelta)
      this.#choices.set(index, choice)
    }
    return choice
  }

  #end(): void {
    const usage = this.#usage === null ? '' : `,"usage":${JSON.stringify(this.#usage)}`
    const last = this.#finishes.length - 1
    for (const [place, finish] of this.#finishes.entries())
      this.#send(`${this.#head},"choices":[${JSON.stringify(finish)}]${place === last ? usage : ''}}`)
    this.#send('[DONE]')
  }

  #send(data: string): void {
    this.#write({ name: '', data })
  }
}
