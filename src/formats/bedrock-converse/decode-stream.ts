// The events of ConverseStream as neutral events. The blocks of an answer come one after the other; the count of
// tokens comes after the end of the message, and is the end of the stream.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html

import type { Finish } from '../../conversation/completion.ts'
import type { CompletionEvent, PartDetailEvent, PartOpening } from '../../conversation/completion-event.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, isText, type MutableJson } from '../../lib/json-value.ts'
import type { StreamDecoder, WireEvent } from '../format.ts'
import { parseObject } from '../shared/answer-body.ts'
import { decodeAnswerBlock, decodeCitation, isServerTool } from './decode-blocks.ts'
import { readExtra, serviceTierOf } from './decode-response.ts'
import { failureInStream } from './errors.ts'
import { readEncrypted, readSignature } from './foreign-thoughts.ts'
import { formatName } from './name.ts'
import { readFinish } from './stop-reasons.ts'
import { readUsage } from './usage.ts'

/** A block that has begun: a part whose pieces are passed on, or one that is collected until it is whole. */
interface OpenBlock {
  /** Its number as a part; -1 where nothing of it was passed on. */
  part: number
  readonly call: boolean
  /** Arguments of a call have come: without any, a call has none. */
  said: boolean
  /** The block as the full answer would have it, where it is of no kind that streams. */
  whole: MutableJson | null
  /** Base64 of encrypted thoughts. */
  redacted: string[]
}

/** A class because one is made for each stream and each of its events goes through it. */
export class ConverseStreamDecoder implements StreamDecoder {
  readonly #emit: (event: CompletionEvent) => void
  readonly #open = new Map<unknown, OpenBlock>()
  #started = false
  #nextPart = 0
  #calls = false
  #finish: Finish | null = null
  #metadata: MutableJson | null = null
  #ended = false

  constructor(emit: (event: CompletionEvent) => void) {
    this.#emit = emit
  }

  push(event: WireEvent): void {
    const failure = failureInStream(event)
    if (failure !== null) throw failure
    const body = parseObject(event.data)
    this.#start()
    switch (event.name) {
      case 'contentBlockDelta':
        this.#delta(body)
        break
      case 'contentBlockStart':
        this.#begin(body)
        break
      case 'contentBlockStop':
        this.#close(body['contentBlockIndex'])
        break
      case 'messageStop':
        this.#stop(body)
        break
      case 'metadata':
        this.#metadata = body
        if (this.#finish !== null) this.#end()
        break
      default:
        break
    }
  }

  finish(): void {
    if (this.#ended) return
    if (this.#finish === null) throw new GatewayError('upstream_truncated')
    this.#end()
  }

  #start(): void {
    if (this.#started) return
    this.#started = true
    this.#emit({ type: 'start', id: '', model: '' })
  }

  #begin({ contentBlockIndex, start }: MutableJson): void {
    if (!isObject(start)) return
    const { toolUse } = start
    if (isObject(toolUse) && !isServerTool(toolUse)) {
      const block = this.#openBlock(contentBlockIndex, true)
      const { toolUseId: id, name } = toolUse
      this.#calls = true
      this.#pass(block, { type: 'tool_call', id: isText(id) ? id : '', name: isText(name) ? name : '' })
      return
    }
    const [kind] = Object.keys(start)
    if (kind !== undefined) this.#openBlock(contentBlockIndex, false).whole = structuredClone(start)
  }

  #delta({ contentBlockIndex, delta }: MutableJson): void {
    if (!isObject(delta)) return
    const block = this.#open.get(contentBlockIndex) ?? this.#openBlock(contentBlockIndex, false)
    const { text, toolUse, reasoningContent, citation } = delta
    if (block.whole !== null) collect(block.whole, delta)
    else if (typeof text === 'string') this.#text(block, { type: 'text' }, text)
    else if (isObject(toolUse)) this.#arguments(block, toolUse['input'])
    else if (isObject(reasoningContent)) this.#reasoning(block, reasoningContent)
    else if (isObject(citation)) this.#detail(block, { type: 'text' }, { citation: decodeCitation(citation) })
    else block.whole = collect({}, delta)
  }

  #arguments(block: OpenBlock, input: unknown): void {
    if (!block.call || !isText(input)) return
    block.said = true
    this.#emit({ type: 'part_delta', choice: 0, part: block.part, text: input })
  }

