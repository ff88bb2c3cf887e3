import { expect, test } from 'vitest'
import type { Usage } from '../../call.ts'
import type { Completion } from '../../conversation/completion.ts'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import {
  answerOf,
  chat,
  conversation,
  decode,
  deltasOf,
  encodeChunks,
  encodeContext,
  encodeEvents,
} from './translation.fixture.ts'

const usage: Usage = {
  inputUncached: 10,
  cacheRead: 5,
  cacheWrite5m: 2,
  cacheWrite1h: 1,
  outputText: 7,
  outputReasoning: 3,
  audioInput: 0,
  audioOutput: 0,
}
const withUsage = (answer: Completion): Completion => ({ ...answer, usage })
const messageOf = (answer: Completion, asked = conversation()): JsonObject => {
  const body = chat.encodeResponse(answer, encodeContext(asked))
  return (body['choices'] as [{ message: JsonObject }])[0].message
}

test('a whole answer has all that the SDKs expect', () => {
  const answer = withUsage(answerOf({ type: 'text', text: 'Hi' }))
  expect(chat.encodeResponse({ ...answer, id: '', model: '' }, encodeContext())).toEqual({
    id: 'chatcmpl-x',
    object: 'chat.completion',
    created: 7,
    model: 'm',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'Hi', refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: {
      prompt_tokens: 18,
      completion_tokens: 10,
      total_tokens: 28,
      prompt_tokens_details: {
        cached_tokens: 5,
        audio_tokens: 0,
        cache_write_tokens: 3,
        cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 1 },
      },
      completion_tokens_details: { reasoning_tokens: 3, audio_tokens: 0 },
    },
  })
})

test('an answer of calls alone has no content; arguments stand as the model wrote them', () => {
  const call = { type: 'tool_call', id: 'a', name: 'f', arguments: '{ "a":1 }', signature: 'sig' } as const
  expect(messageOf(answerOf(call))).toEqual({
    role: 'assistant',
    content: null,
    refusal: null,
    tool_calls: [
      {
        id: 'a',
        type: 'function',
        function: { name: 'f', arguments: '{ "a":1 }' },
        extra_content: { google: { thought_signature: 'sig' } },
      },
    ],
  })
})

/** The pieces of calls in the stream of these events. */
function callPieces(...events: readonly CompletionEvent[]): readonly unknown[] {
  const written = encodeEvents([{ type: 'start', id: 'x', model: 'm' }, ...events])
  const chunks = written.map(({ data }) => JSON.parse(data) as JsonObject)
  return deltasOf(chunks).flatMap(delta => delta['tool_calls'])
}

const signed = { extra_content: { google: { thought_signature: 'sig' } } }

test('a call that comes whole is one piece of a stream, with its signature', () => {
  const value = { type: 'tool_call', id: 'a', name: 'f', arguments: '{"a":1}', signature: 'sig' } as const
  const called = { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }
  expect(callPieces({ type: 'part', choice: 0, part: 0, value })).toEqual([{ ...called, ...signed }])
})

test('every piece of a call has its function, as some clients demand', () => {
  const place = { choice: 0, part: 0 } as const
  const pieces = callPieces(
    { type: 'part_start', ...place, opening: { type: 'tool_call', id: 'a', name: 'f' } },
    { type: 'part_detail', ...place, detail: { signature: 'sig' } },
    { type: 'part_delta', ...place, text: '{}' },
    { type: 'part_end', ...place },
  )
  expect(pieces).toMatchObject([{ function: { name: 'f' } }, { function: { arguments: '{}' } }, {}])
  expect(pieces.at(-1)).toEqual({ index: 0, function: { arguments: '' }, ...signed })
})

test('a client that asked with functions is answered with a function call, whole and streamed', () => {
  const asked = decode({ functions: [{ name: 'f' }] })
  const answer = answerOf({ type: 'tool_call', id: 'a', name: 'f', arguments: '{}' })
  expect(messageOf(answer, asked)).toMatchObject({ function_call: { name: 'f', arguments: '{}' } })
  const chunks = encodeChunks(answer, asked)
  expect(deltasOf(chunks)).toEqual([
    { role: 'assistant', function_call: { name: 'f', arguments: '' } },
    { function_call: { arguments: '{}' } },
    {},
  ])
  expect(chunks.at(-1)).toMatchObject({ choices: [{ finish_reason: 'function_call' }] })
})

