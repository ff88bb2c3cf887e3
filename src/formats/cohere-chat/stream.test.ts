import fc from 'fast-check'
import { expect, test } from 'vitest'
import { completion } from '../../conversation/arbitrary.fixture.ts'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import { foldEvents } from '../../conversation/fold-events.ts'
import { unfoldCompletion } from '../../conversation/unfold-completion.ts'
import { asGatewayError, GatewayError } from '../../errors.ts'
import { legalEvents } from '../events.fixture.ts'
import type { EncodeContext, WireEvent } from '../format.ts'
import { CohereStreamDecoder } from './decode-stream.ts'
import { CohereStreamEncoder } from './encode-stream.ts'

type Json = Record<string, unknown>

const asked: Conversation = { model: 'm', streaming: true, messages: [], tools: [], sampling: {} }
const context: EncodeContext<Conversation> = {
  asked,
  id: 'exchange',
  created: 1,
  inputTokens: 1,
  createId: () => 'made',
}

function encode(events: Iterable<CompletionEvent>): readonly WireEvent[] {
  const written: WireEvent[] = []
  const encoder = new CohereStreamEncoder(context, event => written.push(event))
  for (const event of events) encoder.push(event)
  return written
}

function decode(events: readonly (WireEvent | Json)[]): readonly CompletionEvent[] {
  const decoded: CompletionEvent[] = []
  let ids = 0
  const decoder = new CohereStreamDecoder({ createId: () => `made${ids++}` }, event => decoded.push(event))
  for (const event of events)
    decoder.push('data' in event ? (event as WireEvent) : { name: '', data: JSON.stringify(event) })
  decoder.finish()
  return decoded
}

function failureOf(action: () => unknown): GatewayError {
  try {
    action()
  } catch (thrown) {
    return asGatewayError(thrown)
  }
  throw new Error('nothing was thrown')
}

const start = { type: 'message-start', id: 'c', delta: { message: { role: 'assistant' } } }
const end = { type: 'message-end', delta: { finish_reason: 'COMPLETE' } }
const block = (index: number, content: object, type = 'content-start') => ({
  type,
  index,
  delta: { message: { content } },
})
const callStart = (index: number, id: string, more: object = {}) => ({
  type: 'tool-call-start',
  index,
  delta: {
    message: { tool_calls: { id, type: 'function', function: { name: 'f', arguments: '' }, ...more } },
  },
})
const callDelta = (index: number, text: string) => ({
  type: 'tool-call-delta',
  index,
  delta: { message: { tool_calls: { function: { arguments: text } } } },
})

/** Every event where the protocol has it: blocks one after the other, numbered from 0, and one end. */
function checkGrammar(written: readonly WireEvent[]): void {
  let open: string | null = null
  const counts: Record<string, number> = { content: 0, 'tool-call': 0, citation: 0 }
  expect(written[0]?.name).toBe('message-start')
  expect(written.at(-1)).toEqual({ name: '', data: '[DONE]' })
  expect(written.at(-2)?.name).toBe('message-end')
  for (const { name, data } of written.slice(1, -2)) {
    const event = JSON.parse(data) as Json
    expect(event['type']).toBe(name)
    const [, kind = '', step] = /^(content|tool-call|citation)-(start|delta|end)$/.exec(name) ?? []
    if (kind === 'citation') {
      expect(event['index']).toBe(step === 'start' ? counts[kind] : (counts[kind] ?? 0) - 1)
      if (step === 'start') counts[kind] = (counts[kind] ?? 0) + 1
      continue
    }
    if (step === 'start') {
      expect(open).toBeNull()
      expect(event['index']).toBe(counts[kind])
      counts[kind] = (counts[kind] ?? 0) + 1
      open = kind
    } else {
      expect(open).toBe(kind)
      expect(event['index']).toBe((counts[kind] ?? 0) - 1)
      if (step === 'end') open = null
    }
  }
  expect(open).toBeNull()
}

test('any legal stream becomes a legal stream of the protocol, and can be read again', () => {
  fc.assert(
    fc.property(legalEvents, events => {
      const written = encode(events)
      checkGrammar(written)
      if (events.every(event => event.type !== 'finish' || event.finish.reason !== 'content_filter'))
        expect(decode(written).at(-1)?.type).toBe('end')
    }),
  )
})

