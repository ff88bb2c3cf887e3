import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { completion } from '../../conversation/arbitrary.fixture.ts'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import { foldEvents } from '../../conversation/fold-events.ts'
import { unfoldCompletion } from '../../conversation/unfold-completion.ts'
import { GatewayError } from '../../errors.ts'
import { legalEvents } from '../events.fixture.ts'
import { objectOf } from '../shared/object-pieces.ts'
import { context } from './conversations.fixture.ts'
import { bedrockConverse } from './index.ts'

const { chat } = bedrockConverse

interface Frame {
  readonly name: string
  readonly body: {
    readonly contentBlockIndex?: number
    readonly start?: Record<string, unknown>
    readonly delta?: Record<string, unknown>
    readonly [field: string]: unknown
  }
}

function encode(events: Iterable<CompletionEvent>): Frame[] {
  const frames: Frame[] = []
  const encoder = chat.openEncoder(context, ({ name, data }) => {
    frames.push({ name, body: JSON.parse(data) as Frame['body'] })
  })
  for (const event of events) encoder.push(event)
  return frames
}

function decode(frames: readonly (readonly [string, object | string])[]): CompletionEvent[] {
  const events: CompletionEvent[] = []
  const decoder = chat.openDecoder(context, event => void events.push(event))
  for (const [name, body] of frames)
    decoder.push({ name, data: typeof body === 'string' ? body : JSON.stringify(body) })
  decoder.finish()
  return events
}

const pairsOf = (frames: readonly Frame[]) => frames.map(({ name, body }) => [name, body] as const)

/** What the SDKs of AWS rely on: one block after the other, each closed, calls announced before their input. */
function checkGrammar(frames: readonly Frame[]): void {
  expect(frames[0]).toEqual({ name: 'messageStart', body: { role: 'assistant' } })
  expect(frames.slice(-2).map(({ name }) => name)).toEqual(['messageStop', 'metadata'])
  expect(frames.at(-2)?.body['stopReason']).toMatch(/^[a-z_]+$/)
  expect(frames.at(-1)?.body).toMatchObject({ usage: {}, metrics: { latencyMs: 12 } })
  let next = 0
  let open: string | null = null
  for (const { name, body } of frames.slice(1, -2)) {
    if (open === null) next++
    expect(body.contentBlockIndex).toBe(next - 1)
    const kind = Object.keys(body.start ?? body.delta ?? {})[0] ?? ''
    if (name === 'contentBlockStart') {
      expect([open, Object.keys(body.start ?? {}).length]).toEqual([null, 1])
      open = kind
    } else if (name === 'contentBlockDelta') {
      const announced = ['toolUse', 'toolResult', 'image'].includes(kind)
      if (open === null) expect(announced).toBe(false)
      else expect(kind === 'citation' ? 'text' : kind).toBe(open === 'citation' ? 'text' : open)
      open ??= kind
    } else {
      expect([name, open === null]).toEqual(['contentBlockStop', false])
      open = null
    }
  }
  expect(open).toBeNull()
}

