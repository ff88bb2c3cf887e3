import { expect, test } from 'vitest'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import { GatewayError } from '../../errors.ts'
import type { WireEvent } from '../format.ts'
import { encodeContext, writeStream } from './gemini.fixture.ts'
import { gemini } from './index.ts'
import { geminiJsonArray } from './json-array.ts'

const start: CompletionEvent = { type: 'start', id: 'a', model: 'm' }
const open = (part: number, opening: object): CompletionEvent =>
  ({ type: 'part_start', choice: 0, part, opening }) as CompletionEvent
const delta = (part: number, text: string): CompletionEvent => ({ type: 'part_delta', choice: 0, part, text })
const close = (part: number): CompletionEvent => ({ type: 'part_end', choice: 0, part })
const finish: CompletionEvent = { type: 'finish', choice: 0, finish: { reason: 'stop' } }
const end: CompletionEvent = { type: 'end' }
const tail = { modelVersion: 'm', responseId: 'a' }

function partsOf(events: readonly CompletionEvent[]) {
  return writeStream(events).map(chunk => {
    const [candidate] = chunk['candidates'] as [{ content: { parts: unknown[] } }]
    return candidate.content.parts[0]
  })
}

test('each piece is a chunk at once, and the last one says how it ended and what was used', () => {
  const usage = {
    inputUncached: 1,
    cacheRead: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    outputText: 2,
    outputReasoning: 0,
    audioInput: 0,
    audioOutput: 0,
  }
  const events = [start, open(0, { type: 'text' }), delta(0, 'Hel'), delta(0, 'lo'), close(0), finish]
  const chunk = (parts: unknown[], more: object = {}) => ({
    candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
    ...tail,
  })
  expect(writeStream([...events, { type: 'usage', usage }, end])).toEqual([
    chunk([{ text: 'Hel' }]),
    chunk([{ text: 'lo' }]),
    {
      ...chunk([{ text: '' }], { finishReason: 'STOP' }),
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 },
    },
  ])
})

test('a call is written once it is whole, and parts that overlap one after the other', () => {
  const call = (id: string) => ({ type: 'tool_call', id, name: 'f' })
  expect(
    partsOf([
      start,
      open(0, call('x')),
      open(1, call('y')),
      open(2, { type: 'text' }),
      delta(2, 'after'),
      delta(1, '{"b":'),
      delta(0, '{"a":1}'),
      close(1 - 1),
      delta(1, '2}'),
      { type: 'part_detail', choice: 0, part: 1, detail: { signature: 'sig' } },
      close(1),
      delta(2, '!'),
      close(2),
      { type: 'part', choice: 0, part: 3, value: { type: 'opaque', format: 'another', value: {} } },
      finish,
      end,
    ]),
  ).toEqual([
    { functionCall: { id: 'x', name: 'f', args: { a: 1 } } },
    { functionCall: { id: 'y', name: 'f', args: { b: 2 } }, thoughtSignature: 'sig' },
    { text: 'after' },
    { text: '!' },
    { text: '' },
  ])
})

test("thoughts are marked; of their signatures only this format's own are passed on", () => {
  const sign = (part: number): CompletionEvent => ({
    type: 'part_detail',
    choice: 0,
    part,
    detail: { signature: 's' },
  })
  expect(
    partsOf([
      start,
      open(0, { type: 'reasoning', origin: 'gemini' }),
      delta(0, 'own'),
      sign(0),
      close(0),
      open(1, { type: 'reasoning', origin: 'another' }),
      delta(1, 'foreign'),
      sign(1),
      close(1),
      finish,
      end,
    ]),
  ).toEqual([
    { text: 'own', thought: true },
    { text: '', thought: true, thoughtSignature: 's' },
    { text: 'foreign', thought: true },
    { text: '' },
  ])
})

