import { expect, test } from 'vitest'
import type { Completion } from '../../conversation/completion.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { chunksOf, decodeAnswer, decodeChunks, decodeDeltas } from './translation.fixture.ts'

const partsOf = ({ choices }: Completion) => choices[0]?.parts
const finishOf = ({ choices }: Completion) => choices[0]?.finish
const failure = (code: string) => expect.objectContaining({ code })

test('a whole answer and its stream read the same', () => {
  const message = { reasoning_content: 'Hm', content: 'Yes', refusal: null }
  const whole = decodeAnswer(message)
  const streamed = decodeDeltas([
    { role: 'assistant', content: '' },
    { reasoning_content: 'H' },
    { reasoning_content: 'm', content: null },
    { content: 'Y' },
    { content: 'es' },
  ])
  expect(streamed).toEqual(whole)
  expect(partsOf(whole)).toEqual([
    { type: 'reasoning', text: 'Hm', origin: 'openai-chat' },
    { type: 'text', text: 'Yes' },
  ])
})

test('reasoning that stands under two names is read once', () => {
  const details = [{ type: 'reasoning.text', text: 'Hm', index: 0, format: null }]
  expect(decodeDeltas([{ reasoning: 'Hm', reasoning_details: details }]).choices[0]?.parts).toEqual([
    { type: 'reasoning', text: 'Hm', origin: 'openai-chat', extra: { 'openai-chat': { index: 0 } } },
  ])
})

test('details of thoughts come in pieces: text, signature, encrypted thought', () => {
  const of = (detail: JsonObject): JsonObject => ({
    reasoning: null,
    reasoning_details: [{ index: 0, ...detail }],
  })
  const answer = decodeDeltas([
    of({ type: 'reasoning.text', text: '', signature: '' }),
    of({ type: 'reasoning.text', text: 'Let ' }),
    of({ type: 'reasoning.text', text: 'me' }),
    of({ type: 'reasoning.text', signature: 'sig' }),
    of({ type: 'reasoning.encrypted', data: 'e' }),
    { content: 'Yes' },
  ])
  expect(partsOf(answer)).toMatchObject([
    { type: 'reasoning', text: 'Let me', signature: 'sig' },
    { type: 'reasoning', text: '', encrypted: 'e' },
    { type: 'text', text: 'Yes' },
  ])
})

test('a content of parts, thoughts among them', () => {
  const content = [
    { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] },
    { type: 'text', text: 'Yes' },
    { type: 'reference', reference_ids: [1] },
  ]
  const parts = [
    { type: 'reasoning', text: 'Hm', origin: 'openai-chat' },
    { type: 'text', text: 'Yes' },
    { type: 'opaque', format: 'openai-chat', value: { type: 'reference', reference_ids: [1] } },
  ]
  expect(partsOf(decodeAnswer({ content }))).toEqual(parts)
  expect(partsOf(decodeDeltas([{ content }]))).toEqual(parts)
})

