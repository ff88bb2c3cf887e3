import { expect, test } from 'vitest'
import type { Completion } from '../../conversation/completion.ts'
import { foldEvents } from '../../conversation/fold-events.ts'
import { encodeContext, read, readChunks } from './gemini.fixture.ts'
import { gemini } from './index.ts'
import { readServiceTier, readUsage, writeUsage } from './usage.ts'

const answer = (candidate: object, more: object = {}) => ({
  candidates: [{ finishReason: 'STOP', ...candidate }],
  ...more,
})
const text = (value: string) => ({ content: { parts: [{ text: value }], role: 'model' } })

test('tokens are counted by kind: what is cached is part of the prompt, tools and thoughts stand beside', () => {
  expect(
    readUsage({
      promptTokenCount: 151,
      cachedContentTokenCount: 50,
      candidatesTokenCount: 1089,
      thoughtsTokenCount: 1120,
      toolUsePromptTokenCount: 18_329,
      totalTokenCount: 20_689,
    }),
  ).toEqual({
    inputUncached: 151 - 50 + 18_329,
    cacheRead: 50,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    outputText: 1089,
    outputReasoning: 1120,
    audioInput: 0,
    audioOutput: 0,
  })
})

test('audio is told apart by the details', () => {
  const detail = (modality: string, tokenCount: number) => ({ modality, tokenCount })
  expect(
    readUsage({
      promptTokenCount: 100,
      candidatesTokenCount: 20,
      cachedContentTokenCount: 30,
      promptTokensDetails: [detail('TEXT', 40), detail('AUDIO', 60)],
      cacheTokensDetails: [detail('AUDIO', 10)],
      candidatesTokensDetails: [detail('AUDIO', 20)],
    }),
  ).toMatchObject({ inputUncached: 20, cacheRead: 30, audioInput: 50, outputText: 0, audioOutput: 20 })
})

test('a count that was written is read again', () => {
  const usage = {
    inputUncached: 1,
    cacheRead: 2,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    outputText: 3,
    outputReasoning: 4,
    audioInput: 5,
    audioOutput: 6,
  }
  expect(readUsage(writeUsage(usage))).toEqual(usage)
})

test.each([
  [{ trafficType: 'ON_DEMAND' }, undefined],
  [{ trafficType: 'ON_DEMAND_FLEX' }, 'flex'],
  [{ trafficType: 'ON_DEMAND_PRIORITY' }, 'priority'],
  [{ serviceTier: 'standard' }, 'default'],
  [{ serviceTier: 'FLEX' }, 'flex'],
])('%j is billed as %s', (metadata, tier) => {
  expect(readServiceTier(metadata)).toBe(tier)
})

test('zero stays zero, counts that are none do no harm, and incredible ones are no count', () => {
  expect(readUsage({ promptTokenCount: 0 })).toMatchObject({ inputUncached: 0, outputText: 0 })
  expect(readUsage({ promptTokenCount: 5, candidatesTokenCount: 'x' })).toMatchObject({ outputText: 0 })
  expect(readUsage({ promptTokenCount: -1, candidatesTokenCount: 2 })).toBeNull()
  expect(readUsage({ promptTokenCount: 1, cachedContentTokenCount: 5 })).toMatchObject({
    inputUncached: 0,
    cacheRead: 1,
  })
  expect(readUsage({ trafficType: 'ON_DEMAND' })).toBeNull()
  expect(readUsage(null)).toBeNull()
})

const grounding = {
  groundingChunks: [
    { web: { uri: 'https://a.example', title: 'A' } },
    { maps: { uri: 'https://maps.example' } },
  ],
  groundingSupports: [{ segment: { startIndex: 3, endIndex: 8, text: 'World' }, groundingChunkIndices: [0] }],
}

test('what an answer rests on has its place in characters, though Google counts bytes', () => {
  const { choices } = read(answer({ ...text('é World'), groundingMetadata: grounding }))
  expect(choices[0]?.parts).toEqual([
    {
      type: 'text',
      text: 'é World',
      citations: [
        { url: 'https://a.example', title: 'A', start: 2, end: 7 },
        { url: 'https://maps.example' },
      ],
    },
  ])
  expect(choices[0]?.finish.extra).toEqual({ gemini: { groundingMetadata: grounding } })
})

test('a stream brings the same citations at its end', () => {
  const { choices } = foldEvents(
    readChunks([
      answer({ ...text('é Wor'), finishReason: undefined }),
      answer({ ...text('ld'), groundingMetadata: grounding }),
    ]),
  )
  expect(choices).toEqual(read(answer({ ...text('é World'), groundingMetadata: grounding })).choices)
})