test('the provider says in its own words, too, why it stopped', () => {
  const answer = answerOf({ type: 'text', text: 'x' })
  const paused = {
    ...answer,
    choices: [{ parts: [], finish: { reason: 'pause', native: 'pause_turn' } as const }],
  }
  expect(chat.encodeResponse(paused, encodeContext())['choices']).toMatchObject([
    { finish_reason: 'stop', native_finish_reason: 'pause_turn' },
  ])
  expect(encodeChunks(paused).at(-1)).toMatchObject({
    choices: [{ finish_reason: 'stop', native_finish_reason: 'pause_turn' }],
  })
})

test('thoughts that are signed can come back: beside the text stand their details', () => {
  const signed = { type: 'reasoning', text: 'Hm', signature: 'sig', origin: 'anthropic-messages' } as const
  const entry = { index: 0, format: 'anthropic-claude-v1', origin: 'anthropic-messages' }
  expect(messageOf(answerOf(signed))).toMatchObject({
    reasoning_content: 'Hm',
    reasoning_details: [{ type: 'reasoning.text', text: 'Hm', signature: 'sig', ...entry }],
  })
  expect(deltasOf(encodeChunks(answerOf(signed)))).toEqual([
    {
      role: 'assistant',
      reasoning_content: 'Hm',
      reasoning_details: [{ type: 'reasoning.text', text: 'Hm', ...entry }],
    },
    { reasoning_details: [{ type: 'reasoning.text', text: '', signature: 'sig', ...entry }] },
    {},
  ])
})

test('a thought that nobody signs is its text alone', () => {
  expect(deltasOf(encodeChunks(answerOf({ type: 'reasoning', text: 'Hm' })))).toEqual([
    { role: 'assistant', reasoning_content: 'Hm' },
    {},
  ])
})

test('citations find their place in the joined text', () => {
  const citations = [{ url: 'https://a.example', title: 'A', start: 0, end: 2 }]
  const answer = answerOf({ type: 'text', text: 'So: ' }, { type: 'text', text: 'it', citations })
  const annotation = {
    type: 'url_citation',
    url_citation: { url: 'https://a.example', title: 'A', start_index: 4, end_index: 6 },
  }
  expect(messageOf(answer)).toMatchObject({ content: 'So: it', annotations: [annotation] })
  expect(deltasOf(encodeChunks(answer))).toContainEqual({ annotations: [annotation] })
})

test('a source without an address is no annotation of this format', () => {
  const citations = [{ title: 'a.pdf', quote: 'x' }, { url: 'not an address' }]
  const answer = answerOf({ type: 'text', text: 'So', citations })
  expect(messageOf(answer)).not.toHaveProperty('annotations')
  expect(deltasOf(encodeChunks(answer))).toEqual([{ role: 'assistant', content: 'So' }, {}])
})

test('log probabilities name both lists, of words said and refused', () => {
  const content = [{ token: 'a', logprob: -1, bytes: [97], top_logprobs: [] }]
  const [choice] = answerOf({ type: 'text', text: 'a' }).choices
  const answer = { ...answerOf(), choices: [{ ...choice, logprobs: { content } }] } as Completion
  const told = { logprobs: { content, refusal: null } }
  expect(chat.encodeResponse(answer, encodeContext()).choices).toMatchObject([told])
  expect(encodeChunks(answer).flatMap(({ choices }) => choices)).toContainEqual(expect.objectContaining(told))
})

test('the service tier is one of those that clients know', () => {
  const told = (serviceTier: string) =>
    chat.encodeResponse({ ...answerOf(), serviceTier }, encodeContext())['service_tier']
  expect([told('flex'), told('ON_DEMAND'), told('performance')]).toEqual(['flex', 'default', undefined])
})

test('texts that come at the same time follow one another, and calls beside them do not wait', () => {
  const place = { choice: 0 } as const
  const written = encodeEvents([
    { type: 'start', id: 'a', model: 'm' },
    { type: 'part_start', ...place, part: 0, opening: { type: 'text' } },
    { type: 'part_start', ...place, part: 1, opening: { type: 'text' } },
    { type: 'part_start', ...place, part: 2, opening: { type: 'tool_call', id: 'c', name: 'f' } },
    { type: 'part_delta', ...place, part: 1, text: 'c' },
    { type: 'part_delta', ...place, part: 0, text: 'a' },
    { type: 'part_delta', ...place, part: 2, text: '{}' },
    { type: 'part_delta', ...place, part: 0, text: 'b' },
    { type: 'part_end', ...place, part: 0 },
    { type: 'part_end', ...place, part: 1 },
    { type: 'part_end', ...place, part: 2 },
  ])
  const called = { index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '' } }
  const chunks = written.map(({ data }) => JSON.parse(data) as JsonObject)
  expect(deltasOf(chunks)).toEqual([
    { role: 'assistant', tool_calls: [called] },
    { content: 'a' },
    { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
    { content: 'b' },
    { content: 'c' },
  ])
})

