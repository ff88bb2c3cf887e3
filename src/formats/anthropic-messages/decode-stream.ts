// A streamed message in the neutral form. https://platform.claude.com/docs/en/build-with-claude/streaming

import type { CompletionEvent, PartOpening } from '../../conversation/completion-event.ts'
import { parseToolArguments, writeToolArguments } from '../../conversation/tool-arguments.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, isText, type JsonObject, type MutableJson } from '../../lib/json-value.ts'
import type { StreamDecoder, WireEvent } from '../format.ts'
import { ContradictoryAnswer } from '../shared/answer-body.ts'
import { putAside } from '../shared/aside.ts'
import { decodeCitation } from './citations.ts'
import { callFields, decodeAnswerBlock, messageExtra, readTier } from './decode-response.ts'
import { failureInSuccess } from './errors.ts'
import { decodeFinish } from './stop-reasons.ts'
import { mergeUsage, readUsage } from './usage.ts'
import { asideFields, formatName, textIn } from './wire.ts'

/** A block that has begun and not ended. */
interface OpenBlock {
  readonly kind: 'text' | 'reasoning' | 'call' | 'opaque'
  /** Its number among the parts; opaque ones get theirs when they are whole. */
  readonly part: number
  readonly value: JsonObject
  /** Whether arguments of a call have come in pieces. */
  pieces: boolean
  /** What came in pieces of an opaque block. */
  input: string
  fields: MutableJson
}

/** A class because each event of a stream goes through it. */
export class MessageStreamDecoder implements StreamDecoder {
  readonly #emit: (event: CompletionEvent) => void
  readonly #open = new Map<unknown, OpenBlock>()
  #started = false
  #id = ''
  #ended = false
  #parts = 0
  #calls = false
  #usage: JsonObject = {}
  #stop: JsonObject = {}
  #extra: JsonObject = {}

  constructor(emit: (event: CompletionEvent) => void) {
    this.#emit = emit
  }

  push({ name, data }: WireEvent): void {
    if (this.#ended) return
    const event = parseEvent(data)
    if (event === null) return
    const type = isText(event['type']) ? event['type'] : name
    switch (type) {
      case 'content_block_delta':
        this.#readDelta(event)
        break
      case 'content_block_start':
        this.#startBlock(event)
        break
      case 'content_block_stop':
        this.#endBlock(event['index'])
        break
      case 'message_start':
        this.#start(event['message'])
        break
      case 'message_delta':
        this.#readEnding(event)
        break
      case 'message_stop':
        this.#end()
        break
      case 'error':
        throw failureInSuccess(event)
      default:
        // `ping`, and what is new to us.
        if (isObject(event['error'])) throw failureInSuccess(event)
    }
  }

  finish(): void {
    if (!this.#ended) throw new GatewayError('upstream_truncated')
  }

  /** Some servers leave the beginning out. */
  #startUnlessStarted(): void {
    if (!this.#started) this.#start(null)
  }

  /** The first start counts: some send it again. That of another message is a fault. */
  #start(value: unknown): void {
    const message = isObject(value) ? value : {}
    const id = textIn(message, 'id')
    if (this.#started) {
      if (id === '' || id === this.#id) return
      throw new ContradictoryAnswer('holds the beginning of another one')
    }
    this.#started = true
    this.#id = id
    this.#emit({
      type: 'start',
      id,
      model: textIn(message, 'model'),
      ...messageExtra(message),
    })
    this.#count(message['usage'])
    // A message that goes on after a pause may begin with what it had already said.
    const { content } = message
    if (!Array.isArray(content)) return
    for (const part of content.filter(isObject).flatMap(decodeAnswerBlock)) {
      if (part.type === 'tool_call') this.#calls = true
      this.#emit({ type: 'part', choice: 0, part: this.#parts++, value: part })
    }
  }

  #count(usage: unknown): void {
    this.#usage = mergeUsage(this.#usage, usage)
    const read = readUsage(this.#usage)
    if (read !== null) this.#emit({ type: 'usage', usage: read })
  }

