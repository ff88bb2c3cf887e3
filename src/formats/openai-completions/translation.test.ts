import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { completion } from '../../conversation/arbitrary.fixture.ts'
import type { Completion } from '../../conversation/completion.ts'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import { EventFolder, foldEvents } from '../../conversation/fold-events.ts'
import { unfoldCompletion } from '../../conversation/unfold-completion.ts'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { ChatTranslation, EncodeContext } from '../format.ts'
import { eventStream } from '../framing/event-stream.ts'
import { openAiCompletions } from './index.ts'

const chat = openAiCompletions.chat as ChatTranslation
const address = { model: null, streaming: null }
const context = { createId: () => 'made' }
const refusal = (param: string) => expect.objectContaining({ code: 'unsupported_parameter', param })

const decode = (fields: JsonObject): Conversation => {
  const body = { model: 'm', prompt: 'Once', ...fields }
  openAiCompletions.checkRequest(body, address)
  return chat.decodeRequest(body, address)
}

const target = { model: 'm', maxOutputTokens: null, streamUsage: 'ask', quirks: {} } as const

function encoding(asked = decode({ stream_options: { include_usage: true } })): EncodeContext<Conversation> {
  return { asked, id: 'x', created: 7, inputTokens: 1, ...context }
}

function encodeStream(events: Iterable<CompletionEvent>, asked?: Conversation): string[] {
  const written: string[] = []
  const encoder = chat.openEncoder(encoding(asked), ({ data }) => written.push(data))
  for (const event of events) encoder.push(event)
  return written
}

function decodeStream(data: readonly string[]): CompletionEvent[] {
  const events: CompletionEvent[] = []
  const decoder = chat.openDecoder(context, event => events.push(event))
  for (const text of data) decoder.push({ name: '', data: text })
  decoder.finish()
  return events
}

test('a prompt is a conversation of one message, and a prompt again where it is sent as one', () => {
  const asked = decode({ max_tokens: 5, stop: ['END'], n: 2, user: 'u', stream: true })
  expect(asked).toEqual({
    model: 'm',
    streaming: true,
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Once' }] }],
    tools: [],
    sampling: { maxTokens: 5, stop: ['END'], choices: 2 },
    user: 'u',
  })
  expect(chat.encodeRequest(asked, target).body).toEqual({
    model: 'm',
    prompt: 'Once',
    max_tokens: 5,
    stop: ['END'],
    n: 2,
    user: 'u',
    stream: true,
    stream_options: { include_usage: true },
  })
})

test.each([
  ['prompt', ['a', 'b']],
  ['prompt', [1, 2]],
])('`%s` %j cannot be asked of a conversation', (param, value) => {
  expect(() => decode({ [param]: value })).toThrow(refusal(param))
})

test('values that ask for nothing are taken', () => {
  expect(decode({ suffix: '', echo: false, best_of: 1, prompt: ['Once'] }).messages).toHaveLength(1)
})

test('a conversation of more than one text cannot be a prompt', () => {
  const asked = decode({})
  expect(() => chat.encodeRequest({ ...asked, messages: [] }, target)).toThrow(refusal('messages'))
  const tools = [{ type: 'function', name: 'f' } as const]
  expect(() => chat.encodeRequest({ ...asked, tools }, target)).toThrow(refusal('tools'))
  expect(chat.encodeRequest({ ...asked, sampling: { topK: 3 } }, target).warnings).toEqual([
    'dropped parameter top_k',
  ])
})

test('an answer is its text; thoughts and calls are not told', () => {
  const answer: Completion = {
    id: '',
    model: '',
    choices: [
      {
        parts: [
          { type: 'reasoning', text: 'Hm' },
          { type: 'text', text: 'upon' },
          { type: 'tool_call', id: 'a', name: 'f', arguments: '{}' },
        ],
        finish: { reason: 'tool_calls' },
        logprobs: {
          content: [{ token: 'upon', logprob: -1, bytes: null, top_logprobs: [{ token: 'a', logprob: -2 }] }],
        },
      },
    ],
    usage: null,
  }
  const logprobs = { tokens: ['upon'], token_logprobs: [-1], top_logprobs: [{ a: -2 }], text_offset: [0] }
  expect(chat.encodeResponse(answer, encoding())).toEqual({
    id: 'cmpl-x',
    object: 'text_completion',
    created: 7,
    model: 'm',
    choices: [{ text: 'upon', index: 0, logprobs, finish_reason: 'stop' }],
  })
  const chunks = encodeStream(unfoldCompletion(answer))
  expect(chunks.at(-1)).toBe('[DONE]')
  expect(chunks.slice(0, -1).map(text => (JSON.parse(text) as { choices: JsonObject[] }).choices[0])).toEqual(
    [
      { index: 0, text: 'upon', logprobs: null, finish_reason: null },
      { index: 0, text: '', logprobs, finish_reason: null },
      { index: 0, text: '', logprobs: null, finish_reason: 'stop' },
    ],
  )
})

