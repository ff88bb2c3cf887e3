// A stream of chunks in the neutral form. How the choices end is told when the stream has: some vendors go on behind
// a reason to finish, or give it twice.

import type { CompletionEvent } from '../../conversation/completion-event.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, isText, type JsonObject, type MutableJson } from '../../lib/json-value.ts'
import type { DecodeContext, StreamDecoder, WireEvent } from '../format.ts'
import { failureInSuccess, holdsError } from '../openai-shared/errors.ts'
import { choicesOf, isMarkOrBlank, parseEvent } from '../openai-shared/stream-event.ts'
import { readUsage } from '../openai-shared/usage.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import { sourcesOf } from './citations.ts'
import { ChoiceDecoder } from './decode-choice.ts'
import { answerFields, groqUsage } from './decode-response.ts'
import { formatName } from './name.ts'

type Emit = (event: CompletionEvent) => void

/** A class because one is made for each stream and each of its events passes through. */
export class ChatStreamDecoder implements StreamDecoder {
  readonly #context: DecodeContext
  readonly #emit: Emit
  readonly #choices = new Map<number, ChoiceDecoder>()
  #started = false
  #ended = false
  #serviceTier: string | null = null
  /** What the chunks say beside the choices. */
  #others: JsonObject = {}
  #othersAtStart: JsonObject = {}
  #lists: JsonObject = {}

  constructor(context: DecodeContext, emit: Emit) {
    this.#context = context
    this.#emit = emit
  }

  push({ name, data }: WireEvent): void {
    if (this.#ended) return
    if (isMarkOrBlank(data)) {
      if (data.trim() !== '') this.#end()
      return
    }
    const chunk = parseEvent(data, name)
    if (name === 'error' || holdsError(chunk)) throw failureInSuccess(chunk)
    const choices = choicesOf(chunk)
    if (!this.#started) this.#begin(chunk, choices.length > 0)
    let finishes = false
    for (const choice of choices) if (this.#readChoice(choice)) finishes = true
    if (finishes || choices.length === 0) this.#keepOthers(chunk)
    this.#readUsage(chunk)
  }

  finish(): void {
    if (this.#ended) return
    for (const choice of this.#choices.values())
      if (!choice.finished) throw new GatewayError('upstream_truncated')
    this.#end()
  }

  /** The first chunk of some vendors has neither choices nor an id: the answer begins with the first choice. */
  #begin(chunk: MutableJson, hasChoices: boolean): void {
    this.#keepOthers(chunk)
    if (!hasChoices) return
    this.#started = true
    this.#othersAtStart = this.#others
    const { id, model, created } = chunk
    this.#emit({
      type: 'start',
      id: isText(id) ? id : '',
      model: isText(model) ? model : '',
      ...(typeof created === 'number' && created > 0 ? { created } : {}),
      ...putAside(formatName, this.#others),
    })
  }

  #keepOthers(chunk: MutableJson): void {
    if (isText(chunk['service_tier'])) this.#serviceTier = chunk['service_tier']
    const others = otherFields(chunk, answerFields)
    if (others === undefined) return
    this.#others = { ...this.#others, ...others }
    this.#lists = others
  }

  /** @returns whether it gives a reason to end */
  #readChoice(choice: MutableJson): boolean {
    if (isObject(choice['error'])) throw failureInSuccess(choice)
    const { index } = choice
    const number = typeof index === 'number' ? index : 0
    let decoder = this.#choices.get(number)
    if (decoder === undefined) {
      decoder = new ChoiceDecoder(number, this.#context, this.#emit)
      this.#choices.set(number, decoder)
    }
    return decoder.read(choice)
  }

  /** Some vendors report as they go: each report holds all that came before. */
  #readUsage(chunk: MutableJson): void {
    const said = chunk['usage'] ?? groqUsage(chunk)
    if (!isObject(said) || !this.#started) return
    const usage = readUsage(said)
    if (usage !== null) this.#emit({ type: 'usage', usage })
  }

  #end(): void {
    if (this.#choices.size === 0) throw new GatewayError('upstream_truncated')
    this.#ended = true
    const sources = sourcesOf(this.#lists)
    for (const choice of this.#choices.values()) choice.end(sources)
    const told = this.#others !== this.#othersAtStart
    this.#emit({
      type: 'end',
      ...(this.#serviceTier === null ? {} : { serviceTier: this.#serviceTier }),
      ...(told ? { extra: { [formatName]: this.#others } } : {}),
    })
  }
}
