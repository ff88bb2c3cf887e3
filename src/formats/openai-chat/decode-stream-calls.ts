// The tool calls of one choice of a stream. Their deltas may take turns: each call is open until it is known to be whole.

import type { CompletionEvent } from '../../conversation/completion-event.ts'
import { isObject, isText, type MutableJson } from '../../lib/json-value.ts'
import type { DecodeContext } from '../format.ts'
import { ToolCallIndexes } from '../openai-shared/tool-calls.ts'
import { ContradictoryAnswer } from '../shared/answer-body.ts'
import { argumentsText, callExtraOf, signatureOf } from './decode-tool-calls.ts'

interface StreamedCall {
  id: string | null
  name: string | null
  custom: boolean
  /** Null until its name is known. */
  part: number | null
  ended: boolean
  text: string
}

export interface CallsDecoderOptions {
  readonly choice: number
  readonly context: DecodeContext
  readonly emit: (event: CompletionEvent) => void
  readonly parts: PartCounter
}

export interface PartCounter {
  /** The number of the part that begins. */
  nextPart(): number
}

export class CallsDecoder {
  readonly #options: CallsDecoderOptions
  readonly #indexes = new ToolCallIndexes()
  readonly #calls = new Map<number, StreamedCall>()

  constructor(options: CallsDecoderOptions) {
    this.#options = options
  }

  get any(): boolean {
    return this.#calls.size > 0
  }

  read(calls: readonly unknown[]): void {
    for (const call of calls) if (isObject(call)) this.#readCall(this.#indexes.indexOf(call), call)
  }

  /** The single call of earlier versions. */
  readLegacy(called: MutableJson): void {
    this.#readCall(0, { function: called })
  }

  end(): void {
    for (const call of this.#calls.values()) {
      if (call.part === null) throw new ContradictoryAnswer('calls a tool without a name')
      this.#endCall(call)
    }
  }

  #readCall(index: number, delta: MutableJson): void {
    const { function: called, custom } = delta
    const said = isObject(custom) ? custom : isObject(called) ? called : {}
    let call = this.#calls.get(index)
    if (call === undefined) {
      call = { id: null, name: null, custom: isObject(custom), part: null, ended: false, text: '' }
      this.#calls.set(index, call)
    }
    if (isText(delta['id'])) call.id ??= delta['id']
    if (isText(said['name'])) call.name ??= said['name']
    const more = argumentsText(call.custom ? said['input'] : said['arguments'])
    if (call.part === null) {
      call.text += more
      if (call.name !== null) this.#begin(call, call.name, delta)
    } else if (more !== '' && !call.ended) {
      call.text += more
      this.#delta(call.part, more)
    }
    this.#sign(call, delta)
  }

  #begin(call: StreamedCall, name: string, delta: MutableJson): void {
    const { context, choice, emit, parts } = this.#options
    this.#endWholeCalls()
    const part = parts.nextPart()
    call.part = part
    const id = call.id ?? `call_${context.createId()}`
    const opening = { type: 'tool_call' as const, id, name, ...callExtraOf(delta) }
    emit({
      type: 'part_start',
      choice,
      part,
      opening: call.custom ? { ...opening, custom: true } : opening,
    })
    if (call.text !== '') this.#delta(part, call.text)
  }

  #delta(part: number, text: string): void {
    this.#options.emit({ type: 'part_delta', choice: this.#options.choice, part, text })
  }

  #sign(call: StreamedCall, delta: MutableJson): void {
    const { signature } = signatureOf(delta)
    const { part, ended } = call
    if (signature === undefined || part === null || ended) return
    const { choice, emit } = this.#options
    emit({ type: 'part_detail', choice, part, detail: { signature } })
  }

  /** Nothing can follow a whole JSON object: where the next call begins, such a call has ended. */
  #endWholeCalls(): void {
    for (const call of this.#calls.values())
      if (call.part !== null && !call.custom && isWholeObject(call.text)) this.#endCall(call)
  }

  #endCall(call: StreamedCall): void {
    if (call.part === null || call.ended) return
    call.ended = true
    const { choice, emit } = this.#options
    emit({ type: 'part_end', choice, part: call.part })
  }
}

function isWholeObject(text: string): boolean {
  if (!text.trimEnd().endsWith('}')) return false
  try {
    return isObject(JSON.parse(text))
  } catch {
    return false
  }
}
