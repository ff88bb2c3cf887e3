// A stream of chunks for a client. Most events are a few words of text: their chunks are put together from pieces that
// were written once.

import type { CompletionEvent, EndEvent, StartEvent } from '../../conversation/completion-event.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodeContext, StreamEncoder, WireEvent } from '../format.ts'
import { errorText } from '../openai-shared/error-body.ts'
import { writeServiceTier } from '../openai-shared/service-tier.ts'
import { writeUsage } from '../openai-shared/write-usage.ts'
import { ChoiceEncoder, type ChunkWriter } from './encode-choice.ts'
import { wantsFunctions } from './encode-response.ts'
import { ownExtra } from './name.ts'

/** A class because one is made for each stream and each of its events passes through. */
export class ChatStreamEncoder implements StreamEncoder, ChunkWriter {
  readonly #context: EncodeContext<Conversation>
  readonly #write: (event: WireEvent) => void
  readonly #choices = new Map<number, ChoiceEncoder>()
  /** What every chunk begins with. */
  #head = ''
  #usage: JsonObject | null = null
  /** How the choices ended: told with what is known only at the end of all. */
  readonly #finishes: string[] = []

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
        this.#choice(event.choice).push(event)
        break
      case 'finish':
        this.#finishes.push(`{"index":${event.choice},${this.#choice(event.choice).finish(event.finish)}}`)
        break
    }
  }

  /** No end marker follows: that would make it a success. */
  fail(error: GatewayError): void {
    for (const choice of this.#choices.values()) choice.fail()
    this.#send(errorText(error))
  }

  #choice(index: number): ChoiceEncoder {
    let choice = this.#choices.get(index)
    if (choice === undefined) {
      const legacy = wantsFunctions(this.#context.asked)
      choice = new ChoiceEncoder({ index, legacy, chunks: this })
      this.#choices.set(index, choice)
    }
    return choice
  }

  writeChoice(index: number, fields: string): void {
    this.#send(`${this.#head},"choices":[{"index":${index},${fields}}]}`)
  }

  #end(event: EndEvent): void {
    const tier = writeServiceTier(event.serviceTier)
    const known = { ...ownExtra(event), ...(tier === undefined ? {} : { service_tier: tier }) }
    const head = withFields(this.#head, known)
    for (const finish of this.#finishes) this.#send(`${head},"choices":[${finish}]}`)
    if (this.#usage !== null && this.#context.asked.wantsStreamUsage === true)
      this.#send(`${head},"choices":[],"usage":${JSON.stringify(this.#usage)}}`)
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

/** @param head JSON of an object, still open */
function withFields(head: string, fields: JsonObject): string {
  if (Object.keys(fields).length === 0) return head
  return JSON.stringify({ ...(JSON.parse(`${head}}`) as JsonObject), ...fields }).slice(0, -1)
}
