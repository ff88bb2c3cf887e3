// What Mistral's clients send and what they are told: every answer is read by the schema of their own SDK.

import {
  ChatCompletionResponse$inboundSchema,
  CompletionChunk$inboundSchema,
} from '@mistralai/mistralai/models/components'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { completion as anyCompletion } from '../../conversation/arbitrary.fixture.ts'
import type { AnswerPart, Completion } from '../../conversation/completion.ts'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import { unfoldCompletion } from '../../conversation/unfold-completion.ts'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { anthropicMessages } from '../anthropic-messages/index.ts'
import { legalEvents } from '../events.fixture.ts'
import type { ChatTranslation, EncodeContext } from '../format.ts'
import { openAiChat } from '../openai-chat/index.ts'
import { compatibleChat } from '../openai-chat/quirks.ts'
import { findFieldsAside, findOwnFields } from '../shared/own-fields.ts'
import { ownFields } from './decode-request.ts'
import { mistralChat } from './index.ts'

const chat = mistralChat.chat as ChatTranslation
const nowhere = { model: null, streaming: null }

function decode(fields: JsonObject): Conversation {
  const body = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...fields }
  mistralChat.checkRequest(body, nowhere)
  return chat.decodeRequest(body, nowhere)
}

const context: EncodeContext<Conversation> = {
  asked: decode({}),
  id: 'exchange',
  created: 1_700_000_000,
  inputTokens: 0,
  createId: () => 'made',
}

function answerOf(...parts: AnswerPart[]): Completion {
  return { id: '', model: '', choices: [{ parts, finish: { reason: 'stop' } }], usage: null }
}

/** The chunks of a stream, without the mark of its end. */
function chunksOf(events: Iterable<CompletionEvent>): JsonObject[] {
  const written: string[] = []
  const encoder = chat.openEncoder(context, ({ data }) => written.push(data))
  for (const event of events) encoder.push(event)
  expect(written.pop()).toBe('[DONE]')
  return written.map(data => JSON.parse(data) as JsonObject)
}

function deltasOf(chunks: readonly JsonObject[]): JsonObject[] {
  return chunks.map(({ choices }) => (choices as [{ delta: JsonObject }])[0].delta)
}

function messageOf(answer: Completion): JsonObject {
  const { choices } = chat.encodeResponse(answer, context)
  return (choices as [{ message: JsonObject }])[0].message
}

function sendTo(asked: Conversation, quirks = {}) {
  const target = {
    model: 'm',
    maxOutputTokens: null,
    streamUsage: 'ask',
    quirks: { openAiChat: quirks },
  } as const
  return openAiChat.chat?.encodeRequest(asked, target) ?? { body: {}, warnings: [] }
}

const tool = { type: 'function', function: { name: 'look', parameters: { type: 'object' } } }
const call = (id: string): AnswerPart => ({
  type: 'tool_call',
  id,
  name: 'look',
  arguments: '{"city":"Rio"}',
})
const signed: AnswerPart = { type: 'reasoning', text: 'Hm.', signature: 'sig', origin: 'anthropic-messages' }