test('tool calls that take turns are told apart, and stop means their results are waited for', () => {
  const delta = (index: number, fields: JsonObject): JsonObject => ({ tool_calls: [{ index, ...fields }] })
  const answer = decodeDeltas([
    delta(0, { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x"' } }),
    delta(1, { id: 'b', type: 'function', function: { name: 'g', arguments: '' } }),
    delta(0, { function: { arguments: ':1}' } }),
    delta(1, { function: { arguments: '{}' } }),
  ])
  expect(partsOf(answer)).toEqual([
    { type: 'tool_call', id: 'a', name: 'f', arguments: '{"x":1}' },
    { type: 'tool_call', id: 'b', name: 'g', arguments: '{}' },
  ])
  expect(finishOf(answer)).toEqual({ reason: 'tool_calls', native: 'stop' })
})

test('a call that is whole ends where the next begins, so that it can be passed on', () => {
  const call = (index: number): JsonObject => ({
    tool_calls: [{ index, id: `c${index}`, function: { name: 'f', arguments: '{}' } }],
  })
  const types = decodeChunks([...chunksOf([call(0), call(1)]), '[DONE]']).map(event => event.type)
  expect(types).toEqual([
    'start',
    'part_start',
    'part_delta',
    'part_end',
    'part_start',
    'part_delta',
    'part_end',
    'finish',
    'end',
  ])
})

test('calls without ids get one, whose arguments are an object they are written as text', () => {
  const calls = [{ function: { name: 'f', arguments: { a: 1 } } }]
  const parts = [{ type: 'tool_call', id: 'call_made', name: 'f', arguments: '{"a":1}' }]
  expect(partsOf(decodeAnswer({ content: null, tool_calls: calls }))).toEqual(parts)
  expect(partsOf(decodeDeltas([{ tool_calls: calls }]))).toEqual(parts)
})

test('custom tools, the function call of earlier versions, and signatures of calls', () => {
  const custom = { id: 'c', type: 'custom', custom: { name: 'sql', input: 'SELECT' } }
  expect(partsOf(decodeAnswer({ tool_calls: [custom] }))).toEqual([
    { type: 'tool_call', id: 'c', name: 'sql', arguments: 'SELECT', custom: true },
  ])
  expect(partsOf(decodeDeltas([{ tool_calls: [{ index: 0, ...custom }] }]))).toEqual([
    { type: 'tool_call', id: 'c', name: 'sql', arguments: 'SELECT', custom: true },
  ])
  const legacy = decodeDeltas(
    [{ function_call: { name: 'f', arguments: '{' } }, { function_call: { arguments: '}' } }],
    'function_call',
  )
  expect(partsOf(legacy)).toMatchObject([{ name: 'f', arguments: '{}' }])
  expect(finishOf(legacy)?.reason).toBe('tool_calls')
  const signed = {
    id: 'c',
    function: { name: 'f', arguments: '{}' },
    extra_content: { google: { thought_signature: 'sig' } },
  }
  expect(partsOf(decodeAnswer({ tool_calls: [signed] }))).toMatchObject([{ signature: 'sig' }])
  expect(partsOf(decodeDeltas([{ tool_calls: [{ index: 0, ...signed }] }]))).toMatchObject([
    { signature: 'sig' },
  ])
})

test('sources: annotations of the text, and lists beside the choices', () => {
  const annotations = [
    {
      type: 'url_citation',
      url_citation: { url: 'https://a.example', title: 'A', start_index: 0, end_index: 3, content: 'quoted' },
    },
  ]
  const cited = [{ url: 'https://a.example', title: 'A', quote: 'quoted', start: 0, end: 3 }]
  expect(partsOf(decodeAnswer({ content: 'Yes', annotations }))).toEqual([
    { type: 'text', text: 'Yes', citations: cited },
  ])
  expect(partsOf(decodeDeltas([{ content: 'Yes' }, { content: '', annotations }]))).toEqual([
    { type: 'text', text: 'Yes', citations: cited },
  ])
  const listed = decodeAnswer({ content: 'Yes' }, {}, { citations: ['https://b.example'] })
  expect(partsOf(listed)).toMatchObject([{ citations: [{ url: 'https://b.example' }] }])
})

test('several answers, a refusal, log probabilities, a recording', () => {
  const several = decodeChunks([
    { id: 'a', choices: [{ index: 1, delta: { content: 'two' } }] },
    { id: 'a', choices: [{ index: 0, delta: { refusal: 'No' }, logprobs: { content: [] } }] },
    '[DONE]',
  ])
  expect(several.filter(({ type }) => type === 'finish')).toHaveLength(2)
  expect(several).toContainEqual({ type: 'part_start', choice: 0, part: 0, opening: { type: 'refusal' } })
  expect(several).toContainEqual({ type: 'logprobs', choice: 0, logprobs: { content: [] } })
  const spoken = decodeDeltas([
    { audio: { id: 'au', data: Buffer.from('ab').toString('base64') } },
    { audio: { data: Buffer.from('c').toString('base64'), transcript: 'Hi' } },
  ])
  expect(partsOf(spoken)).toMatchObject([
    { type: 'audio', transcript: 'Hi', source: { data: Buffer.from('abc').toString('base64') } },
  ])
})

test('a first chunk without choices does not begin the answer: the one after it has the id', () => {
  const [start] = decodeChunks([
    { id: '', model: '', choices: [], prompt_filter_results: [] },
    ...chunksOf([{ content: 'x' }]),
    '[DONE]',
  ])
  expect(start).toMatchObject({ type: 'start', id: 'a', model: 'm' })
})

test('usage is read wherever it stands, the last count holds', () => {
  const usage = (prompt: number): JsonObject => ({ prompt_tokens: prompt, completion_tokens: 1 })
  const chunks = chunksOf([{ content: 'x' }]).map((chunk, index) => ({ ...chunk, usage: usage(index + 1) }))
  const told = decodeChunks([...chunks, { id: 'a', choices: [], x_groq: { usage: usage(9) } }, '[DONE]'])
  expect(told.filter(({ type }) => type === 'usage').at(-1)).toMatchObject({ usage: { inputUncached: 9 } })
})

test('what is said behind the reason to finish is heard, and a second reason is not', () => {
  const answer = decodeDeltas([{ content: 'a' }])
  const late = decodeChunks([
    ...chunksOf([{ content: 'a' }]),
    { id: 'a', choices: [{ index: 0, delta: { content: 'b' }, finish_reason: 'length' }] },
    '[DONE]',
  ])
  expect(partsOf(answer)).toEqual([{ type: 'text', text: 'a' }])
  expect(late.filter(({ type }) => type === 'part_delta')).toHaveLength(2)
  expect(late.find(({ type }) => type === 'finish')).toMatchObject({ finish: { reason: 'stop' } })
})

test.each([
  ['length', 'length'],
  ['model_length', 'length'],
  ['content_filter', 'content_filter'],
  ['eos', 'stop'],
  ['who_knows', 'stop'],
])('%s is %s', (word, reason) => {
  expect(finishOf(decodeAnswer({ content: 'x' }, { finish_reason: word }))).toEqual({ reason, native: word })
})

test('a vendor that breaks off and says so has failed, and so has one that ends for unknown reasons without an answer', () => {
  const ended = (word: string, content: string) => () => decodeAnswer({ content }, { finish_reason: word })
  expect(ended('error', 'x')).toThrow(failure('upstream_error'))
  expect(ended('insufficient_system_resource', 'x')).toThrow(failure('upstream_overloaded'))
  expect(ended('who_knows', '')).toThrow(failure('upstream_error'))
})

test('a stream that breaks off is not whole; one that forgets its marker is', () => {
  expect(() => decodeChunks(chunksOf([{ content: 'x' }]).slice(0, 1))).toThrow(failure('upstream_truncated'))
  expect(() => decodeChunks(['[DONE]'])).toThrow(failure('upstream_truncated'))
  expect(decodeChunks(chunksOf([{ content: 'x' }])).at(-1)?.type).toBe('end')
})

test('errors inside a success are errors', () => {
  const error = { message: 'busy', code: 503 }
  expect(() => decodeChunks([{ error }])).toThrow(failure('upstream_overloaded'))
  expect(() => decodeChunks([{ choices: [{ index: 0, delta: {}, error }] }])).toThrow(
    failure('upstream_overloaded'),
  )
  expect(() => decodeAnswer({}, {}, { error })).toThrow(failure('upstream_overloaded'))
  expect(() => decodeAnswer({}, {}, { choices: [] })).toThrow(failure('upstream_malformed'))
})
