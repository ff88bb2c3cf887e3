// Reads an OpenAI-like stream as it passes: counts, notices the first content and the end, and mends what clients
// stumble over. A chunk in which nothing has to change is handed on as the buffer that came.

import { isAscii } from 'node:buffer'
import type { AnswerFacts, StreamTap, Usage } from '../../call.ts'
import { asGatewayError, GatewayError } from '../../errors.ts'
import {
  type EventBlock,
  EventStreamSplitter,
  EventTooLargeError,
  type StreamEvent,
} from '../../lib/event-stream-splitter.ts'
import { spliceTopLevel } from '../../lib/json-splice.ts'
import { isObject, isText, type MutableJson } from '../../lib/json-value.ts'
import type { TapOptions } from '../format.ts'
import { DroppedEvents, isMalformedEvent } from '../streams/malformed-event.ts'
import { failureInSuccess, holdsError } from './errors.ts'
import { EventTemplate } from './event-template.ts'
import { choicesOf, isMarkOrBlank, parseEvent } from './stream-event.ts'
import type { ToolCallIndexes } from './tool-calls.ts'
import { readUsage } from './usage.ts'

/** What the tap knows of one choice. */
export interface ChoiceState {
  hasRole: boolean
  finished: boolean
  /** Present once a tool call was seen. */
  calls: ToolCallIndexes | null
}

/** What reading one choice of one event brought. */
export interface ChoiceReading {
  /** UTF-16 units of text, reasoning and tool arguments. */
  characters: number
  hasContent: boolean
  /** The choice was mended in place and has to be written anew. */
  changed: boolean
}

/** Reads the content of one choice, and mends it in place. The reason to finish is read by the tap. */
export type ReadChoice = (choice: MutableJson, state: ChoiceState, reading: ChoiceReading) => void

type Writable<T> = { -readonly [K in keyof T]: T[K] }

const maxEventBytes = 1 << 20
const endMarker = Buffer.from('data: [DONE]\n\n')
const nothing = Buffer.alloc(0)

export class OpenAiStreamTap implements StreamTap {
  readonly facts: Writable<AnswerFacts> = {
    usage: null as Usage | null,
    model: null,
    finishReason: null,
    serviceTier: null,
    outputCharacters: 0,
    malformedEvents: 0,
  }
  started = false
  ended = false
  readonly #splitter = new EventStreamSplitter(maxEventBytes)
  readonly #choices = new Map<unknown, ChoiceState>()
  readonly #readChoice: ReadChoice
  readonly #passUsage: boolean
  readonly #dropped = new DroppedEvents()
  /** The usage chunk for the end: as it came, or to be made of the event that it rode on. */
  #usageChunk: Buffer | MutableJson | null = null
  /** Of the last event that was nothing but text. */
  #template: EventTemplate | null = null
  /** A failure behind bytes that still had to be passed on; `finish` throws it. */
  #failure: GatewayError | null = null

  constructor(readChoice: ReadChoice, options: TapOptions) {
    this.#readChoice = readChoice
    this.#passUsage = options.passUsage
  }

  push(chunk: Buffer): Buffer | null {
    if (this.ended) return null
    const block = this.#split(chunk)
    return block === null ? null : this.#pass(block)
  }

  finish(): Buffer {
    const last = this.ended ? null : this.#splitter.end()
    const rest = last === null ? nothing : this.#passUnterminated(last)
    if (this.#failure !== null) throw this.#failure
    if (this.#dropped.failure !== null && !this.started) throw this.#dropped.failure
    if (!this.#isWhole()) throw new GatewayError('upstream_truncated')
    return Buffer.concat([rest, this.#usageBytes(), endMarker])
  }

  #split(chunk: Buffer): EventBlock | null {
    try {
      return this.#splitter.push(chunk)
    } catch (thrown) {
      if (!(thrown instanceof EventTooLargeError)) throw thrown
      throw new GatewayError('upstream_malformed', { message: thrown.message, cause: thrown })
    }
  }

  #pass({ bytes, events }: EventBlock): Buffer | null {
    const ascii = isAscii(bytes)
    const startedBefore = this.started
    const pieces: Buffer[] = []
    let from = 0
    for (const event of events) {
      const replacement = this.#readOrKeepFailure(event, { bytes, ascii, startedBefore })
      if (replacement === undefined) continue
      if (event.start > from) pieces.push(bytes.subarray(from, event.start))
      if (replacement.length > 0) pieces.push(replacement)
      from = this.ended ? bytes.length : event.end
      if (this.ended) break
    }
    if (from === 0) return bytes
    if (from < bytes.length) pieces.push(bytes.subarray(from))
    return pieces.length === 0 ? null : pieces.length === 1 ? (pieces[0] ?? null) : Buffer.concat(pieces)
  }

  /**
   * What stands in place of the event; undefined where it stays as it is.
   * Once content was passed on, a failure has to wait until what came before it in the same chunk is passed on too.
   */
  #readOrKeepFailure(
    event: StreamEvent,
    block: { bytes: Buffer; ascii: boolean; startedBefore: boolean },
  ): Buffer | undefined {
    if (event.data === null) return undefined
    try {
      return this.#readData(event, event.data, block)
    } catch (thrown) {
      if (isMalformedEvent(thrown)) return this.#drop(thrown)
      if (!block.startedBefore || event.start === 0) throw thrown
      this.#failure = asGatewayError(thrown)
      this.ended = true
      return nothing
    }
  }

  /** @returns what stands in place of an event that is not of the format: nothing */
  #drop(thrown: GatewayError): Buffer {
    this.#dropped.add(thrown)
    this.facts.malformedEvents = this.#dropped.count
    return nothing
  }

  #readData(event: StreamEvent, data: string, block: { bytes: Buffer; ascii: boolean }): Buffer | undefined {
    if (block.ascii && this.#template !== null) {
      const characters = this.#template.match(data)
      this.facts.outputCharacters += characters
      if (characters > 0) return undefined
    }
    if (isMarkOrBlank(data)) {
      this.ended = data.trim() !== ''
      return nothing
    }
    const text = block.ascii ? data : Buffer.from(data, 'latin1').toString()
    const value = parseEvent(text, event.name)
    const usage = this.#readFacts(value)
    if (event.name === 'error' || holdsError(value)) throw failureInSuccess(value)
    const choices = choicesOf(value)
    const changed = choices.length > 0 && this.#readChoices(choices)
    if (usage !== null && choices.length === 0) {
      this.#usageChunk = Buffer.from(block.bytes.subarray(event.start, event.end))
      return nothing
    }
    if (usage === null && !changed) {
      this.#learn(event, block.ascii ? data : null)
      return undefined
    }
    return rewrite(event, text, {
      ...(changed && { choices: JSON.stringify(choices) }),
      ...(usage !== null && { usage: null }),
    })
  }