test('a passage that repeats a source is a citation, under either name', () => {
  const passage = { startIndex: 0, endIndex: 2, uri: 'https://b.example', license: 'mit' }
  for (const field of ['citations', 'citationSources']) {
    const { choices } = read(answer({ ...text('é!'), citationMetadata: { [field]: [passage] } }))
    expect(choices[0]?.parts[0]).toMatchObject({
      citations: [{ url: 'https://b.example', start: 0, end: 1, extra: { gemini: { license: 'mit' } } }],
    })
  }
})

test('probabilities keep their alternatives', () => {
  const logprobsResult = {
    chosenCandidates: [{ token: 'é', logProbability: -0.5 }],
    topCandidates: [{ candidates: [{ token: 'e', logProbability: -1 }] }],
  }
  const { choices } = read(answer({ ...text('é'), logprobsResult }))
  expect(choices[0]?.logprobs).toEqual({
    content: [
      {
        token: 'é',
        logprob: -0.5,
        bytes: [0xc3, 0xa9],
        top_logprobs: [{ token: 'e', logprob: -1, bytes: [0x65] }],
      },
    ],
  })
})

test.each([
  [{ error: { code: 500, message: 'x', status: 'INTERNAL' } }, 'upstream_error'],
  [[{ error: { code: 404, message: 'x', status: 'NOT_FOUND' } }], 'upstream_model_not_found'],
  [{}, 'upstream_malformed'],
  [[], 'upstream_malformed'],
  ['text', 'upstream_malformed'],
  [{ candidates: [], promptFeedback: { blockReasonMessage: 'Message' } }, 'upstream_error'],
])('%j is no answer', (body, code) => {
  expect(() => read(body)).toThrow(expect.objectContaining({ code }) as Error)
})

const completion: Completion = {
  id: '',
  model: '',
  choices: [
    {
      parts: [
        { type: 'reasoning', text: 'hm', signature: 'foreign', origin: 'another' },
        { type: 'text', text: 'é World', citations: [{ url: 'https://a.example', start: 2, end: 7 }] },
        { type: 'tool_call', id: 'c1', name: 'f', arguments: '{"a":1}', signature: 'sig' },
        { type: 'opaque', format: 'another', value: { type: 'x' } },
        { type: 'refusal', text: 'No.' },
      ],
      finish: { reason: 'tool_calls', native: 'tool_use' },
    },
  ],
  usage: null,
}

test('a client of this format gets an answer in its shape; of a foreign thought only the text', () => {
  expect(gemini.chat.encodeResponse(completion, encodeContext())).toEqual({
    candidates: [
      {
        content: {
          parts: [
            { text: 'hm', thought: true },
            { text: 'é World' },
            { functionCall: { id: 'c1', name: 'f', args: { a: 1 } }, thoughtSignature: 'sig' },
            { text: 'No.' },
          ],
          role: 'model',
        },
        finishReason: 'STOP',
        index: 0,
        groundingMetadata: {
          groundingChunks: [{ web: { uri: 'https://a.example' } }],
          groundingSupports: [
            {
              segment: { partIndex: 1, startIndex: 3, endIndex: 8, text: 'World' },
              groundingChunkIndices: [0],
            },
          ],
        },
      },
    ],
    modelVersion: 'asked-model',
    createTime: '2023-11-14T22:13:20.000Z',
    responseId: 'exchange1',
  })
})

test('an answer of this format that was translated both ways says the same', () => {
  const body = {
    ...answer({
      ...text('é World'),
      index: 0,
      groundingMetadata: grounding,
      safetyRatings: [{ category: 'c' }],
    }),
    usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 },
    modelVersion: 'gemini-x',
    createTime: '2026-01-01T00:00:00.000Z',
    responseId: 'r1',
  }
  expect(gemini.chat.encodeResponse(read(body), encodeContext())).toEqual(body)
})

test('a blocked prompt is told as one', () => {
  const body = { promptFeedback: { blockReason: 'SAFETY' }, modelVersion: 'm', responseId: 'r1' }
  const { createTime: _now, ...encoded } = gemini.chat.encodeResponse(read(body), encodeContext())
  expect(encoded).toEqual(body)
})

test('an empty answer still has a part: SDKs take a content without parts for a broken answer', () => {
  const empty: Completion = { ...completion, choices: [{ parts: [], finish: { reason: 'length' } }] }
  expect(gemini.chat.encodeResponse(empty, encodeContext())).toMatchObject({
    candidates: [{ content: { parts: [{ text: '' }] }, finishReason: 'MAX_TOKENS' }],
  })
})
