// Recorded answers of Amazon Bedrock: what a native client reads of them is what comes out, whole and streamed, in any
// chunking, for clients of the same format and for those of others.

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { StreamTap } from '../../call.ts'
import type { Completion } from '../../conversation/completion.ts'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import { foldEvents } from '../../conversation/fold-events.ts'
import { encodeAwsEvent } from '../../lib/aws-event-stream.ts'
import { isObject, type MutableJson } from '../../lib/json-value.ts'
import { awsEventStream } from '../framing/aws-event-stream.ts'
import { cut } from '../normal-form.fixture.ts'
import { EventReader } from '../streams/event-reader.ts'
import { decodeRequest } from './decode-request.ts'
import { ConverseStreamDecoder } from './decode-stream.ts'
import { encodeRequest } from './encode-request.ts'
import { bedrockConverse } from './index.ts'
import pinnedRequestsJson from './recorded-requests.pinned.json' with { type: 'json' }
import pinnedJson from './recordings.pinned.json' with { type: 'json' }
import { checkRequest } from './request.ts'

const shared = process.env['LLM_PROXY_SHARED']
const skipped = shared === undefined || !existsSync(`${shared}/fixtures/MANIFEST.tsv`)
const api = bedrockConverse.chat
if (api === undefined) throw new Error('the format has no conversations')

/** Recordings that come out otherwise than the native client read them, each with its reason. */
const pinned: Readonly<Record<string, { expected: Partial<Normal>; reason: string }>> = pinnedJson

interface Normal {
  readonly text: string
  readonly reasoning: string
  readonly calls: readonly { id: string; name: string; input: unknown }[]
  readonly finish: string
  readonly usage: unknown
}

interface Expected {
  readonly file: string
  readonly provider: string
  readonly api: string
  readonly expected: {
    readonly text: string
    readonly reasoning: string
    readonly tool_calls: readonly { id: string; name: string; input: string }[]
    readonly finish_reason: { readonly unified: string }
    readonly usage: {
      readonly inputTokens: { noCache?: number; cacheRead?: number; cacheWrite?: number }
      readonly outputTokens: { total?: number }
    }
  }
}

const all: readonly Expected[] = skipped
  ? []
  : (JSON.parse(readFileSync(`${shared}/cases/normal_forms.json`, 'utf8')) as Expected[]).filter(
      row => row.provider === 'bedrock' && row.api === 'converse',
    )
const whole = all.filter(({ file }) => file.endsWith('.json'))
const streamed = all.filter(({ file }) => !file.endsWith('.json'))

function read(file: string): Buffer {
  return readFileSync(`${shared}/fixtures/${file}`)
}

/** The bytes as the provider sent them: the recorders took the framing off some. */
function readStream(file: string): Buffer {
  const bytes = read(file)
  if (file.endsWith('.bin')) return bytes
  const frames = bytes
    .toString()
    .split('\n')
    .filter(line => line.trim() !== '')
    .flatMap(line => Object.entries(JSON.parse(line) as MutableJson))
    .map(([name, body]) => encodeAwsEvent({ name, data: JSON.stringify(body) }))
  return Buffer.concat(frames)
}

function nativeForm({ expected }: Expected): Normal {
  const { inputTokens, outputTokens } = expected.usage
  return {
    text: expected.text,
    reasoning: expected.reasoning,
    calls: expected.tool_calls.map(call => ({ ...call, input: JSON.parse(call.input || '{}') as unknown })),
    finish: expected.finish_reason.unified.replaceAll('-', '_'),
    usage: {
      uncached: inputTokens.noCache ?? 0,
      read: inputTokens.cacheRead ?? 0,
      written: inputTokens.cacheWrite ?? 0,
      output: outputTokens.total ?? 0,
    },
  }
}

function normalForm({ choices, usage }: Completion): Normal {
  const [{ parts, finish } = { parts: [], finish: { reason: 'stop' } }] = choices
  return {
    text: parts.map(part => (part.type === 'text' ? part.text : '')).join(''),
    reasoning: parts.map(part => (part.type === 'reasoning' ? part.text : '')).join(''),
    calls: parts.flatMap(part =>
      part.type === 'tool_call'
        ? [{ id: part.id, name: part.name, input: JSON.parse(part.arguments) as unknown }]
        : [],
    ),
    finish: finish.reason,
    usage: {
      uncached: usage?.inputUncached ?? 0,
      read: usage?.cacheRead ?? 0,
      written: (usage?.cacheWrite5m ?? 0) + (usage?.cacheWrite1h ?? 0),
      output: (usage?.outputText ?? 0) + (usage?.outputReasoning ?? 0),
    },
  }
}

function expectedOf(row: Expected): Normal {
  return { ...nativeForm(row), ...pinned[row.file]?.expected } as Normal
}

function cutByFrame(bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at))
    chunks.push(bytes.subarray(at, at + bytes.readUInt32BE(at)))
  return chunks
}