test('what was written is read as it was: the text, the reason to end, the usage', () => {
  const meaningOf = ({ choices, usage }: Completion) => ({
    usage,
    choices: choices.map(({ parts, finish }) => ({
      text: parts.map(part => (part.type === 'text' ? part.text : '')).join(''),
      reason: finish.reason === 'tool_calls' ? 'stop' : finish.reason,
    })),
  })
  fc.assert(
    fc.property(completion, answer => {
      const whole = chat.decodeResponse(chat.encodeResponse(answer, encoding()), context)
      expect(meaningOf(whole)).toEqual(meaningOf(answer))
      const streamed = foldEvents(decodeStream(encodeStream(unfoldCompletion(answer))))
      expect(meaningOf(streamed)).toEqual(meaningOf(answer))
    }),
  )
})

test('a stream that breaks off is not whole, and an error in it is an error', () => {
  const chunk = JSON.stringify({ id: 'a', choices: [{ index: 0, text: 'x', finish_reason: null }] })
  expect(() => decodeStream([chunk])).toThrow(expect.objectContaining({ code: 'upstream_truncated' }))
  expect(() => decodeStream([chunk, '{"error":{"message":"busy","code":503}}'])).toThrow(
    expect.objectContaining({ code: 'upstream_overloaded' }),
  )
  const written: string[] = []
  chat.openEncoder(encoding(), ({ data }) => written.push(data)).fail(new GatewayError('upstream_truncated'))
  expect(JSON.parse(written[0] ?? '')).toMatchObject({ error: { code: 'upstream_truncated' } })
})

test('no broken answer throws anything but an error of ours', () => {
  const broken = fc.jsonValue({ maxDepth: 3 })
  const choice = fc.record({ index: broken, text: broken, logprobs: broken, finish_reason: broken })
  fc.assert(
    fc.property(fc.oneof(broken, fc.record({ choices: fc.array(choice) })), body => {
      for (const action of [
        () => chat.decodeResponse(body, context),
        () => decodeStream([JSON.stringify(body), '[DONE]']),
      ])
        try {
          action()
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GatewayError)
        }
    }),
  )
})

test('texts that come at the same time follow one another, also where the stream breaks off', () => {
  const place = { choice: 0 } as const
  const begun: CompletionEvent[] = [
    { type: 'start', id: 'a', model: 'm' },
    { type: 'part_start', ...place, part: 0, opening: { type: 'text' } },
    { type: 'part_start', ...place, part: 1, opening: { type: 'text' } },
    { type: 'part_delta', ...place, part: 1, text: 'c' },
    { type: 'part_delta', ...place, part: 0, text: 'a' },
  ]
  const rest: CompletionEvent[] = [
    { type: 'part_delta', ...place, part: 0, text: 'b' },
    { type: 'part_end', ...place, part: 0 },
    { type: 'part_end', ...place, part: 1 },
  ]
  const textsOf = (written: readonly string[]) =>
    written.flatMap(data => /"text":"(\w)"/.exec(data)?.slice(1) ?? [])
  expect(textsOf(encodeStream([...begun, ...rest]))).toEqual(['a', 'b', 'c'])
  const written: string[] = []
  const encoder = chat.openEncoder(encoding(), ({ data }) => written.push(data))
  for (const event of begun) encoder.push(event)
  encoder.fail(new GatewayError('upstream_truncated'))
  expect(textsOf(written)).toEqual(['a', 'c'])
})

const shared = process.env['LLM_PROXY_SHARED']
const manifest = `${shared}/fixtures/MANIFEST.tsv`
const recordings =
  shared && existsSync(manifest)
    ? readFileSync(manifest, 'utf8')
        .split('\n')
        .map(line => line.split('\t'))
        .filter(([, api, , , , , status]) => api === 'completions' && status === '200')
        .map(([, , , file = '']) => file)
    : []

describe.skipIf(shared === undefined)('recordings (skipped: LLM_PROXY_SHARED is not set)', () => {
  test.each(recordings)('%s says something, and says it again when it was written anew', file => {
    const bytes = readFileSync(`${shared}/fixtures/${file}`)
    const read = file.endsWith('.json')
      ? chat.decodeResponse(JSON.parse(bytes.toString()), context)
      : readStream(file.endsWith('.sse') ? bytes : framed(bytes))
    expect(read.choices[0]?.parts).toMatchObject([{ type: 'text', text: expect.stringMatching(/\S/) }])
    const again = chat.decodeResponse(chat.encodeResponse(read, encoding()), context)
    expect(again.choices.map(({ parts }) => parts)).toEqual(read.choices.map(({ parts }) => parts))
    expect(again.usage).toEqual(read.usage)
  })
})

/** The recorder took the framing off. */
function framed(bytes: Buffer): Buffer {
  const lines = bytes
    .toString()
    .split('\n')
    .filter(line => line.trim() !== '')
  return Buffer.from(`${lines.map(line => `data: ${line}\n\n`).join('')}data: [DONE]\n\n`)
}

function readStream(bytes: Buffer): Completion {
  const folder = new EventFolder()
  const decoder = chat.openDecoder(context, event => folder.push(event))
  const splitter = eventStream.openSplitter()
  for (const block of [splitter.push(bytes), splitter.end()])
    for (const { name, data } of block?.events ?? [])
      if (data !== null) decoder.push({ name, data: Buffer.from(data, 'latin1').toString() })
  decoder.finish()
  return folder.completion()
}