test('every legal stream is a legal stream of this format, and decodes again', () => {
  fc.assert(
    fc.property(legalEvents, events => {
      const frames = encode(events)
      checkGrammar(frames)
      const first = foldEvents(events).choices[0]
      const again = foldEvents(decode(pairsOf(frames))).choices[0]
      const textOf = (parts: typeof first) =>
        parts?.parts.map(part => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join('')
      expect(textOf(again)).toBe(textOf(first))
      const callsOf = (choice: typeof first) =>
        choice?.parts.filter(part => part.type === 'tool_call').map(({ id, name }) => [id, name])
      expect(callsOf(again)).toEqual(callsOf(first))
      const inputs = again?.parts.flatMap(part =>
        part.type === 'tool_call' ? [JSON.parse(part.arguments || '{}') as unknown] : [],
      )
      const asked = first?.parts.flatMap(part => (part.type === 'tool_call' ? [objectOf(part)] : []))
      expect(inputs).toEqual(asked)
    }),
  )
})

test('an answer comes out as it went in, whole and streamed', () => {
  fc.assert(
    fc.property(completion, answer => {
      const parts = answer.choices[0]?.parts.map(part =>
        part.type === 'reasoning' ? { ...part, origin: 'bedrock-converse' } : part,
      )
      const native = answer.choices[0]?.finish.reason === 'stop' ? 'end_turn' : 'tool_use'
      const choices = [{ parts: parts ?? [], finish: { ...answer.choices[0]?.finish, native } }]
      const sent = { ...answer, id: '', model: '', choices } as typeof answer
      const counted = answer.usage ?? { ...zero, inputUncached: 42 }
      const whole = chat.decodeResponse(chat.encodeResponse(sent, context), context)
      expect(whole).toEqual({ ...sent, usage: counted, extra: whole.extra })
      const streamed = foldEvents(decode(pairsOf(encode(unfoldCompletion(sent)))))
      expect(streamed).toEqual({ ...sent, usage: counted, extra: streamed.extra })
    }),
  )
})

const zero = {
  inputUncached: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  outputText: 0,
  outputReasoning: 0,
  audioInput: 0,
  audioOutput: 0,
}

const stop = ['messageStop', { stopReason: 'end_turn' }] as const
const usage = { inputTokens: 5, outputTokens: 2, totalTokens: 7 }
const metadata = ['metadata', { usage, metrics: { latencyMs: 1 }, serviceTier: { type: 'flex' } }] as const
const delta = (contentBlockIndex: number, inner: object) =>
  ['contentBlockDelta', { contentBlockIndex, delta: inner }] as const
const close = (contentBlockIndex: number) => ['contentBlockStop', { contentBlockIndex }] as const

describe('a stream of the provider', () => {
  test('ends with the count that follows the end of the message', () => {
    const events = decode([delta(0, { text: 'a' }), close(0), stop, metadata])
    expect(events.map(({ type }) => type)).toEqual([
      'start',
      'part_start',
      'part_delta',
      'part_end',
      'finish',
      'usage',
      'end',
    ])
    expect(events.at(-1)).toMatchObject({ serviceTier: 'flex' })
  })

  test('is whole without the count, too, but not without the end of the message', () => {
    expect(decode([delta(0, { text: 'a' }), close(0), stop]).at(-1)).toEqual({ type: 'end' })
    expect(() => decode([delta(0, { text: 'a' }), close(0)])).toThrow(GatewayError)
    expect(() => decode([delta(0, { text: 'a' }), close(0), metadata])).toThrow(GatewayError)
  })

  test('may begin with an empty text, which is no part', () => {
    const { choices } = foldEvents(
      decode([delta(0, { text: '' }), close(0), delta(1, { text: 'b' }), close(1), stop]),
    )
    expect(choices[0]?.parts).toEqual([{ type: 'text', text: 'b' }])
  })

  test('brings thoughts with their proof, and encrypted ones in pieces', () => {
    const think = (inner: object) => ({ reasoningContent: inner })
    const pieces = ['ab', 'c'].map(text => Buffer.from(text).toString('base64'))
    const frames = [
      delta(0, think({ text: 'hm' })),
      delta(0, think({ signature: 's' })),
      close(0),
      ...pieces.map(redactedContent => delta(1, think({ redactedContent }))),
      close(1),
      delta(2, think({ signature: 'alone' })),
      close(2),
    ]
    const origin = 'bedrock-converse'
    expect(foldEvents(decode([...frames, stop])).choices[0]?.parts).toEqual([
      { type: 'reasoning', text: 'hm', signature: 's', origin },
      { type: 'reasoning', text: '', encrypted: Buffer.from('abc').toString('base64'), origin },
      { type: 'reasoning', text: '', signature: 'alone', origin },
    ])
  })

  test('brings calls without input, and calls that the provider answers itself', () => {
    const begin = (contentBlockIndex: number, start: object) =>
      ['contentBlockStart', { contentBlockIndex, start }] as const
    const events = decode([
      begin(0, { toolUse: { toolUseId: 's', name: 'run', type: 'server_tool_use' } }),
      delta(0, { toolUse: { input: '{"code":' } }),
      delta(0, { toolUse: { input: '"1"}' } }),
      close(0),
      begin(1, { toolResult: { toolUseId: 's', status: 'success' } }),
      delta(1, { toolResult: [{ text: '1' }] }),
      close(1),
      begin(2, { toolUse: { toolUseId: 't', name: 'now' } }),
      close(2),
      ['messageStop', { stopReason: 'end_turn' }],
    ])
    expect(foldEvents(events).choices[0]).toMatchObject({
      parts: [
        { type: 'opaque', value: { toolUse: { toolUseId: 's', input: { code: '1' } } } },
        { type: 'opaque', value: { toolResult: { toolUseId: 's', content: [{ text: '1' }] } } },
        { type: 'tool_call', id: 't', name: 'now', arguments: '{}' },
      ],
      finish: { reason: 'tool_calls', native: 'end_turn' },
    })
  })

  test('brings what a text rests on', () => {
    const citation = { title: 'T', sourceContent: [{ text: 'q' }], location: { web: { url: 'https://a' } } }
    const events = decode([delta(0, { text: 'a' }), delta(0, { citation }), close(0), stop])
    expect(foldEvents(events).choices[0]?.parts).toMatchObject([
      { type: 'text', text: 'a', citations: [{ url: 'https://a', title: 'T', quote: 'q' }] },
    ])
    const full = chat.decodeResponse(
      {
        output: {
          message: { content: [{ citationsContent: { content: [{ text: 'a' }], citations: [citation] } }] },
        },
        stopReason: 'end_turn',
      },
      context,
    )
    expect(full.choices[0]?.parts).toEqual(foldEvents(events).choices[0]?.parts)
  })

  test.each([
    ['throttlingException', 'upstream_rate_limited', 429],
    ['modelStreamErrorException', 'upstream_error', 424],
    ['validationException', 'upstream_invalid_request', 400],
    ['internalServerException', 'upstream_error', 500],
    ['serviceUnavailableException', 'upstream_overloaded', 503],
    ['modelTimeoutException', 'upstream_timeout', 408],
  ])('fails with its own %s', (name, code, status) => {
    let failure: unknown
    try {
      decode([delta(0, { text: 'a' }), [`exception:${name}`, { message: 'why' }]])
    } catch (thrown) {
      failure = thrown
    }
    expect(failure).toMatchObject({ code, upstreamStatus: status, upstreamCode: name, message: 'why' })
  })

  test('that is no JSON, or no object, is malformed', () => {
    for (const data of ['{', '[]', 'null', '""']) {
      let failure: unknown
      try {
        decode([['contentBlockDelta', data]])
      } catch (thrown) {
        failure = thrown
      }
      expect(failure).toMatchObject({ code: 'upstream_malformed' })
    }
  })

  test('with events and fields that nobody knows is read all the same', () => {
    const events = decode([
      ['somethingNew', { a: 1 }],
      ['messageStart', { role: 'assistant', p: 'abc' }],
      delta(0, { text: 'a' }),
      delta(1, { novelty: { text: 'x' } }),
      close(0),
      close(7),
      stop,
    ])
    expect(foldEvents(events).choices[0]?.parts).toMatchObject([
      { type: 'text', text: 'a' },
      { type: 'opaque' },
    ])
  })

  test('that is anything at all throws nothing but errors of ours', () => {
    const names = fc.constantFrom(
      'messageStart',
      'contentBlockStart',
      'contentBlockDelta',
      'contentBlockStop',
      'messageStop',
      'metadata',
      'exception:x',
      '',
    )
    const keys = fc.constantFrom(
      'contentBlockIndex',
      'delta',
      'start',
      'text',
      'toolUse',
      'input',
      'toolResult',
      'content',
      'image',
      'source',
      'reasoningContent',
      'signature',
      'redactedContent',
      'citation',
      'stopReason',
      'usage',
      '__proto__',
    )
    const { value } = fc.letrec<{ value: unknown }>(tie => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<unknown>(0, 1, 'a', 'end_turn', null),
        fc.array(tie('value'), { maxLength: 2 }),
        fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
      ),
    }))
    const event = fc.tuple(names, fc.dictionary(keys, value, { maxKeys: 4 }))
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), frames => {
        try {
          foldEvents(decode(frames))
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GatewayError)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('changes nothing of what all objects share', () => {
    const hostile = JSON.parse('{"delta":{"__proto__":{"polluted":"yes"}}}') as Record<string, unknown>
    expect(() => decode([['contentBlockDelta', hostile]])).toThrow(GatewayError)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