  #reasoning(block: OpenBlock, { text, signature, redactedContent }: MutableJson): void {
    if (isText(text)) this.#text(block, thought, text)
    if (isText(redactedContent)) block.redacted.push(redactedContent)
    if (!isText(signature)) return
    const { origin, value } = readSignature(signature)
    this.#detail(block, { type: 'reasoning', origin }, { signature: value })
  }

  #text(block: OpenBlock, opening: PartOpening, text: string): void {
    if (text === '' || block.call) return
    this.#pass(block, opening)
    this.#emit({ type: 'part_delta', choice: 0, part: block.part, text })
  }

  #detail(block: OpenBlock, opening: PartOpening, detail: PartDetailEvent['detail']): void {
    if (block.call) return
    this.#pass(block, opening)
    this.#emit({ type: 'part_detail', choice: 0, part: block.part, detail })
  }

  #openBlock(index: unknown, call: boolean): OpenBlock {
    this.#close(index)
    const block: OpenBlock = { part: -1, call, said: false, whole: null, redacted: [] }
    this.#open.set(index, block)
    return block
  }

  /** Begins the part of a block with the first of its content: an empty block is no part. */
  #pass(block: OpenBlock, opening: PartOpening): void {
    if (block.part !== -1) return
    block.part = this.#nextPart++
    this.#emit({ type: 'part_start', choice: 0, part: block.part, opening })
  }

  #close(index: unknown): void {
    const block = this.#open.get(index)
    if (block === undefined) return
    this.#open.delete(index)
    if (block.redacted.length > 0) {
      const { origin, value } = readEncrypted(joinBase64(block.redacted))
      this.#detail(block, { type: 'reasoning', origin }, { encrypted: value })
    }
    if (block.call && !block.said) this.#emit({ type: 'part_delta', choice: 0, part: block.part, text: '{}' })
    if (block.part !== -1) this.#emit({ type: 'part_end', choice: 0, part: block.part })
    if (block.whole === null) return
    const value = decodeAnswerBlock(completeBlock(block.whole))
    this.#emit({ type: 'part', choice: 0, part: this.#nextPart++, value })
  }

  #stop({ stopReason, additionalModelResponseFields: fields }: MutableJson): void {
    if (this.#finish !== null) return
    for (const index of this.#open.keys()) this.#close(index)
    const content = this.#nextPart > 0
    this.#finish = readFinish({ stopReason, fields, calls: this.#calls, content })
    this.#emit({ type: 'finish', choice: 0, finish: this.#finish })
    if (this.#metadata !== null) this.#end()
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    const metadata = this.#metadata ?? {}
    const usage = readUsage(metadata['usage'])
    const serviceTier = serviceTierOf(metadata)
    const extra = readExtra(metadata)
    if (usage !== null) this.#emit({ type: 'usage', usage })
    this.#emit({
      type: 'end',
      ...(serviceTier !== null && { serviceTier }),
      ...(extra !== null && { extra }),
    })
  }
}

const thought: PartOpening = { type: 'reasoning', origin: formatName }

/** Adds a delta to a block that is collected: texts are joined, lists are joined, the rest is set. */
function collect(whole: MutableJson, delta: MutableJson): MutableJson {
  for (const [kind, piece] of Object.entries(delta)) {
    // What stands under this name is everybody's.
    if (kind === '__proto__') continue
    const known = whole[kind]
    if (Array.isArray(piece)) addContent(whole, kind, piece)
    else if (isObject(known) && isObject(piece)) addFields(known, piece)
    else whole[kind] = piece
  }
  return whole
}

/** The results of a tool of the provider come as a list of blocks. */
function addContent(whole: MutableJson, kind: string, piece: readonly unknown[]): void {
  const known = whole[kind]
  const holder = isObject(known) ? known : {}
  const before = Array.isArray(holder['content']) ? (holder['content'] as unknown[]) : []
  whole[kind] = { ...holder, content: [...before, ...piece] }
}

function addFields(known: MutableJson, piece: MutableJson): void {
  for (const [name, value] of Object.entries(piece)) {
    if (name === '__proto__') continue
    const before = known[name]
    known[name] = typeof before === 'string' && typeof value === 'string' ? before + value : value
  }
}

/** The input of a call comes as text and stands as a value. */
function completeBlock(whole: MutableJson): MutableJson {
  const { toolUse } = whole
  if (!isObject(toolUse) || typeof toolUse['input'] !== 'string') return whole
  try {
    return { ...whole, toolUse: { ...toolUse, input: JSON.parse(toolUse['input']) as unknown } }
  } catch {
    return whole
  }
}

/** Pieces of base64 that were each encoded by themselves cannot be joined as text. */
function joinBase64(pieces: readonly string[]): string {
  const [first = '', ...more] = pieces
  if (more.length === 0) return first
  return Buffer.concat(pieces.map(piece => Buffer.from(piece, 'base64'))).toString('base64')
}
