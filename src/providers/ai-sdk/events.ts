// A stream of the AI SDK as events of the neutral form.

import type { CompletionEvent } from '../../conversation/completion-event.ts'
import type { Citation } from '../../conversation/parts.ts'
import { GatewayError } from '../../errors.ts'
import { isText } from '../../lib/json-value.ts'
import { decodePart, decodeSourcePart, textOf } from './answer-part.ts'
import { ownOrigin, readSignature, type Signature, sealMetadata } from './metadata.ts'
import type { SdkPart } from './model.ts'
import { readFinish, readUsage } from './outcome.ts'

interface OpenPart {
  readonly part: number
  readonly kind: 'text' | 'reasoning' | 'tool_call'
  characters: number
  signature: Signature | null
}

/** A class because one is made for each stream and each of its parts passes through. */
export class SdkStreamReader {
  readonly #emit: (event: CompletionEvent) => void
  readonly #open = new Map<string, OpenPart>()
  readonly #citations: Citation[] = []
  #parts = 0
  #calls = 0
  #started = false
  #finished = false
  #id = ''
  #model = ''
  #created: number | null = null

  constructor(emit: (event: CompletionEvent) => void) {
    this.#emit = emit
  }

  /** @throws GatewayError for an answer that failed; what an `error` part holds is thrown as it is */
  push(part: SdkPart): void {
    const { type } = part
    if (this.#finished) return
    if (type === 'error') throw part['error']
    else if (type === 'response-metadata') this.#readMetadata(part)
    else if (type === 'finish') this.#finish(part)
    else if (type === 'tool-call') this.#readCall(part)
    else if (type === 'file') this.#whole(part)
    else if (type === 'source') this.#readSource(part)
    else if (type.endsWith('-start')) this.#begin(part)
    else if (type.endsWith('-delta')) this.#say(part)
    else if (type.endsWith('-end')) this.#endPiece(part)
  }

  /** @throws GatewayError `upstream_truncated` */
  end(): void {
    if (!this.#finished) throw new GatewayError('upstream_truncated')
  }

  #readMetadata({ id, modelId, timestamp }: SdkPart): void {
    if (isText(id)) this.#id = id
    if (isText(modelId)) this.#model = modelId
    if (timestamp instanceof Date) this.#created = Math.floor(timestamp.getTime() / 1000)
  }

  /** The first event waits for the metadata, which comes before all content. */
  #start(): void {
    if (this.#started) return
    this.#started = true
    const created = this.#created === null ? {} : { created: this.#created }
    this.#emit({ type: 'start', id: this.#id, model: this.#model, ...created })
  }

  #begin(part: SdkPart): void {
    const kind = kinds[part.type]
    if (kind === undefined || part['providerExecuted'] === true) return
    this.#start()
    const id = keyOf(part)
    // An id that is used again means that its first part has ended.
    this.#close(id)
    const opened: OpenPart = { part: this.#parts++, kind, characters: 0, signature: null }
    this.#open.set(id, opened)
    const place = { choice: 0, part: opened.part }
    if (kind === 'text') this.#emit({ type: 'part_start', ...place, opening: { type: 'text' } })
    else if (kind === 'reasoning') this.#beginThought(opened)
    else {
      this.#calls++
      const opening = { type: 'tool_call' as const, id: textOf(part['id']), name: textOf(part['toolName']) }
      this.#emit({ type: 'part_start', ...place, opening })
    }
    this.#sign(opened, part)
  }

  #beginThought({ part: number }: OpenPart): void {
    // Who has signed it is told at its end alone.
    this.#emit({
      type: 'part_start',
      choice: 0,
      part: number,
      opening: { type: 'reasoning', origin: ownOrigin },
    })
  }

  #say(part: SdkPart): void {
    const opened = this.#open.get(keyOf(part))
    if (opened === undefined) return
    const text = textOf(part['delta'])
    opened.characters += text.length
    if (text !== '') this.#emit({ type: 'part_delta', choice: 0, part: opened.part, text })
    this.#sign(opened, part)
  }

  #sign(opened: OpenPart, { providerMetadata }: SdkPart): void {
    const read = opened.kind === 'reasoning' ? sealMetadata : readSignature
    opened.signature = read(providerMetadata) ?? opened.signature
  }

  /** A call ends with the part that tells it whole: only there stands its signature. */
  #endPiece(part: SdkPart): void {
    const opened = this.#open.get(keyOf(part))
    if (opened === undefined) return
    this.#sign(opened, part)
    if (opened.kind !== 'tool_call') this.#close(keyOf(part))
  }

  #close(id: string): void {
    const opened = this.#open.get(id)
    if (opened === undefined) return
    this.#open.delete(id)
    const place = { choice: 0, part: opened.part }
    const signature = opened.signature?.signature
    if (opened.kind === 'text')
      for (const citation of this.#citations.splice(0))
        this.#emit({ type: 'part_detail', ...place, detail: { citation } })
    else if (signature !== undefined) this.#emit({ type: 'part_detail', ...place, detail: { signature } })
    this.#emit({ type: 'part_end', ...place })
  }

  #readCall(part: SdkPart): void {
    if (part['providerExecuted'] === true) return
    const call = decodePart(part)
    if (call?.type !== 'tool_call') return
    const id = `tool-input ${call.id}`
    if (!this.#open.has(id)) this.#begin({ type: 'tool-input-start', id: call.id, toolName: call.name })
    const opened = this.#open.get(id)
    if (opened === undefined) return
    if (opened.characters === 0) this.#say({ type: 'tool-input-delta', id: call.id, delta: call.arguments })
    this.#sign(opened, part)
    this.#close(id)
  }

  #whole(part: SdkPart): void {
    const value = decodePart(part)
    if (value === null) return
    this.#start()
    this.#emit({ type: 'part', choice: 0, part: this.#parts++, value })
  }

  #readSource(part: SdkPart): void {
    const citation = decodeSourcePart(part)
    if (citation !== null) this.#citations.push(citation)
  }

  #finish({ finishReason, usage }: SdkPart): void {
    this.#start()
    for (const id of this.#open.keys()) this.#close(id)
    if (this.#citations.length > 0) {
      // Of a text that had ended before its sources were told.
      this.#begin({ type: 'text-start', id: 'sources' })
      this.#close('text sources')
    }
    const seen = { hasContent: this.#parts > 0, hasCalls: this.#calls > 0 }
    this.#emit({ type: 'finish', choice: 0, finish: readFinish(finishReason, seen) })
    const counted = readUsage(usage)
    if (counted !== null) this.#emit({ type: 'usage', usage: counted })
    this.#finished = true
    this.#emit({ type: 'end' })
  }
}

const kinds: Readonly<Record<string, OpenPart['kind']>> = {
  'text-start': 'text',
  'reasoning-start': 'reasoning',
  'tool-input-start': 'tool_call',
}

/** Ids are unique among parts of a kind alone. */
function keyOf({ type, id }: SdkPart): string {
  return `${type.replace(/-(start|delta|end)$/, '')} ${String(id)}`
}