test('an answer told as a stream comes back with all that it says', () => {
  fc.assert(
    fc.property(completion, answer => {
      const again = foldEvents(decode(encode(unfoldCompletion(answer))))
      const parts = answer.choices[0]?.parts ?? []
      const expected = parts.map(part =>
        part.type === 'reasoning' ? { type: 'reasoning', text: part.text, origin: 'cohere-chat' } : part,
      )
      expect(again.choices[0]?.parts).toEqual(expected)
      expect(again.id).toBe(answer.id)
    }),
  )
})

test('the plan of tool calls is text, and overlapping calls keep their arguments', () => {
  const folded = foldEvents(
    decode([
      start,
      { type: 'tool-plan-delta', delta: { message: { tool_plan: 'I ' } } },
      { type: 'tool-plan-delta', delta: { message: { tool_plan: 'look.' } } },
      callStart(0, 'a'),
      callStart(1, 'b'),
      callDelta(1, '{"b":1}'),
      callDelta(0, '{"a":1}'),
      { type: 'tool-call-end', index: 0 },
      { type: 'tool-call-end', index: 1 },
      { ...end, delta: { finish_reason: 'TOOL_CALL' } },
    ]),
  )
  expect(folded.choices[0]).toEqual({
    parts: [
      { type: 'text', text: 'I look.' },
      { type: 'tool_call', id: 'a', name: 'f', arguments: '{"a":1}' },
      { type: 'tool_call', id: 'b', name: 'f', arguments: '{"b":1}' },
    ],
    finish: { reason: 'tool_calls', native: 'TOOL_CALL' },
  })
})

test.each([[[]], [['null']], [['nu', 'll']], [['']]])('the arguments %j are none', deltas => {
  const folded = foldEvents(
    decode([
      start,
      callStart(0, 'a'),
      ...deltas.map(text => callDelta(0, text)),
      { type: 'tool-call-end', index: 0 },
      end,
    ]),
  )
  expect(folded.choices[0]).toMatchObject({
    parts: [{ type: 'tool_call', arguments: '{}' }],
    finish: { reason: 'tool_calls' },
  })
})

test('thoughts and text are told apart, also where no start says what a block is', () => {
  const folded = foldEvents(
    decode([
      start,
      block(0, { thinking: 'Hm' }, 'content-delta'),
      block(0, { thinking: '.' }, 'content-delta'),
      block(1, { type: 'text', text: '' }),
      block(1, { text: 'Yes.' }, 'content-delta'),
      { type: 'content-end', index: 1 },
      end,
      { name: '', data: '[DONE]' },
    ]),
  )
  expect(folded.choices[0]?.parts).toEqual([
    { type: 'reasoning', text: 'Hm.', origin: 'cohere-chat' },
    { type: 'text', text: 'Yes.' },
  ])
})

test('a citation that comes after the end of its block still belongs to it', () => {
  const citation = {
    start: 1,
    end: 4,
    text: 'Sun',
    sources: [
      { type: 'document', id: 'd', document: { title: 'T', url: 'https://x.example', snippet: 'q' } },
    ],
  }
  const [part] =
    foldEvents(
      decode([
        start,
        block(0, { type: 'text', text: '' }),
        block(0, { text: '😀Sun' }, 'content-delta'),
        { type: 'content-end', index: 0 },
        { type: 'citation-start', index: 0, delta: { message: { citations: citation } } },
        { type: 'citation-end', index: 0 },
        end,
      ]),
    ).choices[0]?.parts ?? []
  // The offsets count characters; ours count UTF-16 units.
  expect(part).toMatchObject({
    type: 'text',
    citations: [{ title: 'T', url: 'https://x.example', quote: 'q', start: 2, end: 5 }],
  })
})