function decode(chunks: readonly Buffer[]): CompletionEvent[] {
  const events: CompletionEvent[] = []
  const decoder = new ConverseStreamDecoder(event => void events.push(event))
  const reader = new EventReader(awsEventStream, event => {
    decoder.push(event)
    return true
  })
  for (const chunk of chunks) {
    const block = reader.split(chunk)
    if (block !== null) reader.read(block)
  }
  decoder.finish()
  return events
}

function pass(tap: StreamTap, chunks: readonly Buffer[]): Buffer {
  const out = chunks.map(chunk => tap.push(chunk) ?? Buffer.alloc(0))
  return Buffer.concat([...out, tap.finish()])
}

const context = {
  asked: { model: 'm', streaming: true, messages: [], tools: [], sampling: {} },
  id: 'x',
  created: 0,
  inputTokens: 1,
  createId: () => 'x',
}

describe.skipIf(skipped)('recorded answers (LLM_PROXY_SHARED is not set: skipped)', () => {
  test.each(whole)('$file', row => {
    const completion = api.decodeResponse(JSON.parse(read(row.file).toString()), context)
    expect(normalForm(completion)).toEqual(expectedOf(row))
    const again = api.decodeResponse(api.encodeResponse(completion, context), context)
    expect(again).toEqual({ ...completion, ...(again.extra && { extra: again.extra }) })
  })

  test.each(streamed)('$file', row => {
    const bytes = readStream(row.file)
    const events = decode([bytes])
    const completion = foldEvents(events)
    expect(normalForm(completion)).toEqual(expectedOf(row))
    for (const chunks of [cutByFrame(bytes), cut(bytes, 13), cut(bytes, 1)]) {
      expect(decode(chunks)).toEqual(events)
      const tap = bedrockConverse.openTap({ passUsage: true })
      expect(pass(tap, chunks).equals(bytes)).toBe(true)
      expect(tap.facts).toMatchObject({
        usage: completion.usage,
        finishReason: completion.choices[0]?.finish.reason,
      })
    }
    const written: Buffer[] = []
    const encoder = api.openEncoder(context, event => void written.push(encodeAwsEvent(event)))
    for (const event of events) encoder.push(event)
    const again = foldEvents(decode(written))
    expect(again.choices).toEqual(completion.choices)
  })

  test('all of them are here', () => {
    expect([whole.length, streamed.length]).toEqual([79, 27])
    expect(Object.keys(pinned).filter(file => !all.some(row => row.file === file))).toEqual([])
  })
})

describe.skipIf(skipped)('recorded requests (LLM_PROXY_SHARED is not set: skipped)', () => {
  const rows = skipped
    ? []
    : readFileSync(`${shared}/fixtures/MANIFEST.tsv`, 'utf8')
        .split('\n')
        .map(line => line.split('\t'))
        .filter(
          ([provider, kind, request]) => provider === 'bedrock' && kind === 'converse' && request !== '-',
        )
        .map(([, , file = '', , , url = '']) => ({ file, url }))

  test.each(rows)('$file means the same after its way through the neutral form', ({ file, url }) => {
    const [, encoded = '', stream] = /\/model\/([^/]+)\/converse(-stream)?$/.exec(url) ?? []
    const model = decodeURIComponent(encoded)
    const address = { model, streaming: stream !== undefined }
    const body = JSON.parse(read(file).toString()) as MutableJson
    checkRequest(body, address)
    const target = { model, maxOutputTokens: null, streamUsage: 'reject', quirks: {} } as const
    const { body: again } = encodeRequest(decodeRequest(body, address), target)
    const expected = { ...body, messages: joinTurns(body['messages']), ...pinnedRequests[file]?.expected }
    expect(comparable(again)).toEqual(comparable(expected))
  })
})

/** Requests that come out otherwise than they went in, each with its reason. */
const pinnedRequests: Readonly<Record<string, { expected: MutableJson; reason: string }>> = pinnedRequestsJson

/** Messages of one role in a row are one turn. */
function joinTurns(messages: unknown): unknown {
  const turns: { role: unknown; content: unknown[] }[] = []
  for (const { role, content } of messages as { role: unknown; content: unknown[] }[]) {
    const last = turns.at(-1)
    if (last?.role === role) last?.content.push(...content)
    else turns.push({ role, content: [...content] })
  }
  return turns
}

/** Without what says nothing: empty objects and lists, the status of success, and the id that recorders put in. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable)
  if (!isObject(value)) return value
  const entries = Object.entries(value)
    .filter(([name, inner]) => !(name === 'status' && inner === 'success'))
    .filter(([name, inner]) => !(saysNothing(inner) && droppable.has(name)))
    .map(([name, inner]) => [name, name === 'schema' ? JSON.parse(String(inner)) : comparable(inner)])
  return Object.fromEntries(entries)
}

const droppable = new Set(['system', 'inferenceConfig', 'additionalModelRequestFields'])

function saysNothing(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
