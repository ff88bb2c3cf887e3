// One choice of a stream for a client of Mistral's: text and thoughts as they come, tool calls whole, as Mistral streams
// them. Its clients check each chunk for a call with a name and arguments, and put no pieces together.

import type { AnswerPart } from '../../conversation/completion.ts'
import type { PartDetailEvent, PartOpening } from '../../conversation/completion-event.ts'
import type { ReasoningPart } from '../../conversation/parts.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { encodeCitation } from '../openai-chat/citations.ts'
import { type PartEvent, SerialLanes } from '../streams/serial-parts.ts'
import { encodeCall, encodeChunk, signatureOf, thinkingChunk } from './encode-chunks.ts'

interface OpenPart {
  readonly opening: PartOpening
  /** Of a tool call: its place among them. */
  readonly call: number
  /** Of a text: the length of the content before it. */
  readonly offset: number
  /** All of a thought or of the arguments of a call. */
  text: string
  signature: string
  encrypted: string
}

/** Writes a chunk with this delta in the choice. */
export type WriteDelta = (delta: JsonObject) => void

/** A class because one is made for each choice of a stream and each of its events passes through. */
export class ChoiceEncoder {
  readonly #write: WriteDelta
  readonly #parts = new Map<number, OpenPart>()
  readonly #lanes: SerialLanes
  #hasRole = false
  #calls = 0
  #length = 0

  constructor(write: WriteDelta) {
    this.#write = write
    const writePart = (event: PartEvent): void => this.#writePart(event)
    this.#lanes = new SerialLanes(laneOf, writePart)
  }

  push(event: PartEvent): void {
    this.#lanes.push(event)
  }

  /** What waits for its turn is told: no turn will come. */
  fail(): void {
    this.#lanes.release()
  }

  /** The delta of the last chunk. */
  finish(): JsonObject {
    const delta = this.#hasRole ? { content: '' } : { role: 'assistant', content: '' }
    this.#hasRole = true
    return delta
  }

  #writePart(event: PartEvent): void {
    switch (event.type) {
      case 'part_start':
        this.#begin(event.part, event.opening)
        break
      case 'part_delta':
        this.#say(this.#parts.get(event.part), event.text)
        break
      case 'part_detail':
        this.#detail(this.#parts.get(event.part), event.detail)
        break
      case 'part_end':
        this.#close(this.#parts.get(event.part))
        this.#parts.delete(event.part)
        break
      case 'part':
        this.#whole(event.value)
        break
    }
  }

  #begin(part: number, opening: PartOpening): void {
    const call = opening.type === 'tool_call' ? this.#calls++ : -1
    this.#parts.set(part, { opening, call, offset: this.#length, text: '', signature: '', encrypted: '' })
  }

  #say(part: OpenPart | undefined, text: string): void {
    if (part === undefined || text === '') return
    const { type } = part.opening
    if (type === 'text' || type === 'refusal') this.#sayText(text)
    else part.text += text
    if (type === 'reasoning') this.#send({ content: [thinkingChunk(text)] })
  }

  #sayText(text: string): void {
    this.#length += text.length
    this.#send({ content: text })
  }

  #detail(part: OpenPart | undefined, detail: PartDetailEvent['detail']): void {
    if (part === undefined) return
    if ('signature' in detail) part.signature += detail.signature
    else if ('encrypted' in detail) part.encrypted += detail.encrypted
    else if ('citation' in detail) {
      const annotation = encodeCitation(detail.citation, part.offset)
      if (annotation !== null) this.#send({ annotations: [annotation] })
    }
  }

  #close(part: OpenPart | undefined): void {
    if (part === undefined) return
    const { opening, call, text, signature, encrypted } = part
    if (opening.type === 'tool_call') {
      this.#send({ tool_calls: [encodeCall({ ...opening, arguments: text }, call)] })
      return
    }
    if (opening.type !== 'reasoning') return
    const thought: ReasoningPart = {
      ...opening,
      text,
      ...(signature === '' ? {} : { signature }),
      ...(encrypted === '' ? {} : { encrypted }),
    }
    const proof = signatureOf(thought)
    if (proof['signature'] !== undefined) this.#send({ content: [{ ...thinkingChunk(''), ...proof }] })
  }

  #whole(value: AnswerPart): void {
    if (value.type === 'tool_call') this.#send({ tool_calls: [encodeCall(value, this.#calls++)] })
    else if (value.type === 'text' || value.type === 'refusal') this.#wholeText(value)
    else {
      const chunk = encodeChunk(value)
      if (chunk !== null) this.#send({ content: [chunk] })
    }
  }

  #wholeText(value: Extract<AnswerPart, { type: 'text' | 'refusal' }>): void {
    const offset = this.#length
    if (value.text !== '') this.#sayText(value.text)
    if (value.type === 'refusal') return
    for (const citation of value.citations ?? []) {
      const annotation = encodeCitation(citation, offset)
      if (annotation !== null) this.#send({ annotations: [annotation] })
    }
  }

  #send(delta: JsonObject): void {
    if (this.#hasRole) this.#write(delta)
    else {
      this.#hasRole = true
      this.#write({ role: 'assistant', ...delta })
    }
  }
}

/** Pieces of texts have no number, and neither have those of thoughts; calls do. */
function laneOf(type: AnswerPart['type']): string | null {
  if (type === 'text' || type === 'refusal') return 'text'
  return type === 'reasoning' ? 'reasoning' : null
}
