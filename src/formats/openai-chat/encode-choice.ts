// One choice of a stream for a client: its role once, its tool calls counted from 0, its reason to end once.

import type { AnswerPart, Finish } from '../../conversation/completion.ts'
import type {
  LogprobsEvent,
  PartDeltaEvent,
  PartDetailEvent,
  PartOpening,
} from '../../conversation/completion-event.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { finishWord } from '../openai-shared/finish.ts'
import { type PartEvent, SerialLanes } from '../streams/serial-parts.ts'
import { encodeCitation } from './citations.ts'
import { encodeFile, encodeImage, encodeSpeech } from './encode-answer-media.ts'
import { thoughtSignature } from './encode-messages.ts'
import { encodeDetail, needsDetail, placeOf } from './encode-reasoning.ts'
import { encodeCall, encodeLogprobs } from './encode-response.ts'
import { formatName, ownExtra } from './name.ts'

type ChoiceEvent = PartEvent | LogprobsEvent

interface OpenPart {
  readonly opening: PartOpening
  /** Of a tool call: its place among them. */
  readonly call: number
  /** Of a text: the length of the content before it. */
  readonly offset: number
  /** Of a thought that may be signed: its place among them; -1 for one that is only text. */
  readonly thought: number
  /** What stands behind its text in an entry of the details, as JSON. */
  readonly place: string
  signature: string
  encrypted: string
}

export interface ChoiceEncoderOptions {
  readonly index: number
  /** The client asked in the terms of `functions`. */
  readonly legacy: boolean
  readonly chunks: ChunkWriter
}

export interface ChunkWriter {
  /** Writes a chunk with these fields in the choice, as JSON without the braces. */
  writeChoice(index: number, fields: string): void
}

export class ChoiceEncoder {
  readonly #index: number
  readonly #chunks: ChunkWriter
  readonly #legacy: boolean
  readonly #parts = new Map<number, OpenPart>()
  readonly #lanes: SerialLanes
  #hasRole = false
  #calls = 0
  #thoughts = 0
  #length = 0

  constructor({ index, legacy, chunks }: ChoiceEncoderOptions) {
    this.#index = index
    this.#legacy = legacy
    this.#chunks = chunks
    const write = (event: PartEvent): void => this.#writePart(event)
    this.#lanes = new SerialLanes(laneOf, write)
  }

  push(event: ChoiceEvent): void {
    if (event.type === 'part_delta') this.#pushDelta(event)
    else if (event.type === 'logprobs') this.#writeLogprobs(encodeLogprobs(event.logprobs))
    else this.#lanes.push(event)
  }

