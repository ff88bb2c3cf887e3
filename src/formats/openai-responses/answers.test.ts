// Answers in this format: what a client's SDK makes of them, whole and streamed, for every answer that there can be.

import { existsSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { accumulateResponse } from 'openai/lib/responses/ResponseAccumulator'
import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses'
import { describe, expect, test } from 'vitest'
import { completion } from '../../conversation/arbitrary.fixture.ts'
import type { AnswerPart, Completion, FinishReason } from '../../conversation/completion.ts'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import { foldEvents } from '../../conversation/fold-events.ts'
import { unfoldCompletion } from '../../conversation/unfold-completion.ts'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { WireEvent } from '../format.ts'
import { legalEvents } from './events.fixture.ts'
import { chatOfResponses, decodeContext, encodeContext, plainConversation } from './format.fixture.ts'

type Json = Record<string, unknown>

function streamOf(events: Iterable<CompletionEvent>, asked: Conversation = plainConversation): WireEvent[] {
  const written: WireEvent[] = []
  const encoder = chatOfResponses.openEncoder(encodeContext(asked), event => written.push(event))
  for (const event of events) encoder.push(event)
  return written
}

function parse(written: readonly WireEvent[]): Json[] {
  return written.map(({ data }) => JSON.parse(data) as Json)
}

function decodeStream(written: readonly WireEvent[]): Completion {
  const events: CompletionEvent[] = []
  const decoder = chatOfResponses.openDecoder(decodeContext, event => events.push(event))
  for (const event of written) decoder.push(event)
  decoder.finish()
  return foldEvents(events)
}

/** What OpenAI's own client has put together when the stream is over. */
function readBySdk(written: readonly WireEvent[]): Response {
  let snapshot: Response | undefined
  for (const event of parse(written))
    snapshot = accumulateResponse(event as unknown as ResponseStreamEvent, snapshot)
  if (snapshot === undefined) throw new Error('an empty stream')
  return snapshot
}

function answer(parts: readonly AnswerPart[], reason: FinishReason = 'stop'): Completion {
  return { id: 'x', model: 'm', choices: [{ parts, finish: { reason } }], usage: null }
}

function encode(whole: Completion, asked: Conversation = plainConversation): Json {
  return chatOfResponses.encodeResponse(whole, encodeContext(asked)) as Json
}

test('an answer is read from its response as it was', () => {
  fc.assert(
    fc.property(completion, original => {
      const decoded = chatOfResponses.decodeResponse(encode(original), decodeContext)
      const said = (parts: readonly AnswerPart[]) =>
        parts.map(part => (part.type === 'reasoning' ? { type: part.type, text: part.text } : part))
      expect(said(decoded.choices[0]?.parts ?? [])).toMatchObject(said(original.choices[0]?.parts ?? []))
      expect(decoded.usage).toEqual(original.usage)
      expect(decoded.choices[0]?.finish.reason).toBe(original.choices[0]?.finish.reason)
    }),
  )
})

test('an answer that a client sends back as history is what was said, with every signature', () => {
  fc.assert(
    fc.property(completion, original => {
      const body = { model: 'm', input: encode(original)['output'] }
      const { messages } = chatOfResponses.decodeRequest(body, { model: null, streaming: null })
      expect(messages.flatMap(({ parts }) => parts)).toMatchObject(original.choices[0]?.parts ?? [])
    }),
  )
})

test('every legal stream is one that the SDK takes, and ends with the response that a whole answer would be', () => {
  fc.assert(
    fc.property(legalEvents, events => {
      const written = streamOf(events)
      const last = parse(written).at(-1)?.['response'] as Json
      expect(last).toEqual(encode(foldEvents(events)))
      expect(JSON.parse(JSON.stringify(readBySdk(written)))).toMatchObject({
        id: last['id'],
        output: last['output'],
      })
    }),
    { numRuns: 300 },
  )
})

test('every legal stream is in order: numbers grow, places and ids fit, whatever begins ends', () => {
  fc.assert(
    fc.property(legalEvents, events => {
      checkGrammar(parse(streamOf(events)))
    }),
    { numRuns: 300 },
  )
})

test('a stream reads as the whole answer does', () => {
  fc.assert(
    fc.property(legalEvents, events => {
      const whole = foldEvents(events)
      const read = chatOfResponses.decodeResponse(encode(whole), decodeContext)
      expect(decodeStream(streamOf(unfoldCompletion(whole)))).toEqual(read)
      // Of items that overlap, those that say nothing are noticed at their end.
      const overlapping = decodeStream(streamOf(events))
      expect(sortParts(overlapping)).toEqual(sortParts(read))
    }),
    { numRuns: 300 },
  )
})

function sortParts({ choices, ...rest }: Completion) {
  const key = (part: AnswerPart): string =>
    JSON.stringify(Object.entries(part).toSorted(([left], [right]) => (left < right ? -1 : 1)))
  const sorted = choices.map(choice => ({
    ...choice,
    parts: choice.parts.toSorted((left, right) => (key(left) < key(right) ? -1 : 1)),
  }))
  return { ...rest, choices: sorted }
}

function checkGrammar(events: readonly Json[]): void {
  expect(events.slice(0, 2).map(({ type }) => type)).toEqual(['response.created', 'response.in_progress'])
  expect(events.map(event => event['sequence_number'])).toEqual(events.map((_, index) => index))
  const items: { id: unknown; open: boolean; contents: boolean[] }[] = []
  for (const event of events.slice(2, -1)) {
    const type = String(event['type'])
    const index = event['output_index'] as number
    if (type === 'response.output_item.added') {
      expect(index).toBe(items.length)
      items.push({ id: (event['item'] as Json)['id'], open: true, contents: [] })
      continue
    }
    const item = items[index]
    if (item === undefined) throw new Error(`${type} of an item that has not begun`)
    expect(item.open).toBe(true)
    if (type === 'response.output_item.done') {
      expect((event['item'] as Json)['id']).toBe(item.id)
      expect(item.contents).not.toContain(true)
      item.open = false
      continue
    }
    expect(event['item_id']).toBe(item.id)
    const place = (event['content_index'] ?? event['summary_index']) as number | undefined
    if (place === undefined) continue
    if (type.endsWith('part.added')) {
      expect(place).toBe(item.contents.length)
      item.contents.push(true)
    } else {
      expect(item.contents[place]).toBe(true)
      if (type.endsWith('part.done')) item.contents[place] = false
    }
  }
  expect(items.filter(({ open }) => open)).toEqual([])
  expect(events.at(-1)?.['type']).toMatch(/^response\.(completed|incomplete)$/)
}

test('texts in a row are one message, and what stands between them parts it', () => {
  const output = encode(
    answer([
      { type: 'text', text: 'a' },
      { type: 'refusal', text: 'b' },
      { type: 'tool_call', id: 'c', name: 'f', arguments: '' },
      { type: 'text', text: 'd' },
    ]),
  )['output']
  expect(output).toEqual([
    {
      id: 'msg_0abc00',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [
        { type: 'output_text', text: 'a', annotations: [], logprobs: [] },
        { type: 'refusal', refusal: 'b' },
      ],
    },
    { id: 'fc_0abc01', type: 'function_call', status: 'completed', arguments: '{}', call_id: 'c', name: 'f' },
    {
      id: 'msg_0abc02',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'd', annotations: [], logprobs: [] }],
    },
  ])
})

