// From the lines of Ollama's streams to neutral events. Each line is a small answer; tool calls come whole.

import type { CompletionEvent } from '../../conversation/completion-event.ts'
import { GatewayError } from '../../errors.ts'
import { isText, type MutableJson } from '../../lib/json-value.ts'
import type { DecodeContext, StreamDecoder, WireEvent } from '../format.ts'
import { malformed, parseObject } from '../shared/answer-body.ts'
import { createdOf, decodeCalls, decodeFinish, decodeImages, decodeLogprobs } from './answer.ts'
import { checkAnswer } from './errors.ts'
import type { AnswerShape, SaidFields } from './shape.ts'
import { decodeUsage } from './usage.ts'

/** A class because one is made for each stream and each of its lines passes through. */
export class OllamaStreamDecoder implements StreamDecoder {
  readonly #shape: AnswerShape
  readonly #createId: () => string
  readonly #emit: (event: CompletionEvent) => void
  #started = false
  #ended = false
  #hasCalls = false
  #parts = 0
  #open: 'text' | 'reasoning' | null = null

  constructor(shape: AnswerShape, { createId }: DecodeContext, emit: (event: CompletionEvent) => void) {
    this.#shape = shape
    this.#createId = createId
    this.#emit = emit
  }

  push({ data }: WireEvent): void {
    if (this.#ended) return
    const line = parseObject(data)
    checkAnswer(line)
    const said = this.#shape.read(line)
    const done = line['done'] === true
    if (said === null && !done) throw malformed('holds a line without a message')
    if (!this.#started) this.#start(line)
    if (said !== null) this.#read(said)
    const logprobs = decodeLogprobs(line['logprobs'])
    if (logprobs !== null) this.#emit({ type: 'logprobs', choice: 0, logprobs })
    if (done) this.#end(line)
  }

  finish(): void {
    if (!this.#ended) throw new GatewayError('upstream_truncated')
  }

  #start(line: MutableJson): void {
    this.#started = true
    const created = createdOf(line)
    const model = isText(line['model']) ? line['model'] : ''
    this.#emit({ type: 'start', id: '', model, ...(created === null ? {} : { created }) })
  }

  #read({ thinking, text, images, toolCalls }: SaidFields): void {
    if (isText(thinking)) this.#say('reasoning', thinking)
    if (isText(text)) this.#say('text', text)
    for (const value of decodeImages(images)) {
      this.#close()
      this.#emit({ type: 'part', choice: 0, part: this.#parts++, value })
    }
    for (const { arguments: written, ...opening } of decodeCalls(toolCalls, this.#createId)) {
      this.#close()
      this.#hasCalls = true
      const part = this.#parts++
      this.#emit({ type: 'part_start', choice: 0, part, opening })
      this.#emit({ type: 'part_delta', choice: 0, part, text: written })
      this.#emit({ type: 'part_end', choice: 0, part })
    }
  }

  #say(type: 'text' | 'reasoning', text: string): void {
    if (this.#open !== type) {
      this.#close()
      this.#open = type
      const opening = type === 'text' ? ({ type } as const) : { type, origin: this.#shape.formatName }
      this.#emit({ type: 'part_start', choice: 0, part: this.#parts++, opening })
    }
    this.#emit({ type: 'part_delta', choice: 0, part: this.#parts - 1, text })
  }

  #close(): void {
    if (this.#open === null) return
    this.#open = null
    this.#emit({ type: 'part_end', choice: 0, part: this.#parts - 1 })
  }

  #end(line: MutableJson): void {
    this.#close()
    this.#emit({ type: 'finish', choice: 0, finish: decodeFinish(line['done_reason'], this.#hasCalls) })
    const usage = decodeUsage(line)
    if (usage !== null) this.#emit({ type: 'usage', usage })
    this.#ended = true
    this.#emit({ type: 'end' })
  }
}
