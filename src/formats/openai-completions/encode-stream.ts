// A stream of texts for a client: what is not text is not told.

import type { CompletionEvent, StartEvent } from '../../conversation/completion-event.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodeContext, StreamEncoder, WireEvent } from '../format.ts'
import { errorText } from '../openai-shared/error-body.ts'
import { writeUsage } from '../openai-shared/write-usage.ts'
import { type PartEvent, SerialParts } from '../streams/serial-parts.ts'
import { textFinish } from './encode-response.ts'
import { encodeLogprobs } from './logprobs.ts'

/** Pieces have no number: those of two texts come one behind the other. */
interface ChoiceTexts {
  /** The parts that are text. */
  readonly parts: Set<number>
  readonly serial: SerialParts
}

function isText(type: string): boolean {
  return type === 'text' || type === 'refusal'
}

/** A class because one is made for each stream and each of its events passes through. */
export class CompletionsStreamEncoder implements StreamEncoder {
  readonly #context: EncodeContext<Conversation>
  readonly #write: (event: WireEvent) => void
  /** By choice. */
  readonly #texts = new Map<number, ChoiceTexts>()
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
      case 'part_delta':
      case 'part_end':
      case 'part':
        this.#passText(event)
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
        break
    }
  }

  #passText(event: PartEvent): void {
    const texts = this.#textsOf(event.choice)
    if (event.type === 'part_delta' && texts.serial.isOpen(event.part)) this.#say(event.choice, event.text)
    else if (texts.parts.has(event.part)) texts.serial.push(event)
    else if (event.type === 'part_start' && isText(event.opening.type)) {
      texts.parts.add(event.part)
      texts.serial.push(event)
    } else if (event.type === 'part' && isText(event.value.type)) texts.serial.push(event)
  }

  #textsOf(choice: number): ChoiceTexts {
    let texts = this.#texts.get(choice)
    if (texts === undefined) {
      const say = (event: PartEvent): void => {
        if (event.type === 'part_delta') this.#say(choice, event.text)
        else if (event.type === 'part' && 'text' in event.value) this.#say(choice, event.value.text)
      }
      texts = { parts: new Set(), serial: new SerialParts(say) }
      this.#texts.set(choice, texts)
    }
    return texts
  }

  /** No end marker follows: that would make it a success. */
  fail(error: GatewayError): void {
    for (const { serial } of this.#texts.values()) serial.release()
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