test('images and recordings of an answer', () => {
  const image = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'aGk=' } } as const
  const audio = {
    type: 'audio',
    source: { kind: 'base64', mediaType: 'audio/wav', data: 'aGk=' },
    transcript: 'Hi',
  } as const
  const images = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } }]
  expect(messageOf(answerOf(image, audio))).toMatchObject({
    images,
    audio: { data: 'aGk=', transcript: 'Hi' },
  })
  expect(deltasOf(encodeChunks(answerOf(image)))[0]).toEqual({ role: 'assistant', images })
})

test('parallel calls that overlap keep their numbers, in the order in which they began', () => {
  const written = encodeEvents([
    { type: 'start', id: 'a', model: 'm' },
    { type: 'part_start', choice: 0, part: 0, opening: { type: 'text' } },
    { type: 'part_delta', choice: 0, part: 0, text: 'x' },
    { type: 'part_end', choice: 0, part: 0 },
    { type: 'part_start', choice: 0, part: 1, opening: { type: 'tool_call', id: 'a', name: 'f' } },
    { type: 'part_start', choice: 0, part: 2, opening: { type: 'tool_call', id: 'b', name: 'g' } },
    { type: 'part_delta', choice: 0, part: 2, text: '{}' },
    { type: 'part_delta', choice: 0, part: 1, text: '[]' },
    { type: 'part_end', choice: 0, part: 2 },
    { type: 'part_end', choice: 0, part: 1 },
    { type: 'finish', choice: 0, finish: { reason: 'tool_calls' } },
    { type: 'end' },
  ])
  expect(written.at(-1)?.data).toBe('[DONE]')
  const calls = deltasOf(written.slice(0, -1).map(({ data }) => JSON.parse(data) as JsonObject)).flatMap(
    delta => (delta['tool_calls'] as JsonObject[] | undefined) ?? [],
  )
  expect(calls).toEqual([
    { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } },
    { index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '' } },
    { index: 1, function: { arguments: '{}' } },
    { index: 0, function: { arguments: '[]' } },
  ])
})

test('usage is the last chunk, without choices, and only where it was asked for', () => {
  const answer = withUsage(answerOf({ type: 'text', text: 'Hi' }))
  expect(encodeChunks(answer).every(chunk => !('usage' in chunk))).toBe(true)
  const chunks = encodeChunks(answer, conversation({ wantsStreamUsage: true }))
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 18 } })
  expect(chunks.at(-2)).toMatchObject({ choices: [{ finish_reason: 'stop' }] })
})

test('an empty answer still has its role and its reason to end', () => {
  expect(encodeChunks(answerOf())).toEqual([
    {
      id: 'a',
      object: 'chat.completion.chunk',
      created: 7,
      model: 'm',
      choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: 'stop' }],
    },
  ])
})

test('what is known only at the end stands beside the reason to end', () => {
  const written = encodeEvents([
    { type: 'start', id: 'a', model: 'm' },
    { type: 'finish', choice: 0, finish: { reason: 'stop' } },
    { type: 'end', serviceTier: 'flex' },
  ])
  expect(JSON.parse(written[0]?.data ?? '')).toMatchObject({
    service_tier: 'flex',
    choices: [{ finish_reason: 'stop' }],
  })
  expect(written).toHaveLength(2)
})

test('a stream that fails ends with the error, and never with the mark of the end', () => {
  const written: string[] = []
  const encoder = chat.openEncoder(encodeContext(), ({ data }) => written.push(data))
  encoder.push({ type: 'start', id: 'a', model: 'm' })
  encoder.push({ type: 'part_start', choice: 0, part: 0, opening: { type: 'text' } })
  encoder.push({ type: 'part_delta', choice: 0, part: 0, text: 'x' })
  encoder.fail(new GatewayError('upstream_truncated'))
  expect(JSON.parse(written.at(-1) ?? '')).toMatchObject({ error: { code: 'upstream_truncated' } })
  expect(written).toHaveLength(2)
})
