// What a client reads of an answer, in the shape of the recorded cases: for the tests of formats against recordings.

import { readFileSync } from 'node:fs'
import type { Usage } from '../call.ts'
import type { Completion } from '../conversation/completion.ts'
import type { CompletionEvent } from '../conversation/completion-event.ts'
import { foldEvents } from '../conversation/fold-events.ts'
import type { Format } from './format.ts'
import { EventReader } from './streams/event-reader.ts'

export interface NormalForm {
  readonly text: string
  readonly reasoning: string
  readonly tool_calls: readonly { readonly id?: string; readonly name: string; readonly input: string }[]
  readonly finish: string
  readonly usage: { readonly input: number; readonly output: number; readonly cacheRead: number }
}

/** A row of `normal_forms.json`. */
export interface NormalFormCase {
  readonly file: string
  readonly provider: string
  readonly api: string
  readonly expected: {
    readonly text: string
    readonly reasoning: string
    readonly tool_calls: NormalForm['tool_calls']
    readonly finish_reason: { readonly unified: string }
    readonly usage: {
      readonly inputTokens: { readonly total?: number; readonly cacheRead?: number }
      readonly outputTokens: { readonly total?: number }
    }
  }
}

export function normalFormOf(completion: Completion): NormalForm {
  const parts = completion.choices[0]?.parts ?? []
  const textOf = (type: 'text' | 'reasoning') =>
    parts.map(part => (part.type === type ? (part as { text: string }).text : '')).join('')
  return {
    text: textOf('text'),
    reasoning: textOf('reasoning'),
    tool_calls: parts.flatMap(part =>
      part.type === 'tool_call' ? [{ id: part.id, name: part.name, input: compact(part.arguments) }] : [],
    ),
    finish: completion.choices[0]?.finish.reason ?? '',
    usage: normalUsage(completion.usage),
  }
}

export function expectedForm({ expected }: NormalFormCase): NormalForm {
  const { inputTokens, outputTokens } = expected.usage
  return {
    text: expected.text,
    reasoning: expected.reasoning,
    tool_calls: expected.tool_calls.map(call => ({ ...call, input: compact(call.input) })),
    finish: expected.finish_reason.unified.replace('-', '_'),
    usage: {
      input: inputTokens.total ?? 0,
      output: outputTokens.total ?? 0,
      cacheRead: inputTokens.cacheRead ?? 0,
    },
  }
}

function normalUsage(usage: Usage | null): NormalForm['usage'] {
  if (usage === null) return { input: 0, output: 0, cacheRead: 0 }
  const { inputUncached, cacheRead, cacheWrite5m, cacheWrite1h, audioInput } = usage
  return {
    input: inputUncached + cacheRead + cacheWrite5m + cacheWrite1h + audioInput,
    output: usage.outputText + usage.outputReasoning + usage.audioOutput,
    cacheRead,
  }
}

/** White space between the tokens of JSON means nothing. */
function compact(json: string): string {
  return JSON.stringify(JSON.parse(json))
}

/** All that a stream of the format says, in the given pieces. */
function decodeChunks(format: Format, chunks: readonly Buffer[]): readonly CompletionEvent[] {
  const events: CompletionEvent[] = []
  let ids = 0
  const decoder = format.chat?.openDecoder({ createId: () => `id${ids++}` }, event => events.push(event))
  if (decoder === undefined) throw new Error(`${format.name} has no conversations`)
  const reader = new EventReader(format.framing, event => {
    decoder.push(event)
    return true
  })
  for (const chunk of chunks) {
    const block = reader.split(chunk)
    if (block !== null) reader.read(block)
  }
  const rest = reader.rest()
  if (rest !== null) reader.read(rest)
  decoder.finish()
  return events
}

export function foldChunks(format: Format, chunks: readonly Buffer[]): Completion {
  return foldEvents(decodeChunks(format, chunks))
}

/** The four ways in which a stream may be cut: whole, by event, in 13 bytes, in single bytes. */
export function chunkings(bytes: Buffer): readonly (readonly Buffer[])[] {
  return [[bytes], cutByEvent(bytes), cut(bytes, 13), cut(bytes, 1)]
}

/** In pieces of a size. */
export function cut(bytes: Buffer, size: number): readonly Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
  return chunks
}

export function cutByEvent(bytes: Buffer): readonly Buffer[] {
  return bytes
    .toString('latin1')
    .split(/(?<=\n\n|\r\n\r\n)/)
    .map(event => Buffer.from(event, 'latin1'))
}

/** A recorded stream as it came from the wire: some recorders took the frames off. */
export function readRecordedStream(path: string): Buffer {
  const bytes = readFileSync(path)
  if (!path.endsWith('.chunks.jsonl')) return bytes
  const events = bytes
    .toString()
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => `event: ${(JSON.parse(line) as { type: string }).type}\ndata: ${line}\n\n`)
  return Buffer.from(events.join(''))
}