describe('an answer', () => {
  test('is one of Mistral, whatever was said', () => {
    fc.assert(
      fc.property(anyCompletion, answer => {
        expect(() =>
          ChatCompletionResponse$inboundSchema.parse(chat.encodeResponse(answer, context)),
        ).not.toThrow()
      }),
    )
  })

  test('holds thoughts as chunks before its text', () => {
    const message = messageOf(answerOf({ type: 'reasoning', text: 'Hm.' }, { type: 'text', text: 'Hello' }))
    expect(message['content']).toEqual([
      { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
      { type: 'text', text: 'Hello' },
    ])
  })

  test('numbers its calls, and has an empty text beside them', () => {
    expect(messageOf(answerOf(call('a'), call('b')))).toMatchObject({
      content: '',
      tool_calls: [
        { id: 'a', index: 0, type: 'function', function: { name: 'look', arguments: '{"city":"Rio"}' } },
        { id: 'b', index: 1 },
      ],
    })
  })

  test('has an id and a count where the provider gave none', () => {
    expect(chat.encodeResponse(answerOf(), context)).toMatchObject({
      id: 'exchange',
      usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
    })
  })
})

describe('a stream', () => {
  test('is one of Mistral in every order of events', () => {
    fc.assert(
      fc.property(legalEvents, events => {
        const roles: string[] = []
        for (const chunk of chunksOf(events)) {
          const { choices } = CompletionChunk$inboundSchema.parse(chunk)
          for (const { index, delta } of choices)
            if (typeof delta.role === 'string') roles.push(String(index))
        }
        expect(new Set(roles).size).toBe(roles.length)
      }),
    )
  })

  test('brings parallel calls whole, also where their pieces come in turn', () => {
    const begin = (part: number): CompletionEvent => ({
      type: 'part_start',
      choice: 0,
      part,
      opening: { type: 'tool_call', id: `c${part}`, name: 'look' },
    })
    const say = (part: number, text: string): CompletionEvent => ({
      type: 'part_delta',
      choice: 0,
      part,
      text,
    })
    const deltas = deltasOf(
      chunksOf([
        { type: 'start', id: '', model: '' },
        begin(0),
        say(0, '{"a"'),
        begin(1),
        say(1, '{}'),
        say(0, ':1}'),
        { type: 'part_end', choice: 0, part: 0 },
        { type: 'part_end', choice: 0, part: 1 },
        { type: 'finish', choice: 0, finish: { reason: 'tool_calls' } },
        { type: 'end' },
      ]),
    )
    expect(deltas.flatMap(({ tool_calls: calls }) => calls ?? [])).toEqual([
      { id: 'c0', type: 'function', function: { name: 'look', arguments: '{"a":1}' }, index: 0 },
      { id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' }, index: 1 },
    ])
  })

  test('tells the usage with the reason of its end, though nobody asked', () => {
    const usage = {
      inputUncached: 3,
      cacheRead: 0,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      audioInput: 0,
      outputText: 4,
      outputReasoning: 0,
      audioOutput: 0,
    }
    const chunks = chunksOf(unfoldCompletion({ ...answerOf({ type: 'text', text: 'Hi' }), usage }))
    expect(chunks.at(-1)).toMatchObject({
      choices: [{ finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    })
  })

  test('that fails ends with the error in the shape of Mistral', () => {
    const written: string[] = []
    const encoder = chat.openEncoder(context, ({ data }) => written.push(data))
    encoder.fail(new GatewayError('upstream_error', { message: 'gone' }))
    expect(written.map(data => JSON.parse(data) as JsonObject)).toMatchObject([
      { object: 'error', message: 'gone' },
    ])
  })
})

describe('a thought', () => {
  const roundTrip = (content: unknown): Conversation =>
    decode({
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content },
        { role: 'user', content: 'And?' },
      ],
    })

  test.each([
    ['whole', (): unknown => messageOf(answerOf(signed, { type: 'text', text: 'Hello' }))['content']],
    [
      'streamed',
      (): unknown => {
        const events = unfoldCompletion(answerOf(signed, { type: 'text', text: 'Hello' }))
        return deltasOf(chunksOf(events)).flatMap(({ content }) =>
          Array.isArray(content) ? (content as unknown[]) : [],
        )
      },
    ],
  ])('that is signed goes back to its maker as it was: %s', (_way, content) => {
    const [, answered] = roundTrip(content()).messages
    expect(answered?.parts.filter(({ type }) => type === 'reasoning')).toEqual([signed])
  })

  test('of a server of the same shape goes back as text', () => {
    const content = messageOf(answerOf({ type: 'reasoning', text: 'Hm.' }, { type: 'text', text: 'Hi' }))[
      'content'
    ]
    const { body } = sendTo(roundTrip(content), { ...compatibleChat, reasoningHistory: 'reasoning_content' })
    expect(body['messages']).toMatchObject([{}, { reasoning_content: 'Hm.', content: 'Hi' }, {}])
  })

  test("that Mistral signed itself is nobody else's", () => {
    const chunk = { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }], signature: 'own' }
    const asked = roundTrip([chunk, { type: 'text', text: 'Hi' }])
    const target = { model: 'm', maxOutputTokens: 100, streamUsage: 'ask', quirks: {} } as const
    const encoded = anthropicMessages.chat?.encodeRequest(asked, target)
    expect(JSON.stringify(encoded?.body)).not.toContain('own')
    expect(encoded?.warnings).toContain('dropped content reasoning')
  })

  test('of others does not pass to Mistral, and that is told', () => {
    const content = messageOf(answerOf(signed, { type: 'text', text: 'Hi' }))['content']
    const messages = [{ role: 'assistant', content }]
    const { edits, warnings } = mistralChat.editsForPassing?.({ messages }) ?? { edits: {}, warnings: [] }
    expect(JSON.parse(edits['messages'] ?? '')).toEqual([
      { role: 'assistant', content: [{ type: 'text', text: 'Hi' }] },
    ])
    expect(warnings).toEqual(['dropped content reasoning'])
    expect(mistralChat.editsForPassing?.({ messages: [{ role: 'user', content: 'Hi' }] }).edits).toEqual({})
  })
})