test.each<[FinishReason, string, unknown]>([
  ['stop', 'completed', null],
  ['tool_calls', 'completed', null],
  ['pause', 'completed', null],
  ['length', 'incomplete', { reason: 'max_output_tokens' }],
  ['content_filter', 'incomplete', { reason: 'content_filter' }],
])('an answer that ended with %s is %s', (reason, status, details) => {
  const whole = answer([{ type: 'text', text: 'a' }], reason)
  expect(encode(whole)).toMatchObject({ status, incomplete_details: details })
  const last = parse(streamOf(unfoldCompletion(whole))).at(-1)
  expect(last).toMatchObject({
    type: `response.${status}`,
    response: { status, incomplete_details: details },
  })
})

test('thoughts of another provider are shown, and come back with their signature, letter by letter', () => {
  const thought: AnswerPart = {
    type: 'reasoning',
    text: 'Let me see. \u00e9 \n',
    signature: 'sig+/=',
    origin: 'some-format',
    extra: { 'some-format': { b: 1, a: [2] } },
  }
  const [item] = encode(answer([thought]))['output'] as Json[]
  expect(item).toMatchObject({ type: 'reasoning', content: [{ type: 'reasoning_text', text: thought.text }] })
  const { messages } = chatOfResponses.decodeRequest(
    { model: 'm', input: [item] },
    { model: null, streaming: null },
  )
  expect(messages).toEqual([{ role: 'assistant', parts: [thought] }])
  // Some clients send back what is encrypted, and nothing else.
  const bare = { type: 'reasoning', summary: [], encrypted_content: item?.['encrypted_content'] }
  const again = chatOfResponses.decodeRequest({ model: 'm', input: [bare] }, { model: null, streaming: null })
  expect(again.messages).toEqual([{ role: 'assistant', parts: [thought] }])
})