  #startBlock({ index, content_block: block }: JsonObject): void {
    this.#startUnlessStarted()
    this.#endBlock(index)
    const value = isObject(block) ? block : {}
    switch (value['type']) {
      case 'text':
        this.#openPart(index, { kind: 'text', value, opening: { type: 'text' } })
        this.#write(index, value['text'])
        if (Array.isArray(value['citations']))
          for (const cited of value['citations']) this.#cite(index, cited)
        break
      case 'thinking':
        this.#openReasoning(index, value)
        this.#write(index, value['thinking'])
        if (isText(value['signature'])) this.#sign(index, value['signature'])
        break
      case 'redacted_thinking':
        for (const part of decodeAnswerBlock(value))
          this.#emit({ type: 'part', choice: 0, part: this.#parts++, value: part })
        break
      case 'tool_use':
        this.#openCall(index, value)
        break
      default:
        this.#open.set(index, { kind: 'opaque', part: -1, value, pieces: false, input: '', fields: {} })
    }
  }

  #openReasoning(index: unknown, value: JsonObject): void {
    this.#openPart(index, { kind: 'reasoning', value, opening: { type: 'reasoning', origin: formatName } })
  }

  #openCall(index: unknown, value: JsonObject): void {
    this.#calls = true
    this.#openPart(index, {
      kind: 'call',
      value,
      opening: {
        type: 'tool_call',
        id: textIn(value, 'id'),
        name: textIn(value, 'name'),
        ...asideFields(value, callFields),
      },
    })
  }

  #openPart(
    index: unknown,
    { opening, ...block }: Pick<OpenBlock, 'kind' | 'value'> & { opening: PartOpening },
  ): void {
    const part = this.#parts++
    this.#open.set(index, { ...block, part, pieces: false, input: '', fields: {} })
    this.#emit({ type: 'part_start', choice: 0, part, opening })
  }

  #readDelta({ index, delta }: JsonObject): void {
    if (!isObject(delta)) return
    switch (delta['type']) {
      case 'text_delta':
        if (!this.#open.has(index)) this.#startBlock({ index, content_block: { type: 'text' } })
        this.#write(index, delta['text'])
        break
      case 'thinking_delta':
        if (!this.#open.has(index)) this.#startBlock({ index, content_block: { type: 'thinking' } })
        this.#write(index, delta['thinking'])
        break
      case 'input_json_delta':
        this.#addInput(index, delta['partial_json'])
        break
      case 'signature_delta':
        if (isText(delta['signature'])) this.#sign(index, delta['signature'])
        break
      case 'citations_delta':
        this.#cite(index, delta['citation'])
        break
      default:
        this.#addFields(index, delta)
    }
  }

  #write(index: unknown, text: unknown): void {
    const block = this.#open.get(index)
    if (block === undefined || block.kind === 'opaque' || !isText(text)) return
    this.#emit({ type: 'part_delta', choice: 0, part: block.part, text })
  }

  #addInput(index: unknown, text: unknown): void {
    const block = this.#open.get(index)
    if (block === undefined) throw new ContradictoryAnswer('has arguments of a tool that was not called')
    if (!isText(text)) return
    if (block.kind === 'opaque') {
      block.input += text
      return
    }
    block.pieces = true
    this.#write(index, text)
  }

  #sign(index: unknown, signature: string): void {
    const block = this.#open.get(index)
    if (block?.kind !== 'reasoning') return
    this.#emit({ type: 'part_detail', choice: 0, part: block.part, detail: { signature } })
  }

  #cite(index: unknown, citation: unknown): void {
    const block = this.#open.get(index)
    if (block?.kind !== 'text' || !isObject(citation)) return
    this.#emit({
      type: 'part_detail',
      choice: 0,
      part: block.part,
      detail: { citation: decodeCitation(citation) },
    })
  }

  /** Of a compaction: its content, in one piece. */
  #addFields(index: unknown, { type: _type, ...fields }: JsonObject): void {
    const block = this.#open.get(index)
    if (block?.kind === 'opaque') Object.assign(block.fields, fields)
  }

  #endBlock(index: unknown): void {
    const block = this.#open.get(index)
    if (block === undefined) return
    // Arguments that came with the beginning; `{}` there stands for those that come in pieces.
    if (block.kind === 'call' && !block.pieces) this.#write(index, writeToolArguments(block.value['input']))
    this.#open.delete(index)
    if (block.kind === 'opaque') {
      const input = block.input === '' ? {} : { input: parseToolArguments(block.input) }
      const value = { ...block.value, ...block.fields, ...input }
      const part = this.#parts++
      this.#emit({ type: 'part', choice: 0, part, value: { type: 'opaque', format: formatName, value } })
    } else this.#emit({ type: 'part_end', choice: 0, part: block.part })
  }

  #readEnding({ delta, usage, ...event }: JsonObject): void {
    this.#startUnlessStarted()
    const ending = isObject(delta) ? delta : {}
    this.#stop = mergeUsage(this.#stop, ending)
    this.#extra = { ...this.#extra, ...messageExtra({ ...event, ...ending }).extra?.[formatName] }
    this.#count(usage)
  }

  #end(): void {
    this.#startUnlessStarted()
    for (const index of this.#open.keys()) this.#endBlock(index)
    const finish = decodeFinish(this.#stop, { calls: this.#calls, content: this.#parts > 0 })
    this.#ended = true
    this.#emit({ type: 'finish', choice: 0, finish })
    this.#emit({
      type: 'end',
      ...readTier(this.#usage),
      ...putAside(formatName, this.#extra),
    })
  }
}

/** Null for the end marker of another format, which some servers add. */
function parseEvent(data: string): MutableJson | null {
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch (cause) {
    if (data.trim() === '[DONE]' || data.trim() === '') return null
    throw new GatewayError('upstream_malformed', {
      message: 'An event of the stream is not JSON.',
      cause,
    })
  }
  if (!isObject(value))
    throw new GatewayError('upstream_malformed', { message: 'An event of the stream is not an object.' })
  return value
}
