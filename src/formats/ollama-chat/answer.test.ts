import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { completion } from '../../conversation/arbitrary.fixture.ts'
import type { AnswerPart, Completion } from '../../conversation/completion.ts'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import type { Conversation, Message } from '../../conversation/conversation.ts'
import { foldEvents } from '../../conversation/fold-events.ts'
import type { Part } from '../../conversation/parts.ts'
import { parseToolArguments, writeToolArguments } from '../../conversation/tool-arguments.ts'
import { unfoldCompletion } from '../../conversation/unfold-completion.ts'
import { asGatewayError, GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { legalEvents } from '../events.fixture.ts'
import type { ChatTranslation, EncodeContext, WireEvent } from '../format.ts'
import { ollamaGenerate } from '../ollama-generate/index.ts'
import { ollamaChat } from './index.ts'

const chat = ollamaChat.chat as ChatTranslation
const text = (value: string): Part => ({ type: 'text', text: value })
const hello: Message = { role: 'user', parts: [text('hi')] }

function conversation(changes: Partial<Conversation> = {}): Conversation {
  return { model: 'm', streaming: false, messages: [hello], tools: [], sampling: {}, ...changes }
}

function contextOf(elapsed: readonly number[] = [0]): EncodeContext<Conversation> {
  const times = [...elapsed]
  return {
    asked: conversation({ model: 'asked' }),
    id: 'exchange',
    created: 1_700_000_000,
    inputTokens: 1,
    createId: () => 'made',
    elapsedMs: () => (times.length > 1 ? (times.shift() ?? 0) : (times[0] ?? 0)),
  }
}

function failureOf(action: () => unknown): GatewayError {
  try {
    action()
  } catch (thrown) {
    return asGatewayError(thrown)
  }
  throw new Error('nothing was thrown')
}

function encodeStream(events: Iterable<CompletionEvent>, context = contextOf()): readonly WireEvent[] {
  const written: WireEvent[] = []
  const encoder = chat.openEncoder(context, event => written.push(event))
  for (const event of events) encoder.push(event)
  return written
}

function decodeStream(lines: readonly (WireEvent | object)[]): readonly CompletionEvent[] {
  const events: CompletionEvent[] = []
  let ids = 0
  const decoder = chat.openDecoder({ createId: () => `made${ids++}` }, event => events.push(event))
  for (const line of lines)
    decoder.push('data' in line ? (line as WireEvent) : { name: '', data: JSON.stringify(line) })
  decoder.finish()
  return events
}

test('log probabilities are a list, of words said and refused, or nothing', () => {
  const token = { token: 'a', logprob: -1 }
  const encode = (logprobs: JsonObject) => {
    const choices = [{ parts: [text('a')] as AnswerPart[], finish: { reason: 'stop' }, logprobs }] as const
    const answer: Completion = { id: '', model: 'm', choices, usage: null }
    const lines = encodeStream(unfoldCompletion(answer)).map(({ data }) => JSON.parse(data) as JsonObject)
    const whole = chat.encodeResponse(answer, contextOf())
    return [whole, ...lines].flatMap(each => ('logprobs' in each ? [each['logprobs']] : []))
  }
  expect(encode({ content: [token], refusal: null })).toEqual([[token], [token]])
  expect(encode({ content: null, refusal: [token] })).toEqual([[token], [token]])
  expect(encode({ content: null })).toEqual([])
})

describe('an answer', () => {
  const figures = { done: true, done_reason: 'stop', prompt_eval_count: 5, eval_count: 2 }

  test('that calls tools ends with them, and gets ids', () => {
    const read = chat.decodeResponse(
      {
        model: 'm',
        created_at: '2025-01-01T00:00:00.5Z',
        message: {
          role: 'assistant',
          content: '',
          thinking: 'hm',
          tool_calls: [{ function: { name: 'f', arguments: { a: 1 } } }],
        },
        ...figures,
      },
      contextOf(),
    )
    expect(read).toMatchObject({
      model: 'm',
      created: 1_735_689_600,
      choices: [
        {
          parts: [
            { type: 'reasoning', text: 'hm', origin: 'ollama-chat' },
            { type: 'tool_call', id: 'call_made', name: 'f', arguments: '{"a":1}' },
          ],
          finish: { reason: 'tool_calls', native: 'stop' },
        },
      ],
      usage: { inputUncached: 5, outputText: 2 },
    })
  })

  test.each([
    [{ error: 'it broke' }, 'upstream_error'],
    [{ done: true }, 'upstream_malformed'],
    [[], 'upstream_malformed'],
  ])('%j is none', (body, code) => {
    expect(failureOf(() => chat.decodeResponse(body, contextOf())).code).toBe(code)
  })

  test('to a client has the figures that it expects, in nanoseconds', () => {
    const answer = foldEvents(decodeStream([{ message: { content: 'a' }, ...figures }]))
    expect(chat.encodeResponse(answer, contextOf([1500]))).toEqual({
      model: 'asked',
      created_at: '2023-11-14T22:13:20.000Z',
      message: { role: 'assistant', content: 'a' },
      done: true,
      done_reason: 'stop',
      total_duration: 1_500_000_000,
      load_duration: 0,
      prompt_eval_count: 5,
      prompt_eval_duration: 0,
      eval_count: 2,
      eval_duration: 1_500_000_000,
    })
  })

  test('comes back from the format with all that it says, whole and streamed', () => {
    fc.assert(
      fc.property(completion, answer => {
        const whole = chat.decodeResponse(chat.encodeResponse(answer, contextOf()), contextOf())
        const streamed = foldEvents(decodeStream(encodeStream(unfoldCompletion(answer))))
        const parts = answer.choices[0]?.parts ?? []
        for (const again of [whole, streamed]) {
          const textOf = (type: string, from = again.choices[0]?.parts ?? []) =>
            from.map(part => (part.type === type && 'text' in part ? part.text : '')).join('')
          for (const type of ['text', 'reasoning']) expect(textOf(type)).toBe(textOf(type, [...parts]))
          expect(again.choices[0]?.parts.filter(({ type }) => type === 'tool_call')).toEqual(
            parts
              .filter(part => part.type === 'tool_call')
              .map(call => ({ ...call, arguments: writeToolArguments(parseToolArguments(call.arguments)) })),
          )
          expect(again.choices[0]?.finish.reason).toBe(answer.choices[0]?.finish.reason)
        }
      }),
    )
  })
})

describe('a stream', () => {
  test('of any legal events is legal: answers, one a line, and the last one is done', () => {
    fc.assert(
      fc.property(legalEvents, events => {
        const lines = encodeStream(events).map(({ data }) => JSON.parse(data) as Record<string, unknown>)
        for (const [index, line] of lines.entries()) {
          expect(line['done']).toBe(index === lines.length - 1)
          expect(line['message']).toMatchObject({ role: 'assistant', content: expect.any(String) })
        }
        expect(decodeStream(lines).at(-1)?.type).toBe('end')
      }),
    )
  })

  test('tells how long the first word took, and the rest', () => {
    const events: CompletionEvent[] = [
      { type: 'start', id: '', model: 'm' },
      { type: 'part_start', choice: 0, part: 0, opening: { type: 'text' } },
      { type: 'part_delta', choice: 0, part: 0, text: 'a' },
      { type: 'part_end', choice: 0, part: 0 },
      { type: 'finish', choice: 0, finish: { reason: 'length' } },
      { type: 'end' },
    ]
    const last = encodeStream(events, contextOf([200, 1000])).at(-1)
    expect(JSON.parse(last?.data ?? '')).toMatchObject({
      done_reason: 'length',
      total_duration: 1_000_000_000,
      prompt_eval_duration: 200_000_000,
      eval_duration: 800_000_000,
    })
  })

  test('thoughts, text and calls are parts, in their order', () => {
    const said = (message: object) => ({ model: 'm', message, done: false })
    const events = decodeStream([
      said({ thinking: 'h' }),
      said({ thinking: 'm' }),
      said({ content: 'a' }),
      said({ content: '', tool_calls: [{ function: { name: 'f', arguments: {} } }] }),
      said({ content: 'b' }),
      { message: { content: '' }, done: true, done_reason: 'length' },
    ])
    expect(foldEvents(events).choices[0]).toEqual({
      parts: [
        { type: 'reasoning', text: 'hm', origin: 'ollama-chat' },
        { type: 'text', text: 'a' },
        { type: 'tool_call', id: 'call_made0', name: 'f', arguments: '{}' },
        { type: 'text', text: 'b' },
      ],
      finish: { reason: 'length', native: 'length' },
    })
  })

  test('that ends without its last line is cut, and one that tells an error failed', () => {
    expect(failureOf(() => decodeStream([{ message: { content: 'a' } }])).code).toBe('upstream_truncated')
    expect(failureOf(() => decodeStream([{ error: 'it broke' }]))).toMatchObject({
      code: 'upstream_error',
      message: 'it broke',
    })
  })

  test('of broken lines throws nothing but an error of the gateway', () => {
    const value = fc.jsonValue({ maxDepth: 3 })
    const message = fc.record({ content: value, thinking: value, tool_calls: value, images: value })
    const line = fc.oneof(
      value,
      fc.record({
        message: fc.oneof(value, message),
        response: value,
        done: fc.boolean(),
        created_at: value,
        logprobs: value,
      }),
    )
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom(ollamaChat, ollamaGenerate), (lines, format) => {
        const decoder = format.chat?.openDecoder({ createId: () => 'x' }, () => {})
        try {
          for (const each of lines) decoder?.push({ name: '', data: JSON.stringify(each) })
          decoder?.finish()
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GatewayError)
        }
      }),
    )
  })

  test('a waiting client gets a blank, which means nothing before a line', () => {
    expect(ollamaChat.keepAlive.toString()).toBe(' ')
    expect(
      JSON.parse(` ${ollamaChat.encodeStreamError(new GatewayError('internal_error')).toString()}`),
    ).toHaveProperty('error')
  })
})
