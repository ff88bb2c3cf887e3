// A stream of texts in the neutral form.

import type { CompletionEvent } from '../../conversation/completion-event.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, isText, type MutableJson } from '../../lib/json-value.ts'
import type { StreamDecoder, WireEvent } from '../format.ts'
import { failureInSuccess, holdsError } from '../openai-shared/errors.ts'
import { readFinish } from '../openai-shared/finish.ts'
import { choicesOf, isMarkOrBlank, parseEvent } from '../openai-shared/stream-event.ts'
import { readUsage } from '../openai-shared/usage.ts'
import { decodeLogprobs } from './logprobs.ts'
import { formatName } from './name.ts'

interface OpenChoice {
  begun: boolean
  last: MutableJson
}

/** A class because one is made for each stream and each of its events passes through. */
export class CompletionsStreamDecoder implements StreamDecoder {
  readonly #emit: (event: CompletionEvent) => void
  readonly #choices = new Map<number, OpenChoice>()
  #started = false
  #ended = false

  constructor(emit: (event: CompletionEvent) => void) {
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
    if (!this.#started && choices.length > 0) this.#start(chunk)
    for (const choice of choices) this.#readChoice(choice)
    const usage = this.#started ? readUsage(chunk['usage']) : null
    if (usage !== null) this.#emit({ type: 'usage', usage })
  }

  finish(): void {
    if (this.#ended) return
    for (const { last } of this.#choices.values())
      if (!isText(last['finish_reason'])) throw new GatewayError('upstream_truncated')
    this.#end()
  }

  #start({ id, model, created }: MutableJson): void {
    this.#started = true
    this.#emit({
      type: 'start',
      id: isText(id) ? id : '',
      model: isText(model) ? model : '',
      ...(typeof created === 'number' ? { created } : {}),
    })
  }

  #readChoice(chunk: MutableJson): void {
    if (isObject(chunk['error'])) throw failureInSuccess(chunk)
    const { index, text, logprobs } = chunk
    const choice = typeof index === 'number' ? index : 0
    let open = this.#choices.get(choice)
    if (open === undefined) {
      open = { begun: false, last: {} }
      this.#choices.set(choice, open)
    }
    if (isText(text)) {
      if (!open.begun) this.#emit({ type: 'part_start', choice, part: 0, opening: { type: 'text' } })
      open.begun = true
      this.#emit({ type: 'part_delta', choice, part: 0, text })
    }
    if (isObject(logprobs)) this.#emit({ type: 'logprobs', choice, logprobs: decodeLogprobs(logprobs) })
    if (isText(chunk['finish_reason']) && !isText(open.last['finish_reason'])) open.last = chunk
  }

  #end(): void {
    if (this.#choices.size === 0) throw new GatewayError('upstream_truncated')
    this.#ended = true
    for (const [choice, { begun, last }] of this.#choices) {
      if (begun) this.#emit({ type: 'part_end', choice, part: 0 })
      const finish = readFinish(last, { hasToolCalls: false, hasContent: begun }, formatName)
      this.#emit({ type: 'finish', choice, finish })
    }
    this.#emit({ type: 'end' })
  }
}