describe('a request', () => {
  test('says in its own words what others say too', () => {
    const asked = decode({ random_seed: 7, tool_choice: 'any', safe_prompt: true, tools: [tool] })
    expect(asked).toMatchObject({ sampling: { seed: 7 }, toolChoice: { mode: 'required' } })
    const { body } = sendTo(asked)
    expect(body).toMatchObject({ seed: 7, tool_choice: 'required' })
    expect(body).not.toHaveProperty('random_seed')
    expect(body).not.toHaveProperty('safe_prompt')
  })

  test('has what only Mistral knows left out or refused by name', () => {
    const body = {
      safe_prompt: true,
      prompt_mode: 'reasoning',
      guardrails: [{ block_on_error: true }],
      random_seed: 1,
    }
    expect(findOwnFields(body, ownFields)).toMatchObject({
      dropped: ['safe_prompt', 'prompt_mode'],
      refused: ['guardrails'],
    })
  })

  test('may begin the answer', () => {
    const asked = decode({
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'He', prefix: true },
      ],
    })
    expect(findFieldsAside(asked, mistralChat.name, ownFields)).toMatchObject({ dropped: [], refused: [] })
    expect(sendTo(asked).body['messages']).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'He' },
    ])
  })

  test('holds documents, recordings, files and references', () => {
    const asked = decode({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'document_url', document_url: 'https://a.example/b.pdf', document_name: 'b.pdf' },
            { type: 'input_audio', input_audio: 'UklGRgAA' },
            { type: 'input_audio', input_audio: 'https://a.example/b.mp3' },
            { type: 'file', file_id: 'f1' },
            { type: 'reference', reference_ids: [1] },
          ],
        },
      ],
    })
    expect(asked.messages[0]?.parts).toEqual([
      { type: 'file', source: { kind: 'url', url: 'https://a.example/b.pdf' }, name: 'b.pdf' },
      { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'UklGRgAA' } },
      { type: 'audio', source: { kind: 'url', url: 'https://a.example/b.mp3' } },
      { type: 'file', source: { kind: 'file', id: 'f1' } },
      { type: 'opaque', format: 'mistral-chat', value: { type: 'reference', reference_ids: [1] } },
    ])
  })

  test('loses references on the way to others, and tells it', () => {
    const content = [
      { type: 'text', text: 'See' },
      { type: 'reference', reference_ids: [1] },
    ]
    const { body, warnings } = sendTo(decode({ messages: [{ role: 'user', content }] }))
    expect(body['messages']).toEqual([{ role: 'user', content: 'See' }])
    expect(warnings).toEqual(['dropped content reference'])
  })

  test('repeats calls whose arguments are an object', () => {
    const called = { id: 'c1', type: 'function', function: { name: 'look', arguments: { city: 'Rio' } } }
    const asked = decode({
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: '', tool_calls: [called], prefix: false },
        { role: 'tool', tool_call_id: 'c1', name: 'look', content: 'sun' },
      ],
    })
    expect(asked.messages[1]?.parts).toEqual([call('c1')])
  })

  test('keeps the tools of Mistral for Mistral', () => {
    expect(decode({ tools: [{ type: 'web_search' }] }).tools).toMatchObject([
      { type: 'provider', format: 'mistral-chat', name: 'web_search' },
    ])
  })

  test('is checked under the names that the client uses', () => {
    expect(() => decode({ random_seed: 'x' })).toThrow(
      expect.objectContaining({ param: 'random_seed' }) as Error,
    )
    const facts = mistralChat.checkRequest(
      { model: 'm', random_seed: 1, messages: [{ role: 'user', content: 'Hi' }] },
      nowhere,
    )
    expect(facts.fields).toEqual(['model', 'random_seed', 'messages'])
  })

  test('goes back to Mistral with everything that is its own', () => {
    const asked = decode({
      safe_prompt: true,
      messages: [{ role: 'user', content: [{ type: 'reference', reference_ids: [1] }] }],
    })
    const target = { model: 'm', maxOutputTokens: null, streamUsage: 'reject', quirks: {} } as const
    expect(chat.encodeRequest(asked, target).body).toMatchObject({
      safe_prompt: true,
      messages: [{ content: [{ type: 'reference', reference_ids: [1] }] }],
    })
  })

  test('that is broken is refused, and nothing else happens', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('messages', 'tools', 'random_seed', 'stop', 'n'), fc.jsonValue()),
        fields => {
          try {
            decode(fields as JsonObject)
          } catch (error) {
            expect(error).toBeInstanceOf(GatewayError)
          }
        },
      ),
    )
  })
})
