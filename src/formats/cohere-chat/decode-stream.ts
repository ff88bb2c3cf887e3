// From the stream of Cohere's chat to neutral events. https://docs.cohere.com/docs/streaming

import type { Finish } from '../../conversation/completion.ts'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, isText, type JsonObject, type MutableJson } from '../../lib/json-value.ts'
import { failureInAnswer } from '../cohere-shared/errors.ts'
import type { DecodeContext, StreamDecoder, WireEvent } from '../format.ts'
import { parseObject } from '../shared/answer-body.ts'
import { putAside } from '../shared/aside.ts'
import { decodeCitation } from './citations.ts'
import { argumentsOf } from './decode-response.ts'
import { decodeFinish } from './finish.ts'
import { decodeLogprobs } from './logprobs.ts'
import { formatName } from './name.ts'
import { decodeUsage } from './usage.ts'

const endMarker = '[DONE]'
const nothing: JsonObject = {}

/** What is open besides tool calls: a block of content, or the plan. */
interface OpenBlock {
  readonly type: 'text' | 'reasoning'
  readonly part: number
  /** Index of the block in the content; null for the plan. */
  readonly index: number | null
  /** So far: citations count in it. */
  text: string
}

interface OpenCall {
  readonly part: number
  /** Held back while it may still become the word `null`, which stands for no arguments. */
  held: string
  passing: boolean
}

/** A class because one is made for each stream and each of its events passes through. */
export class CohereStreamDecoder implements StreamDecoder {
  readonly #createId: () => string
  readonly #emit: (event: CompletionEvent) => void
  #started = false
  #complete = false
  #ended = false
  #parts = 0
  #calls = 0
  #block: OpenBlock | null = null
  readonly #openCalls = new Map<unknown, OpenCall>()
  /** Citations of blocks that had ended when they came. */
  readonly #lateCitations: JsonObject[] = []
  #billed: JsonObject | null = null

  constructor({ createId }: DecodeContext, emit: (event: CompletionEvent) => void) {
    this.#createId = createId
    this.#emit = emit
  }

  push({ name, data }: WireEvent): void {
    if (this.#ended) return
    if (data === endMarker) {
      if (this.#complete) this.#end()
      return
    }
    if (this.#complete) return
    const event = parseObject(data)
    const type = isText(event['type']) ? event['type'] : name
    const delta = isObject(event['delta']) ? event['delta'] : nothing
    const message = isObject(delta['message']) ? delta['message'] : nothing
    if (type === '' || type === 'error') throw failureInAnswer(event)
    if (!this.#started) this.#start(event)
    this.#read(type, event, message)
    if (type === 'message-end') this.#finish(event, delta)
  }

  finish(): void {
    if (this.#ended) return
    if (!this.#complete) throw new GatewayError('upstream_truncated')
    this.#end()
  }

  #start({ id }: MutableJson): void {
    this.#started = true
    this.#emit({ type: 'start', id: isText(id) ? id : '', model: '' })
  }

  #read(type: string, event: MutableJson, message: JsonObject): void {
    switch (type) {
      case 'content-start':
      case 'content-delta':
        this.#readContent(event, message['content'], type === 'content-start')
        break
      case 'tool-plan-delta':
        if (isText(message['tool_plan'])) this.#readPlan(message['tool_plan'])
        break
      case 'tool-call-start':
        this.#startCall(event['index'], message['tool_calls'])
        break
      case 'tool-call-delta':
        this.#continueCall(event['index'], message['tool_calls'])
        break
      case 'tool-call-end':
        this.#endCall(event['index'])
        break
      case 'citation-start':
        this.#readCitations(message['citations'])
        break
      default:
        break
    }
  }

  /** Where a block ends is not told before the next begins: its citations may come after its end. */
  #readContent({ index, logprobs }: MutableJson, content: unknown, starts: boolean): void {
    const said = isObject(content) ? content : nothing
    const { text, thinking, type } = said
    const place = typeof index === 'number' ? index : 0
    const kind = isText(thinking) || type === 'thinking' ? 'reasoning' : 'text'
    const isOther = this.#block === null || this.#block.index !== place
    if (starts || isOther) this.#openBlock(kind, place)
    else if (isText(thinking) !== (this.#block?.type === 'reasoning') && (isText(thinking) || isText(text)))
      this.#openBlock(kind, place)
    if (isText(text)) this.#say(text)
    else if (isText(thinking)) this.#say(thinking)
    const probabilities = decodeLogprobs(logprobs)
    if (probabilities !== undefined) this.#emit({ type: 'logprobs', choice: 0, logprobs: probabilities })
  }

  #readPlan(plan: string): void {
    if (this.#block?.index !== null || this.#block === null) this.#openBlock('text', null)
    this.#say(plan)
  }

  #openBlock(type: OpenBlock['type'], index: number | null): void {
    this.#closeBlock()
    const part = this.#parts++
    this.#block = { type, part, index, text: '' }
    const opening = type === 'text' ? ({ type } as const) : ({ type, origin: formatName } as const)
    this.#emit({ type: 'part_start', choice: 0, part, opening })
  }

  #say(text: string): void {
    const block = this.#block
    if (block === null) return
    block.text += text
    this.#emit({ type: 'part_delta', choice: 0, part: block.part, text })
  }

  #closeBlock(): void {
    if (this.#block === null) return
    this.#emit({ type: 'part_end', choice: 0, part: this.#block.part })
    this.#block = null
  }

  #startCall(index: unknown, value: unknown): void {
    this.#closeBlock()
    this.#endCall(index)
    const call = singleOf(value)
    const called = isObject(call['function']) ? call['function'] : nothing
    const part = this.#parts++
    this.#calls++
    this.#openCalls.set(index, { part, held: '', passing: false })
    this.#emit({
      type: 'part_start',
      choice: 0,
      part,
      opening: {
        type: 'tool_call',
        id: isText(call['id']) ? call['id'] : `call_${this.#createId()}`,
        name: isText(called['name']) ? called['name'] : '',
      },
    })
    this.#passArguments(index, called['arguments'])
  }