test('an encrypted field that only looks like ours is what its sender says: a thought that nobody can read', () => {
  for (const content of ['llm-proxy.1.', 'llm-proxy.1.e30', 'llm-proxy.1.%%%', 'gAAAA']) {
    const body = { model: 'm', input: [{ type: 'reasoning', summary: [], encrypted_content: content }] }
    const { messages } = chatOfResponses.decodeRequest(body, { model: null, streaming: null })
    expect(messages[0]?.parts[0]).toMatchObject({ type: 'reasoning', text: '', encrypted: content })
  }
})

test('log probabilities stand with the text that they belong to, also where they come behind it', () => {
  const logprobs = { content: [{ token: 'a', logprob: -0.1, bytes: [97], top_logprobs: [] }] }
  const whole: Completion = {
    ...answer([]),
    choices: [{ parts: [{ type: 'text', text: 'a' }], finish: { reason: 'stop' }, logprobs }],
  }
  const expected = [{ content: [{ text: 'a', logprobs: logprobs.content }] }]
  expect(encode(whole)['output']).toMatchObject(expected)
  const last = parse(streamOf(unfoldCompletion(whole))).at(-1)?.['response'] as Json
  expect(last['output']).toMatchObject(expected)
})

test('a stream that breaks fails the response with all that was said, and raises an error', () => {
  const events: CompletionEvent[] = [
    { type: 'start', id: '', model: 'm' },
    { type: 'part_start', choice: 0, part: 0, opening: { type: 'text' } },
    { type: 'part_delta', choice: 0, part: 0, text: 'Hel' },
    { type: 'part_start', choice: 0, part: 1, opening: { type: 'tool_call', id: 'c', name: 'f' } },
    { type: 'part_delta', choice: 0, part: 1, text: '{"a":' },
  ]
  const written: WireEvent[] = []
  const encoder = chatOfResponses.openEncoder(encodeContext(), event => written.push(event))
  for (const event of events) encoder.push(event)
  encoder.fail(new GatewayError('upstream_truncated'))
  const [error, failed] = parse(written).slice(-2)
  expect(failed).toMatchObject({
    type: 'response.failed',
    response: {
      status: 'failed',
      error: { code: 'server_error' },
      output: [
        { type: 'message', status: 'incomplete', content: [{ text: 'Hel' }] },
        { type: 'function_call', status: 'incomplete', arguments: '{"a":' },
      ],
    },
  })
  expect(error).toMatchObject({ type: 'error', code: 'upstream_truncated', param: null })
  expect(parse(written).map(event => event['sequence_number'])).toEqual(written.map((_, index) => index))
})