  /** A part that has begun does not wait: most pieces by far are of one. */
  #pushDelta(event: PartDeltaEvent): void {
    const part = this.#parts.get(event.part)
    if (part === undefined) this.#lanes.push(event)
    else this.#say(part, event.text)
  }

  /** What waits for its turn is told: no turn will come. */
  fail(): void {
    this.#lanes.release()
  }

  #writePart(event: PartEvent): void {
    switch (event.type) {
      case 'part_delta':
        this.#say(this.#parts.get(event.part), event.text)
        break
      case 'part_start':
        this.#begin(event.part, event.opening)
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

  #writeLogprobs(logprobs: JsonObject): void {
    this.#write(`"delta":{},"logprobs":${JSON.stringify(logprobs)},"finish_reason":null`)
  }

  #write(fields: string): void {
    this.#chunks.writeChoice(this.#index, fields)
  }

  /** @param fields JSON without the braces */
  #delta(fields: string): void {
    if (this.#hasRole) this.#write(`"delta":{${fields}},"finish_reason":null`)
    else {
      this.#hasRole = true
      this.#write(`"delta":{"role":"assistant",${fields}},"finish_reason":null`)
    }
  }

  #send(fields: JsonObject): void {
    this.#delta(JSON.stringify(fields).slice(1, -1))
  }

  #begin(part: number, opening: PartOpening): void {
    const call = opening.type === 'tool_call' ? this.#calls++ : -1
    const [thought, place] = this.#placeOf(opening)
    const kept = { opening, call, thought, place, offset: this.#length, signature: '', encrypted: '' }
    this.#parts.set(part, kept)
    if (opening.type !== 'tool_call') return
    const { id, name, custom } = opening
    if (this.#legacy) {
      // There is no word for a second one.
      if (call === 0) this.#send({ function_call: { name, arguments: '' } })
      return
    }
    const called = custom === true ? { custom: { name, input: '' } } : { function: { name, arguments: '' } }
    const type = custom === true ? 'custom' : 'function'
    this.#send({ tool_calls: [{ index: call, id, type, ...called, ...ownExtra(opening) }] })
  }

  #placeOf(opening: PartOpening): readonly [thought: number, place: string] {
    if (opening.type !== 'reasoning' || !needsDetail(opening)) return [-1, '']
    const thought = this.#thoughts++
    return [thought, JSON.stringify(placeOf(opening, thought)).slice(1, -1)]
  }

  #say(part: OpenPart | undefined, text: string): void {
    if (part === undefined || text === '') return
    switch (part.opening.type) {
      case 'text':
        this.#length += text.length
        this.#delta(`"content":${JSON.stringify(text)}`)
        break
      case 'reasoning':
        this.#think(part, part.opening.summary === true, JSON.stringify(text))
        break
      case 'refusal':
        this.#delta(`"refusal":${JSON.stringify(text)}`)
        break
      case 'tool_call':
        this.#sayArguments(part, part.opening.custom === true, JSON.stringify(text))
        break
    }
  }

  /** What may be signed has to come back whole: it is told a second time, in pieces that find together by their index. */
  #think({ thought, place }: OpenPart, summary: boolean, json: string): void {
    const plain = `"reasoning_content":${json}`
    if (thought === -1) this.#delta(plain)
    else {
      const name = summary ? 'summary' : 'text'
      this.#delta(`${plain},"reasoning_details":[{"type":"reasoning.${name}","${name}":${json},${place}}]`)
    }
  }

  #sayArguments({ call }: OpenPart, custom: boolean, json: string): void {
    if (!this.#legacy) {
      const more = custom ? `"custom":{"input":${json}}` : `"function":{"arguments":${json}}`
      this.#delta(`"tool_calls":[{"index":${call},${more}}]`)
    } else if (call === 0) this.#delta(`"function_call":{"arguments":${json}}`)
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

  /** What comes in pieces and is of use only whole is written when its part ends. */
  #close(part: OpenPart | undefined): void {
    if (part === undefined) return
    const { opening, call, thought, signature, encrypted } = part
    // Some clients refuse a piece of a call without a function.
    if (opening.type === 'tool_call' && signature !== '' && !this.#legacy)
      this.#send({
        tool_calls: [{ index: call, function: { arguments: '' }, ...thoughtSignature(signature) }],
      })
    if (opening.type !== 'reasoning' || (signature === '' && encrypted === '')) return
    const secret = {
      ...opening,
      text: '',
      ...(signature === '' ? {} : { signature }),
      ...(encrypted === '' ? {} : { encrypted }),
    }
    const index = thought === -1 ? this.#thoughts++ : thought
    this.#send({ reasoning_details: [encodeDetail(secret, index)] })
  }

  #whole(value: AnswerPart): void {
    switch (value.type) {
      case 'image':
        this.#send({ images: [encodeImage(value)] })
        break
      case 'audio':
        this.#send({ audio: encodeSpeech(value) })
        break
      case 'file':
        this.#send({ files: [encodeFile(value)] })
        break
      case 'opaque':
        if (value.format === formatName) this.#send({ content: [value.value] })
        break
      case 'tool_call':
        if (this.#legacy) this.#wholeInPieces(value)
        else this.#send({ tool_calls: [{ index: this.#calls++, ...encodeCall(value) }] })
        break
      case 'text':
      case 'refusal':
      case 'reasoning':
        this.#wholeInPieces(value)
        break
    }
  }

  /** A part that could have come in pieces. */
  #wholeInPieces(value: Extract<AnswerPart, { type: 'text' | 'refusal' | 'tool_call' | 'reasoning' }>): void {
    this.#begin(wholePart, value)
    const part = this.#parts.get(wholePart)
    this.#say(part, value.type === 'tool_call' ? value.arguments : value.text)
    if (part !== undefined && 'signature' in value) part.signature = value.signature ?? ''
    if (part !== undefined && 'encrypted' in value) part.encrypted = value.encrypted ?? ''
    if (value.type === 'text') for (const citation of value.citations ?? []) this.#detail(part, { citation })
    this.#close(part)
    this.#parts.delete(wholePart)
  }

  /** @returns the fields of the choice that say so, as JSON without the braces */
  finish(finish: Finish): string {
    const word = finishWord(finish)
    const reason = this.#legacy && word === 'tool_calls' ? 'function_call' : word
    const delta = this.#hasRole ? {} : { role: 'assistant', content: '' }
    this.#hasRole = true
    const fields = {
      delta,
      finish_reason: reason,
      ...(finish.native === undefined ? {} : { native_finish_reason: finish.native }),
      ...(finish.stopSequence === undefined ? {} : { stop_reason: finish.stopSequence }),
      ...ownExtra(finish),
    }
    return JSON.stringify(fields).slice(1, -1)
  }
}

/** Pieces of texts have no number, and neither have those of thoughts; calls do. */
function laneOf(type: AnswerPart['type']): string | null {
  if (type === 'text' || type === 'refusal') return 'text'
  return type === 'reasoning' ? 'reasoning' : null
}

/** The number of a part that has no pieces. */
const wholePart = -1