test('a citation of another vendor is told with its words', () => {
  const written = encode([
    { type: 'start', id: '', model: '' },
    { type: 'part_start', choice: 0, part: 0, opening: { type: 'text' } },
    { type: 'part_delta', choice: 0, part: 0, text: 'It is sunny.' },
    {
      type: 'part_detail',
      choice: 0,
      part: 0,
      detail: { citation: { url: 'https://x.example', title: 'T', start: 6, end: 11 } },
    },
    { type: 'part_end', choice: 0, part: 0 },
    { type: 'finish', choice: 0, finish: { reason: 'stop' } },
    { type: 'end' },
  ])
  const told = written.find(({ name }) => name === 'citation-start')
  expect(JSON.parse(told?.data ?? '{}')).toMatchObject({
    index: 0,
    delta: { message: { citations: { start: 6, end: 11, text: 'sunny', content_index: 0 } } },
  })
})

test('usage comes with the end, and billed units ride along', () => {
  const usage = {
    billed_units: { input_tokens: 1, output_tokens: 2 },
    tokens: { input_tokens: 30, output_tokens: 4 },
    cached_tokens: 10,
  }
  const events = decode([start, { type: 'message-end', delta: { finish_reason: 'MAX_TOKENS', usage } }])
  expect(events.find(({ type }) => type === 'usage')).toMatchObject({
    usage: { inputUncached: 20, cacheRead: 10, outputText: 4 },
  })
  expect(events.at(-1)).toEqual({
    type: 'end',
    extra: { 'cohere-chat': { billed_units: usage.billed_units } },
  })
})

test.each([
  [
    { type: 'message-end', delta: { finish_reason: 'ERROR', error: 'it broke' } },
    'upstream_error',
    'it broke',
  ],
  [{ type: 'message-end', delta: { finish_reason: 'TIMEOUT' } }, 'upstream_timeout', 'TIMEOUT'],
  [{ message: 'no capacity' }, 'upstream_error', 'no capacity'],
])('the event %j is a failure', (event, code, words) => {
  const failure = failureOf(() => decode([start, event]))
  expect(failure.code).toBe(code)
  expect(failure.message).toContain(words)
})

test('a stream without its end is no answer, and one without the last marker is', () => {
  expect(failureOf(() => decode([start])).code).toBe('upstream_truncated')
  expect(failureOf(() => decode([start, { name: '', data: '[DONE]' }])).code).toBe('upstream_truncated')
  expect(decode([start, block(0, { type: 'text', text: 'a' }), end]).at(-1)?.type).toBe('end')
})

test('a failure ends the open block and the message, in the words of the protocol', () => {
  const written: WireEvent[] = []
  const encoder = new CohereStreamEncoder(context, event => written.push(event))
  encoder.push({ type: 'start', id: 'c', model: 'm' })
  encoder.push({ type: 'part_start', choice: 0, part: 0, opening: { type: 'text' } })
  encoder.push({ type: 'part_delta', choice: 0, part: 0, text: 'a' })
  encoder.fail(new GatewayError('upstream_truncated', { message: 'cut' }))
  expect(written.slice(-2).map(({ name }) => name)).toEqual(['content-end', 'message-end'])
  expect(JSON.parse(written.at(-1)?.data ?? '')).toMatchObject({
    delta: { error: 'cut', finish_reason: 'ERROR' },
  })
})

test('no event, however broken, throws anything but an error of the gateway', () => {
  const kind = fc.constantFrom(
    'message-start',
    'content-start',
    'content-delta',
    'content-end',
    'tool-plan-delta',
    'tool-call-start',
    'tool-call-delta',
    'tool-call-end',
    'citation-start',
    'message-end',
    'debug',
    '',
  )
  const value = fc.jsonValue({ maxDepth: 3 })
  const message = fc.record({ content: value, tool_plan: value, tool_calls: value, citations: value })
  const delta = fc.oneof(
    value,
    fc.record({ message: fc.oneof(value, message), finish_reason: value, usage: value }),
  )
  const event = fc.oneof(value, fc.record({ type: kind, index: value, delta, logprobs: value }))
  fc.assert(
    fc.property(fc.array(fc.tuple(kind, event)), events => {
      const decoder = new CohereStreamDecoder({ createId: () => 'x' }, () => {})
      try {
        for (const [name, data] of events) decoder.push({ name, data: JSON.stringify(data) })
        decoder.finish()
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(GatewayError)
      }
    }),
  )
})
