// One choice of a stream: which part its deltas go on with, and which they begin.

import type { AnswerPart } from '../../conversation/completion.ts'
import type { CompletionEvent, PartOpening } from '../../conversation/completion-event.ts'
import type { Citation } from '../../conversation/parts.ts'
import { isObject, isText, type MutableJson } from '../../lib/json-value.ts'
import type { DecodeContext } from '../format.ts'
import { readFinish } from '../openai-shared/finish.ts'
import { citationsOf } from './citations.ts'
import { decodeContent } from './decode-content.ts'
import { decodeDetail, plainReasoning, readThought } from './decode-reasoning.ts'
import { decodeSpeech } from './decode-response.ts'
import { CallsDecoder, type PartCounter } from './decode-stream-calls.ts'
import { formatName } from './name.ts'

/** The part that is being said: deltas of the same key go on with it. */
interface OpenPart {
  readonly key: string
  readonly number: number
}

const text: PartOpening = { type: 'text' }
const refusal: PartOpening = { type: 'refusal' }
const thought: PartOpening = { type: 'reasoning', origin: formatName }

export class ChoiceDecoder implements PartCounter {
  readonly #choice: number
  readonly #emit: (event: CompletionEvent) => void
  readonly #calls: CallsDecoder
  #parts = 0
  #open: OpenPart | null = null
  /** The reason to end, and what else stood beside it. */
  #last: MutableJson = {}
  #speech: MutableJson | null = null
  #transcript = ''
  #spoken: Buffer[] = []

  constructor(choice: number, context: DecodeContext, emit: (event: CompletionEvent) => void) {
    this.#choice = choice
    this.#emit = emit
    this.#calls = new CallsDecoder({ choice, context, emit, parts: this })
  }

  get finished(): boolean {
    return isText(this.#last['finish_reason'])
  }

  /** For a tool call, which ends what was being said. */
  nextPart(): number {
    this.#close()
    return this.#parts++
  }

  /** @returns whether it gives a reason to end */
  read(choice: MutableJson): boolean {
    const { delta, logprobs, finish_reason: reason } = choice
    if (isObject(delta)) this.#readDelta(delta)
    // A server that was asked for no stream, or does not know streams, sends it whole.
    else if (isObject(choice['message'])) this.#readDelta(choice['message'])
    if (isObject(logprobs)) this.#emit({ type: 'logprobs', choice: this.#choice, logprobs })
    if (!isText(reason)) return false
    // The first reason counts.
    this.#last = this.finished ? { ...choice, ...this.#last } : choice
    return true
  }

  /** Ends what is open, with the sources of the answer. */
  end(sources: readonly Citation[]): void {
    this.#cite(sources)
    this.#close()
    this.#speak()
    this.#calls.end()
    const answered = { hasToolCalls: this.#calls.any, hasContent: this.#parts > 0 }
    const finish = readFinish(this.#last, answered, formatName)
    this.#emit({ type: 'finish', choice: this.#choice, finish })
  }

  #readDelta(delta: MutableJson): void {
    this.#readReasoning(delta)
    const { content, tool_calls: calls } = delta
    if (isText(content)) this.#say('text', text, content)
    else if (Array.isArray(content)) this.#readParts(content)
    if (isText(delta['refusal'])) this.#say('refusal', refusal, delta['refusal'])
    if (Array.isArray(calls)) this.#calls.read(calls)
    else if (isObject(delta['function_call'])) this.#calls.readLegacy(delta['function_call'])
    if (Array.isArray(delta['annotations'])) this.#cite(citationsOf(delta['annotations']))
    if (Array.isArray(delta['images'])) this.#readParts(delta['images'])
    if (isObject(delta['audio'])) this.#hear(delta['audio'])
  }

  #readReasoning(delta: MutableJson): void {
    const details = delta['reasoning_details']
    if (!Array.isArray(details) || details.length === 0) {
      const plain = plainReasoning(delta)
      if (plain !== '') this.#say('reasoning', thought, plain)
      else if (Array.isArray(delta['thinking_blocks'])) this.#readParts(delta['thinking_blocks'])
      return
    }
    const decoded = details.filter(isObject)
    const plain = plainReasoning(delta)
    const told = decoded.some(detail => isText(detail['text']) || isText(detail['summary']))
    if (plain !== '' && !told) this.#say('reasoning', thought, plain)
    for (const detail of decoded) this.#readDetail(detail)
  }

  #readDetail(detail: MutableJson): void {
    const part = decodeDetail(detail)
    const { text: said, signature, encrypted, ...opening } = part
    if (said === '' && signature === undefined && encrypted === undefined) return
    const { type, index, id } = detail
    const key = JSON.stringify([type, index ?? null, type === 'reasoning.encrypted' ? (id ?? null) : null])
    const number = this.#begin(key, opening)
    this.#delta(number, said)
    const place = { type: 'part_detail' as const, choice: this.#choice, part: number }
    if (signature !== undefined) this.#emit({ ...place, detail: { signature } })
    if (encrypted !== undefined) this.#emit({ ...place, detail: { encrypted } })
  }

  /** Parts of a content that is a list: text and thoughts in pieces, everything else whole. */
  #readParts(parts: readonly unknown[]): void {
    for (const part of parts) {
      if (!isObject(part)) continue
      const whole = 'thinking' in part ? readThought(part) : decodeContent([part])
      for (const value of whole) this.#readPart(value)
    }
  }

  #readPart(part: AnswerPart): void {
    if (part.type === 'text' && part.extra === undefined) this.#say('text', text, part.text)
    else if (part.type === 'reasoning' && part.signature === undefined && part.encrypted === undefined)
      this.#say('reasoning', thought, part.text)
    else this.#whole(part)
  }

  #whole(value: AnswerPart): void {
    this.#close()
    this.#emit({ type: 'part', choice: this.#choice, part: this.#parts++, value })
  }

  #say(key: string, opening: PartOpening, said: string): void {
    this.#delta(this.#begin(key, opening), said)
  }

  #delta(part: number, said: string): void {
    if (said !== '') this.#emit({ type: 'part_delta', choice: this.#choice, part, text: said })
  }

  /** @returns the number of the part */
  #begin(key: string, opening: PartOpening): number {
    if (this.#open !== null) {
      if (this.#open.key === key) return this.#open.number
      this.#close()
    }
    const number = this.#parts++
    this.#open = { key, number }
    this.#emit({ type: 'part_start', choice: this.#choice, part: number, opening })
    return number
  }

  #close(): void {
    if (this.#open === null) return
    this.#emit({ type: 'part_end', choice: this.#choice, part: this.#open.number })
    this.#open = null
  }

  #cite(citations: readonly Citation[]): void {
    if (citations.length === 0) return
    const part = this.#begin('text', text)
    for (const citation of citations)
      this.#emit({ type: 'part_detail', choice: this.#choice, part, detail: { citation } })
  }

  /** Each piece of a recording is base64 by itself, and so is not a piece of the base64 of the whole. */
  #hear(audio: MutableJson): void {
    const { data, transcript, ...others } = audio
    if (isText(data)) this.#spoken.push(Buffer.from(data, 'base64'))
    if (isText(transcript)) this.#transcript += transcript
    this.#speech = { ...this.#speech, ...others }
  }

  #speak(): void {
    if (this.#speech === null) return
    const data = Buffer.concat(this.#spoken).toString('base64')
    for (const part of decodeSpeech({ ...this.#speech, data, transcript: this.#transcript }))
      this.#whole(part)
  }
}
