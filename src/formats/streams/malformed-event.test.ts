import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../errors.ts'
import { encodeAwsEvent } from '../../lib/aws-event-stream.ts'
import { anthropicMessages } from '../anthropic-messages/index.ts'
import { bedrockConverse } from '../bedrock-converse/index.ts'
import { cohereChat } from '../cohere-chat/index.ts'
import type { ChatTranslation, Format } from '../format.ts'
import { gemini } from '../gemini/index.ts'
import { ollamaChat } from '../ollama-chat/index.ts'
import { openAiChat } from '../openai-chat/index.ts'
import { openAiResponses } from '../openai-responses/index.ts'
import { PassThroughTap } from './pass-through-tap.ts'
import { TranslatingTap } from './translating-tap.ts'

interface Case {
  readonly format: Format
  readonly before: readonly Buffer[]
  /** Each says ` word`. */
  readonly content: Buffer
  readonly after: readonly Buffer[]
  readonly bad: Buffer
}

const asked = { model: 'm', streaming: true, messages: [], tools: [], sampling: {} }

function chatOf({ chat }: Format): ChatTranslation {
  if (chat === undefined) throw new Error('no chat')
  return chat
}

function sse(data: unknown, name = ''): Buffer {
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  return Buffer.from(`${name === '' ? '' : `event: ${name}\n`}data: ${text}\n\n`)
}

const named = (data: { readonly type: string; readonly [key: string]: unknown }): Buffer =>
  sse(data, data.type)