  #continueCall(index: unknown, value: unknown): void {
    const called = singleOf(value)['function']
    if (!this.#openCalls.has(index)) this.#startCall(index, value)
    else if (isObject(called)) this.#passArguments(index, called['arguments'])
  }

  #passArguments(index: unknown, text: unknown): void {
    const call = this.#openCalls.get(index)
    if (call === undefined || !isText(text)) return
    if (!call.passing) {
      call.held += text
      if ('null'.startsWith(call.held.trim())) return
      call.passing = true
      this.#emit({ type: 'part_delta', choice: 0, part: call.part, text: call.held })
      return
    }
    this.#emit({ type: 'part_delta', choice: 0, part: call.part, text })
  }

  #endCall(index: unknown): void {
    const call = this.#openCalls.get(index)
    if (call === undefined) return
    this.#openCalls.delete(index)
    if (!call.passing)
      this.#emit({ type: 'part_delta', choice: 0, part: call.part, text: argumentsOf(call.held.trim()) })
    this.#emit({ type: 'part_end', choice: 0, part: call.part })
  }

  /** One, or several in older versions. */
  #readCitations(value: unknown): void {
    for (const citation of Array.isArray(value) ? value.filter(isObject) : isObject(value) ? [value] : []) {
      const block = this.#block
      const index = citation['content_index']
      const isHere = typeof index !== 'number' || block?.index === null || block?.index === index
      if (block === null || block.type !== 'text' || !isHere) {
        this.#lateCitations.push(citation)
        continue
      }
      const detail = { citation: decodeCitation(citation, block.text) }
      this.#emit({ type: 'part_detail', choice: 0, part: block.part, detail })
    }
  }

  #finish(event: MutableJson, delta: JsonObject): void {
    const { finish_reason: native, usage } = delta
    const said = { anything: this.#parts > 0, toolCalls: this.#calls > 0 }
    const finish: Finish = decodeFinish(native, said, delta['error'] ?? event['error'])
    this.#closeBlock()
    for (const index of this.#openCalls.keys()) this.#endCall(index)
    this.#emit({ type: 'finish', choice: 0, finish })
    const counted = decodeUsage(usage)
    if (counted !== null) this.#emit({ type: 'usage', usage: counted })
    if (isObject(usage) && isObject(usage['billed_units'])) this.#billed = usage['billed_units']
    this.#complete = true
  }

  #end(): void {
    this.#ended = true
    const own = {
      ...(this.#billed === null ? {} : { billed_units: this.#billed }),
      ...(this.#lateCitations.length === 0 ? {} : { citations: this.#lateCitations }),
    }
    this.#emit({ type: 'end', ...putAside(formatName, own) })
  }
}

/** In a stream the calls of a message are a single object. */
function singleOf(value: unknown): JsonObject {
  const call: unknown = Array.isArray(value) ? value[0] : value
  return isObject(call) ? call : nothing
}
