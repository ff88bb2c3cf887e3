import { expect, test } from 'vitest'
import { foldEvents } from '../../conversation/fold-events.ts'
import { GatewayError } from '../../errors.ts'
import { foldStream, read, readChunks } from './gemini.fixture.ts'
import { gemini } from './index.ts'

const chunk = (parts: readonly unknown[], more: object = {}) => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
  modelVersion: 'gemini-x',
  responseId: 'r1',
})
const stop = { finishReason: 'STOP' }

function failureOf(action: () => unknown) {
  try {
    action()
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
  throw new Error('nothing was thrown')
}

test('text comes in pieces of one part, and thoughts before it in another', () => {
  const events = readChunks([
    chunk([{ text: 'think', thought: true }]),
    chunk([{ text: 'ing', thought: true }, { text: 'Hel' }]),
    chunk([{ text: 'lo' }]),
    chunk([{ text: '' }], stop),
  ])
  expect(events).toEqual([
    { type: 'start', id: 'r1', model: 'gemini-x' },
    { type: 'part_start', choice: 0, part: 0, opening: { type: 'reasoning', origin: 'gemini' } },
    { type: 'part_delta', choice: 0, part: 0, text: 'think' },
    { type: 'part_delta', choice: 0, part: 0, text: 'ing' },
    { type: 'part_end', choice: 0, part: 0 },
    { type: 'part_start', choice: 0, part: 1, opening: { type: 'text' } },
    { type: 'part_delta', choice: 0, part: 1, text: 'Hel' },
    { type: 'part_delta', choice: 0, part: 1, text: 'lo' },
    { type: 'part_end', choice: 0, part: 1 },
    { type: 'finish', choice: 0, finish: { reason: 'stop', native: 'STOP' } },
    { type: 'end' },
  ])
})

test('calls come whole, several in one chunk, each with an id of its own; STOP after them means that they wait', () => {
  const { choices } = foldEvents(
    readChunks([
      chunk([
        { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'sig' },
        { functionCall: { name: 'f', args: { a: 2 } } },
      ]),
      chunk([{ functionCall: { name: 'g', id: 'own' } }], stop),
    ]),
  )
  expect(choices[0]).toEqual({
    parts: [
      { type: 'tool_call', id: 'call_0', name: 'f', arguments: '{"a":1}', signature: 'sig' },
      { type: 'tool_call', id: 'call_1', name: 'f', arguments: '{"a":2}' },
      { type: 'tool_call', id: 'own', name: 'g', arguments: '{}' },
    ],
    finish: { reason: 'tool_calls', native: 'STOP' },
  })
})

test('arguments that come piece by piece are passed on so, and make the object that was meant', () => {
  const call = (functionCall: object) => chunk([{ functionCall }])
  const events = readChunks([
    call({ name: 'write', willContinue: true }),
    call({
      partialArgs: [{ jsonPath: '$.list[0].name', stringValue: 'a"', willContinue: true }],
      willContinue: true,
    }),
    call({ partialArgs: [{ jsonPath: '$.list[0].name', stringValue: '\nb' }], willContinue: true }),
    call({
      partialArgs: [
        { jsonPath: '$.list[0].n', numberValue: 0.5 },
        { jsonPath: "$.list[1]['odd key']", boolValue: false },
        { jsonPath: '$.list[2]', nullValue: 'NULL_VALUE' },
        { jsonPath: '$.last', stringValue: 'x', willContinue: true },
      ],
      willContinue: true,
    }),
    call({}),
    chunk([{ functionCall: { name: 'none', willContinue: true } }]),
    chunk([{ text: 'done' }], stop),
  ])
  const deltas = events.flatMap(event =>
    event.type === 'part_delta' && event.part === 0 ? [event.text] : [],
  )
  expect(deltas.length).toBeGreaterThan(3)
  expect(JSON.parse(deltas.join(''))).toEqual({
    list: [{ name: 'a"\nb', n: 0.5 }, { 'odd key': false }, null],
    last: 'x',
  })
  const { choices } = foldEvents(events)
  expect(choices[0]?.parts.slice(1)).toEqual([
    { type: 'tool_call', id: 'call_1', name: 'none', arguments: '{}' },
    { type: 'text', text: 'done' },
  ])
})

test.each([
  [[{ stringValue: 'a' }]],
  [[{ jsonPath: 'a', stringValue: 'a' }]],
  [
    [
      { jsonPath: '$.a[0]', numberValue: 1 },
      { jsonPath: '$.a.b', numberValue: 1 },
    ],
  ],
])('pieces of arguments that fit nowhere are the fault of the upstream: %j', partialArgs => {
  const chunks = [chunk([{ functionCall: { name: 'f', partialArgs } }], stop)]
  expect(failureOf(() => readChunks(chunks)).code).toBe('upstream_malformed')
})

test('a signature stays with its part: on a text, alone behind it, and on a thought', () => {
  const { choices } = foldEvents(
    readChunks([
      chunk([{ text: 'thought', thought: true, thoughtSignature: 's1' }]),
      chunk([{ text: 'said' }]),
      chunk([{ text: '!', thoughtSignature: 's2' }, { text: 'more' }]),
      chunk([{ text: '', thoughtSignature: 's3' }], stop),
    ]),
  )
  expect(choices[0]?.parts).toEqual([
    { type: 'reasoning', text: 'thought', signature: 's1', origin: 'gemini' },
    { type: 'text', text: 'said!', extra: { gemini: { thoughtSignature: 's2' } } },
    { type: 'text', text: 'more' },
    { type: 'opaque', format: 'gemini', value: { text: '', thoughtSignature: 's3' } },
  ])
})

test('images and the work of the provider are parts of their own', () => {
  const { choices } = foldEvents(
    readChunks([
      chunk([{ text: 'See' }, { inlineData: { mimeType: 'image/png', data: 'AA==' } }, {}]),
      chunk([{ executableCode: { code: '1' } }, { codeExecutionResult: { output: '1' } }], stop),
    ]),
  )
  expect(choices[0]?.parts.map(({ type }) => type)).toEqual(['text', 'image', 'opaque', 'opaque'])
})

test('candidates are told apart by their index', () => {
  const { choices } = foldEvents(
    readChunks([
      { candidates: [{ content: { parts: [{ text: 'b' }] }, index: 1 }] },
      {
        candidates: [
          { content: { parts: [{ text: 'a' }] }, index: 0, ...stop },
          { index: 1, finishReason: 'MAX_TOKENS' },
        ],
      },
    ]),
  )
  expect(choices).toEqual([
    { parts: [{ type: 'text', text: 'a' }], finish: { reason: 'stop', native: 'STOP' } },
    { parts: [{ type: 'text', text: 'b' }], finish: { reason: 'length', native: 'MAX_TOKENS' } },
  ])
})

test('the usage is counted up: the last count holds, and a repetition says nothing', () => {
  const usage = (prompt: number, candidates: number) => ({
    usageMetadata: {
      promptTokenCount: prompt,
      candidatesTokenCount: candidates,
      totalTokenCount: prompt + candidates,
    },
  })
  const events = readChunks([
    { ...chunk([{ text: 'a' }]), usageMetadata: { trafficType: 'ON_DEMAND' } },
    { ...chunk([{ text: 'a' }]), ...usage(5, 1) },
    { ...chunk([{ text: 'b' }]), ...usage(5, 1) },
    { ...chunk([{ text: 'c' }], stop), ...usage(5, 3) },
  ])
  expect(events.filter(({ type }) => type === 'usage')).toHaveLength(2)
  expect(foldEvents(events).usage).toMatchObject({ inputUncached: 5, outputText: 3 })
})

test('older models say STOP in every chunk: the end is the close of the connection', () => {
  const { choices } = foldEvents(readChunks([chunk([{ text: 'a' }], stop), chunk([{ text: 'b' }], stop)]))
  expect(choices[0]?.parts).toEqual([{ type: 'text', text: 'ab' }])
})

test('a stream that closes without a reason to finish was cut', () => {
  expect(failureOf(() => readChunks([chunk([{ text: 'a' }])])).code).toBe('upstream_truncated')
  expect(failureOf(() => readChunks([])).code).toBe('upstream_truncated')
})

test('a blocked prompt is a filtered answer', () => {
  const { choices } = foldEvents(readChunks([{ promptFeedback: { blockReason: 'SAFETY' } }]))
  expect(choices).toMatchObject([{ parts: [], finish: { reason: 'content_filter', native: 'SAFETY' } }])
})

test.each([
  ['MALFORMED_FUNCTION_CALL', [{ text: 'a' }]],
  ['TOO_MANY_TOOL_CALLS', [{ text: 'a' }]],
  ['UNEXPECTED_TOOL_CALL', []],
  ['OTHER', []],
  ['NO_IMAGE', []],
  ['SOMETHING_NEW', []],
])('%s is a failure that may be retried', (finishReason, parts) => {
  const failure = failureOf(() => readChunks([chunk(parts, { finishReason, finishMessage: 'Why.' })]))
  expect(failure).toMatchObject({ code: 'upstream_error', upstreamCode: finishReason })
  expect(failure.message).toContain('Why.')
  expect(failure.entry.retry).toBe('retry')
  const whole = { candidates: [{ content: { parts }, finishReason }] }
  expect(failureOf(() => read(whole)).code).toBe('upstream_error')
})

test.each([
  ['SAFETY', 'content_filter'],
  ['PROHIBITED_CONTENT', 'content_filter'],
  ['SPII', 'content_filter'],
  ['IMAGE_RECITATION', 'content_filter'],
  ['MODEL_ARMOR', 'content_filter'],
  ['MAX_TOKENS', 'length'],
  ['LANGUAGE', 'stop'],
  ['SOMETHING_NEW', 'stop'],
])('%s beside content means %s', (finishReason, reason) => {
  const { choices } = foldEvents(readChunks([chunk([{ text: 'a' }], { finishReason })]))
  expect(choices[0]?.finish).toEqual({ reason, native: finishReason })
})

test.each([
  [{ error: { code: 503, message: 'Overloaded.', status: 'UNAVAILABLE' } }, 'upstream_overloaded'],
  [[{ error: { code: 429, message: 'Slow.', status: 'RESOURCE_EXHAUSTED' } }], 'upstream_rate_limited'],
  [{ this: 'is not it' }, 'upstream_malformed'],
])('%j in a stream is a failure', (value, code) => {
  expect(failureOf(() => readChunks([value])).code).toBe(code)
})

test('an error in the middle of a stream comes as bare JSON, and is found however the bytes are cut', () => {
  const error = JSON.stringify({ error: { code: 499, message: 'Cancelled.', status: 'CANCELLED' } }, null, 2)
  const bytes = Buffer.from(`data: ${JSON.stringify(chunk([{ text: 'a' }], stop))}\r\n\r\n${error}`)
  for (const size of [1, 7, 1000])
    expect(
      failureOf(() =>
        foldStream(
          Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
            bytes.subarray(index * size, (index + 1) * size),
          ),
        ),
      ).message,
    ).toBe('Cancelled.')
})

test.each([4_294_967_290, -1, 0.5])(
  'a candidate with the index %j is read whole, and costs no more than another',
  index => {
    const candidate = { index, content: { parts: [{ text: 'a' }] }, finishReason: 'STOP' }
    const { choices } = foldEvents(readChunks([{ candidates: [candidate] }]))
    expect(choices[0]).toMatchObject({ parts: [{ type: 'text', text: 'a' }], finish: { reason: 'stop' } })
  },
)

test('the bytes of a stream pass to a client of the same format as they came', () => {
  const bytes = Buffer.from(
    [chunk([{ text: 'é' }]), chunk([{ text: '' }], stop)]
      .map(value => `data: ${JSON.stringify(value)}\r\n\r\n`)
      .join(''),
  )
  const tap = gemini.openTap()
  const passed = Array.from(
    bytes,
    (_, index) => tap.push(bytes.subarray(index, index + 1)) ?? Buffer.alloc(0),
  )
  expect(Buffer.concat([...passed, tap.finish()]).equals(bytes)).toBe(true)
  expect(tap.facts).toMatchObject({ model: 'gemini-x', finishReason: 'stop', outputCharacters: 1 })
})
