// A stream of chunks for a client. Most events are a few words of text: their chunks are put together from pieces that
// were written once.

import type { CompletionEvent, EndEvent, StartEvent } from '../../conversation/completion-event.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodeContext, StreamEncoder, WireEvent } from '../format.ts'
import { errorText } from '../openai-shared/error-body.ts'
import { writeUsage } from '../openai-shared/write-usage.ts'
import { ChoiceEncoder } from './encode-choice.ts'
import { wantsFunctions } from './encode-response.ts'
import { ownExtra } from './name.ts'

/** A class because one is made for each stream and each of its events passes through. */
export class ChatStreamEncoder implements StreamEncoder {
  readonly #context: EncodeContext<Conversation>
  readonly #write: (event: WireEvent) => void
  readonly #choices = new Map<number, ChoiceEncoder>()
  /** What every chunk begins with. */
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
      case 'usage':
        this.#usage = writeUsage(event.usage)
        break
      case 'end':
        this.#end(event)
        break
      case 'part_delta':
      case 'part_start':
      case 'part_detail':
      case 'part_end':
      case 'part':
      case 'logprobs':
      case 'finish':
        this.#choice(event.choice).push(event)
        break
    }
  }

  /** No end marker follows: that would make it a success. */
  fail(error: GatewayError): void {
    this.#send(errorText(error))
  }

  #choice(index: number): ChoiceEncoder {
    let choice = this.#choices.get(index)
    if (choice === undefined) {
      const legacy = wantsFunctions(this.#context.asked)
      choice = new ChoiceEncoder({ legacy, write: said => this.#sendChoice(index, said) })
      this.#choices.set(index, choice)
    }
    return choice
  }

  #sendChoice(index: number, said: string): void {
    this.#send(`${this.#head},"choices":[{"index":${index},${said}}]}`)
  }

  #end(event: EndEvent): void {
    const usage = this.#context.asked.wantsStreamUsage === true ? this.#usage : null
    const { serviceTier } = event
    const last = {
      ...ownExtra(event),
      ...(serviceTier === undefined ? {} : { service_tier: serviceTier }),
      ...(usage === null ? {} : { usage }),
    }
    if (Object.keys(last).length > 0)
      this.#send(`${this.#head},"choices":[],${JSON.stringify(last).slice(1)}`)
    this.#send('[DONE]')
  }

  #send(data: string): void {
    this.#write({ name: '', data })
  }
}

function headOf(start: StartEvent, { id, created, asked }: EncodeContext<Conversation>): string {
  const head = {
    ...ownExtra(start),
    id: start.id === '' ? `chatcmpl-${id}` : start.id,
    object: 'chat.completion.chunk',
    created: start.created ?? created,
    model: start.model === '' ? asked.model : start.model,
  }
  return JSON.stringify(head).slice(0, -1)
}