test('what a text rests on is told at the end', () => {
  const citation = { url: 'https://a.example', start: 1, end: 2 }
  const chunks = writeStream([
    start,
    open(0, { type: 'text' }),
    delta(0, 'éx'),
    { type: 'part_detail', choice: 0, part: 0, detail: { citation } },
    close(0),
    finish,
    end,
  ])
  expect(chunks.at(-1)).toMatchObject({
    candidates: [
      {
        groundingMetadata: {
          groundingChunks: [{ web: { uri: 'https://a.example' } }],
          groundingSupports: [{ segment: { startIndex: 2, endIndex: 3, text: 'x' } }],
        },
      },
    ],
  })
})

test('several choices end together, each with its reason', () => {
  const chunks = writeStream([
    start,
    { type: 'part_start', choice: 1, part: 0, opening: { type: 'refusal' } },
    { type: 'part_delta', choice: 1, part: 0, text: 'No.' },
    { type: 'part_end', choice: 1, part: 0 },
    finish,
    { type: 'finish', choice: 1, finish: { reason: 'content_filter' } },
    end,
  ])
  expect(chunks).toMatchObject([
    { candidates: [{ index: 1, content: { parts: [{ text: 'No.' }] } }] },
    {
      candidates: [
        { index: 0, finishReason: 'STOP' },
        { index: 1, finishReason: 'SAFETY' },
      ],
    },
  ])
})

const error = new GatewayError('upstream_overloaded', { message: 'Busy.', retryAfterMs: 1500 })
const told = {
  error: {
    code: 503,
    message: 'Busy.',
    status: 'UNAVAILABLE',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'UPSTREAM_OVERLOADED',
        domain: 'llm-proxy-api',
        metadata: {},
      },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.500s' },
    ],
  },
}

function writeAs(format: typeof gemini | typeof geminiJsonArray, steps: readonly (CompletionEvent | null)[]) {
  const written: WireEvent[] = []
  const encoder = format.chat?.openEncoder(encodeContext(), event => written.push(event))
  for (const step of steps)
    if (step === null) encoder?.fail(error)
    else encoder?.push(step)
  return format.framing.frame(written).toString()
}

test('a stream that fails ends with the error in the data of an event', () => {
  expect(writeAs(gemini, [start, null])).toBe(`data: ${JSON.stringify(told)}\n\n`)
  expect(gemini.encodeStreamError(error).toString()).toBe(`data: ${JSON.stringify(told)}\n\n`)
  expect(JSON.parse(gemini.encodeError(error).toString())).toEqual(told)
})

test('without alt=sse the chunks are the elements of an array, also of one that fails or is empty', () => {
  const text = [open(0, { type: 'text' }), delta(0, 'a'), delta(0, 'b')]
  const whole = JSON.parse(writeAs(geminiJsonArray, [start, ...text, close(0), finish, end])) as unknown[]
  expect(whole).toHaveLength(3)
  expect(JSON.parse(writeAs(geminiJsonArray, [start, ...text, null]))).toEqual([...whole.slice(0, 2), told])
  expect(JSON.parse(writeAs(geminiJsonArray, [start, null]))).toEqual([told])
  expect(JSON.parse(geminiJsonArray.encodeStreamError(error).toString())).toEqual([told])
})

test('no upstream is read as an array', () => {
  expect(() => geminiJsonArray.openTap({ passUsage: true })).toThrow()
})

test('of an array that was sent, what is whole of it is read again, however it is cut', () => {
  const sent = Buffer.from('[{"a":{"b":"}\\"{"}},\r\n{"c":[{}]}\n,\r\n{"d":"}\\"}')
  for (let cut = 0; cut <= sent.length; cut++) {
    const splitter = geminiJsonArray.framing.openSplitter()
    const blocks = [splitter.push(sent.subarray(0, cut)), splitter.push(sent.subarray(cut))]
    const data = blocks.flatMap(block => block?.events.map(event => event.data) ?? [])
    expect(data).toEqual(['{"a":{"b":"}\\"{"}}', '{"c":[{}]}'])
    expect(splitter.end()).toBeNull()
  }
})