const frame = (name: string, data: unknown): Buffer => encodeAwsEvent({ name, data: JSON.stringify(data) })
const line = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value)}\n`)

function brokenFrame(): Buffer {
  const broken = frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'lost' } })
  broken[40] = (broken[40] ?? 0) ^ 1
  return broken
}

const part = { type: 'output_text', text: '', annotations: [] }
const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] }
const response = { id: 'resp_1', object: 'response', model: 'm', status: 'in_progress', output: [] }
const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 }

const cases: readonly Case[] = [
  {
    format: anthropicMessages,
    before: [
      named({
        type: 'message_start',
        message: { id: 'm1', type: 'message', role: 'assistant', model: 'm', content: [], usage },
      }),
      named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    ],
    content: named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: ' word' } }),
    after: [
      named({ type: 'content_block_stop', index: 0 }),
      named({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage }),
      named({ type: 'message_stop' }),
    ],
    bad: sse('{"type":"content_block_del', 'content_block_delta'),
  },
  {
    format: openAiResponses,
    before: [
      named({ type: 'response.created', sequence_number: 0, response }),
      named({ type: 'response.output_item.added', output_index: 0, item }),
      named({
        type: 'response.content_part.added',
        item_id: 'msg_1',
        output_index: 0,
        content_index: 0,
        part,
      }),
    ],
    content: named({
      type: 'response.output_text.delta',
      item_id: 'msg_1',
      output_index: 0,
      content_index: 0,
      delta: ' word',
    }),
    after: [
      named({
        type: 'response.completed',
        response: {
          ...response,
          status: 'completed',
          output: [],
          usage,
        },
      }),
    ],
    bad: sse('[1]'),
  },
  {
    format: gemini,
    before: [],
    content: sse({ candidates: [{ index: 0, content: { role: 'model', parts: [{ text: ' word' }] } }] }),
    after: [
      sse({
        candidates: [{ index: 0, content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'STOP' }],
      }),
    ],
    bad: sse('{"candidates": [{"con'),
  },
  {
    format: cohereChat,
    before: [
      named({ type: 'message-start', id: 'm1', delta: { message: { role: 'assistant' } } }),
      named({
        type: 'content-start',
        index: 0,
        delta: { message: { content: { type: 'text', text: '' } } },
      }),
    ],
    content: named({ type: 'content-delta', index: 0, delta: { message: { content: { text: ' word' } } } }),
    after: [
      named({ type: 'content-end', index: 0 }),
      named({ type: 'message-end', delta: { finish_reason: 'COMPLETE' } }),
    ],
    bad: sse('nonsense'),
  },
  {
    format: bedrockConverse,
    before: [frame('messageStart', { role: 'assistant' })],
    content: frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: ' word' } }),
    after: [
      frame('contentBlockStop', { contentBlockIndex: 0 }),
      frame('messageStop', { stopReason: 'end_turn' }),
      frame('metadata', { usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 }, metrics: {} }),
    ],
    bad: brokenFrame(),
  },
  {
    format: ollamaChat,
    before: [],
    content: line({ model: 'm', message: { role: 'assistant', content: ' word' }, done: false }),
    after: [
      line({ model: 'm', message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop' }),
    ],
    bad: Buffer.from('{"model": "m", "mess\n'),
  },
]

const secondStart = named({
  type: 'message_start',
  message: { id: 'm2', type: 'message', role: 'assistant', model: 'm', content: [], usage },
})
const strayInput = named({
  type: 'content_block_delta',
  index: 7,
  delta: { type: 'input_json_delta', partial_json: '{' },
})

test.each([
  ['the beginning of another answer', secondStart],
  ['arguments of a tool that was not called', strayInput],
])('%s cannot be left out: the stream fails of it', (_what, event) => {
  const [given] = cases
  if (given === undefined) throw new Error('no case')
  const pieces = [...given.before, given.content, event, ...given.after]
  for (const open of [passThrough, translating])
    expect(codeOf(() => run(open(given), pieces, 37))).toBe('upstream_malformed')
})

type Tap = Pick<PassThroughTap | TranslatingTap, 'push' | 'finish' | 'ended' | 'facts'>

function passThrough({ format }: Case): Tap {
  return new PassThroughTap({ framing: format.framing, chat: chatOf(format) })
}

function translating({ format }: Case): Tap {
  let ids = 0
  const createId = () => `id${ids++}`
  return new TranslatingTap({
    from: format.framing,
    to: openAiChat.framing,
    openDecoder: emit => chatOf(format).openDecoder({ createId }, emit),
    openEncoder: write =>
      chatOf(openAiChat).openEncoder({ asked, id: 'x', created: 1, inputTokens: 1, createId }, write),
  })
}

function run(tap: Tap, pieces: readonly Buffer[], size: number): Buffer {
  const bytes = Buffer.concat(pieces)
  const out: Buffer[] = []
  for (let at = 0; at < bytes.length && !tap.ended; at += size) {
    const passed = tap.push(bytes.subarray(at, at + size))
    if (passed !== null) out.push(passed)
  }
  out.push(tap.finish())
  return Buffer.concat(out)
}

function codeOf(action: () => unknown): string {
  try {
    action()
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown.code
    throw thrown
  }
  return 'none'
}

describe.each(cases.map(each => [each.format.name, each] as const))('in a stream of %s', (_name, given) => {
  const { before, content, after, bad } = given
  const whole = [...before, content, content, ...after]
  const places = [
    [bad, ...before, content, content, ...after],
    [...before, bad, content, content, ...after],
    [...before, content, bad, bad, content, ...after],
    [...before, content, content, bad, ...after],
  ]

  test.each([
    ['passes', passThrough],
    ['is translated', translating],
  ] as const)('that %s, a malformed event is dropped and counted, wherever it stands', (_how, open) => {
    const expected = run(open(given), whole, 100_000).toString('latin1')
    for (const pieces of places)
      for (const size of [1, 37, 100_000]) {
        const tap = open(given)
        expect(run(tap, pieces, size).toString('latin1')).toBe(expected)
        expect(tap.facts.malformedEvents).toBe(pieces.length - whole.length)
      }
  })

  test.each([
    ['passes', passThrough],
    ['is translated', translating],
  ] as const)('that %s and holds nothing else, the malformed event is what it fails of', (_how, open) => {
    expect(codeOf(() => run(open(given), [...before, bad, ...after], 37))).toBe('upstream_malformed')
    expect(codeOf(() => run(open(given), [bad], 37))).toBe('upstream_malformed')
  })

  test.each([
    ['passes', passThrough],
    ['is translated', translating],
  ] as const)('that %s, it does not hide that the end is missing', (_how, open) => {
    expect(codeOf(() => run(open(given), [...before, content, bad], 37))).toBe('upstream_truncated')
    const half = bad.subarray(0, bad.length - 2)
    expect(codeOf(() => run(open(given), [...before, content, half], 37))).toBe('upstream_truncated')
  })
})