  /** What was read of such an event is in its template, letter by letter: only the text differs from the next. */
  #learn(event: StreamEvent, data: string | null): void {
    if (data === null || event.name !== '' || !this.started || this.facts.finishReason !== null) return
    this.#template = EventTemplate.of(data) ?? this.#template
  }

  /** @returns the `usage` object of the event, which must not stay where it is; null where it has none */
  #readFacts(value: MutableJson): MutableJson | null {
    const { facts } = this
    if (facts.model === null && isText(value['model'])) facts.model = value['model']
    if (isText(value['service_tier'])) facts.serviceTier = value['service_tier']
    const own = isObject(value['usage']) ? value['usage'] : null
    // One vendor reports within an object of its own, too, and that stays.
    const nested = isObject(value['x_groq']) ? value['x_groq']['usage'] : undefined
    const usage = own ?? (isObject(nested) ? nested : null)
    if (usage === null) return null
    // Some vendors report as they go: the last one counts, nothing is added up.
    facts.usage = readUsage(usage) ?? facts.usage
    if (own !== null || this.#usageChunk === null) this.#usageChunk = { ...value, usage }
    return own
  }

  /** @returns whether a choice was mended */
  #readChoices(choices: readonly MutableJson[]): boolean {
    let changed = false
    for (const choice of choices) {
      if (isObject(choice['error'])) throw failureInSuccess(choice)
      const state = this.#stateOf(choice['index'] ?? 0)
      const reading = { characters: 0, hasContent: false, changed: false }
      this.#readChoice(choice, state, reading)
      this.facts.outputCharacters += reading.characters
      if (reading.hasContent) this.started = true
      if (this.#readFinish(choice, state) || reading.changed) changed = true
    }
    return changed
  }

  /** Each choice finishes once, and for its tool calls where it made some. Returns whether that had to be mended. */
  #readFinish(choice: MutableJson, state: ChoiceState): boolean {
    const reason = choice['finish_reason']
    if (!isText(reason)) return false
    if (state.finished) {
      choice['finish_reason'] = null
      return true
    }
    state.finished = true
    const mended = reason === 'stop' && state.calls !== null
    if (mended) choice['finish_reason'] = 'tool_calls'
    this.facts.finishReason ??= mended ? 'tool_calls' : reason
    return mended
  }

  #stateOf(index: unknown): ChoiceState {
    let state = this.#choices.get(index)
    if (state === undefined) {
      state = { hasRole: false, finished: false, calls: null }
      this.#choices.set(index, state)
    }
    return state
  }

  /** The last event, of a stream that broke off or that forgot the blank line: not being JSON, it broke off. */
  #passUnterminated({ bytes, events }: EventBlock): Buffer {
    const event = events[0]
    if (event === undefined || event.data === null) return nothing
    try {
      const replacement = this.#readData(event, event.data, { bytes, ascii: isAscii(bytes) })
      return replacement ?? Buffer.from(`${bytes.toString('latin1').trimEnd()}\n\n`, 'latin1')
    } catch (thrown) {
      if (!isMalformedEvent(thrown)) throw thrown
      throw new GatewayError('upstream_truncated', { cause: thrown })
    }
  }

  /** Something was answered, and either the end marker came or every choice has its reason to end. */
  #isWhole(): boolean {
    if (this.#choices.size === 0) return false
    if (this.ended) return true
    for (const state of this.#choices.values()) if (!state.finished) return false
    return true
  }

  #usageBytes(): Buffer {
    const chunk = this.#usageChunk
    if (!this.#passUsage || chunk === null) return nothing
    if (Buffer.isBuffer(chunk)) return terminated(chunk)
    const { id, object, created, model, usage } = chunk
    return Buffer.from(`data: ${JSON.stringify({ id, object, created, model, choices: [], usage })}\n\n`)
  }
}

function rewrite(event: StreamEvent, text: string, edits: Readonly<Record<string, string | null>>): Buffer {
  const name = event.name === '' ? '' : `event: ${event.name}\n`
  const json = spliceTopLevel(Buffer.from(text), edits)
  // Data of several lines is put on one: line ends in JSON are only blanks.
  const line = json.includes('\n') ? Buffer.from(json.toString().replaceAll('\n', ' ')) : json
  return Buffer.concat([Buffer.from(`${name}data: `), line, Buffer.from('\n\n')])
}

/** The usage chunk may have been the last event, without its blank line. */
function terminated(event: Buffer): Buffer {
  return Buffer.from(`${event.toString('latin1').trim()}\n\n`, 'latin1')
}