test('a response repeats what was asked', () => {
  const body = {
    model: 'm',
    input: 'x',
    instructions: 'Be brief.',
    temperature: 0.5,
    max_output_tokens: 64,
    tools: [{ type: 'function', name: 'f', parameters: { type: 'object' } }],
    tool_choice: 'required',
    previous_response_id: 'resp_1',
    text: { format: { type: 'json_object' } },
    reasoning: { effort: 'low' },
    metadata: { a: 'b' },
    store: false,
    user: 'u',
  }
  const asked = chatOfResponses.decodeRequest(body, { model: null, streaming: null })
  const { input: _input, model: _model, tools, text, reasoning, ...echoed } = body
  expect(encode(answer([]), asked)).toMatchObject({
    ...echoed,
    object: 'response',
    model: 'm',
    tools: [{ ...tools[0], strict: null }],
    text: { ...text, verbosity: 'medium' },
    reasoning: { ...reasoning, summary: null },
  })
})

test('a tool of a namespace is called by its own name in it', () => {
  const tools = [
    { type: 'namespace', name: 'crm', description: 'd', tools: [{ type: 'function', name: 'find' }] },
  ]
  const asked = chatOfResponses.decodeRequest(
    { model: 'm', input: 'x', tools },
    { model: null, streaming: null },
  )
  expect(asked.tools).toMatchObject([{ type: 'function', name: 'crm__find' }])
  const call: AnswerPart = { type: 'tool_call', id: 'c', name: 'crm__find', arguments: '{}' }
  expect(encode(answer([call]), asked)['output']).toMatchObject([{ name: 'find', namespace: 'crm' }])
})

const shared = process.env['LLM_PROXY_SHARED']

describe.skipIf(shared === undefined)('the published schema (LLM_PROXY_SHARED is not set: skipped)', () => {
  const path = `${shared}/specs/openai.openapi.json`
  const known = shared !== undefined && existsSync(path)
  const document = known ? (withoutNullable(JSON.parse(readFileSync(path, 'utf8'))) as JsonObject) : {}
  const ajv = new Ajv2020({ strict: false, formats: { uri: true, unixtime: true, 'date-time': true } })
  if (known) ajv.addSchema(document, 'openai')
  const validatorOf = (name: string) => ajv.compile({ $ref: `openai#/components/schemas/${name}` })

  test('holds every whole answer', () => {
    const validate = validatorOf('Response')
    fc.assert(
      fc.property(legalEvents, events => {
        const valid = validate(encode(foldEvents(events), richConversation()))
        expect(valid ? [] : validate.errors?.slice(0, 3)).toEqual([])
      }),
    )
  })

  test('holds every event of a stream', () => {
    const validate = validatorOf('ResponseStreamEvent')
    fc.assert(
      fc.property(legalEvents, events => {
        for (const event of parse(streamOf(events, richConversation()))) {
          const valid = validate(event)
          expect(valid ? [] : [event, validate.errors?.slice(0, 3)]).toEqual([])
        }
      }),
      { numRuns: 30 },
    )
  })
})

/** Left over from OpenAPI 3.0. */
function withoutNullable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNullable)
  if (typeof value !== 'object' || value === null) return value
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withoutNullable(inner)]),
  )
  return nullable === true ? { anyOf: [rest, { type: 'null' }] } : rest
}

function richConversation(): Conversation {
  const body = {
    model: 'm',
    input: 'x',
    instructions: 'Be brief.',
    tools: [{ type: 'function', name: 'f' }, { type: 'custom', name: 'g' }, { type: 'web_search' }],
    tool_choice: { type: 'function', name: 'f' },
    text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' } } },
    metadata: { a: 'b' },
  }
  return chatOfResponses.decodeRequest(body, { model: null, streaming: null })
}
