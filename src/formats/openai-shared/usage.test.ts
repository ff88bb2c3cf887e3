import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Usage } from '../../call.ts'
import { readUsage } from './usage.ts'

const none: Usage = {
  inputUncached: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  outputText: 0,
  outputReasoning: 0,
  audioInput: 0,
  audioOutput: 0,
}
const base = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 }

describe('usage', () => {
  test.each<[string, object, Partial<Usage>]>([
    ['plain counts', base, { inputUncached: 100, outputText: 50 }],
    [
      'all details of the format',
      {
        ...base,
        prompt_tokens_details: { cached_tokens: 40, cache_write_tokens: 10, audio_tokens: 20 },
        completion_tokens_details: { reasoning_tokens: 30, audio_tokens: 5, rejected_prediction_tokens: 3 },
      },
      {
        inputUncached: 30,
        cacheRead: 40,
        cacheWrite5m: 10,
        audioInput: 20,
        outputText: 15,
        outputReasoning: 30,
        audioOutput: 5,
      },
    ],
    [
      'reasoning beside the completion (xAI)',
      {
        prompt_tokens: 12,
        completion_tokens: 2,
        total_tokens: 354,
        prompt_tokens_details: { cached_tokens: 11 },
        completion_tokens_details: { reasoning_tokens: 340 },
      },
      { inputUncached: 1, cacheRead: 11, outputText: 2, outputReasoning: 340 },
    ],
    [
      'more cached than prompt (xAI)',
      { ...base, prompt_tokens_details: { cached_tokens: 120 } },
      { inputUncached: 100, cacheRead: 120, outputText: 50 },
    ],
    [
      'cache hits of DeepSeek',
      { ...base, prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 36 },
      { inputUncached: 36, cacheRead: 64, outputText: 50 },
    ],
    [
      'cache of Moonshot',
      { ...base, cached_tokens: 10 },
      { inputUncached: 90, cacheRead: 10, outputText: 50 },
    ],
    [
      'cache of Mistral',
      { ...base, num_cached_tokens: 10 },
      { inputUncached: 90, cacheRead: 10, outputText: 50 },
    ],
    [
      'the other spelling of Mistral',
      { ...base, prompt_token_details: { cached_tokens: 10 } },
      { inputUncached: 90, cacheRead: 10, outputText: 50 },
    ],
    [
      'cache writes of Alibaba',
      { ...base, prompt_tokens_details: { cached_tokens: 0, cache_creation_input_tokens: 60 } },
      { inputUncached: 40, cacheWrite5m: 60, outputText: 50 },
    ],
    [
      'cache writes by lifetime',
      {
        ...base,
        prompt_tokens_details: {
          cache_creation_input_tokens: 60,
          cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 40 },
        },
      },
      { inputUncached: 40, cacheWrite5m: 20, cacheWrite1h: 40, outputText: 50 },
    ],
    ['an input alone', { prompt_tokens: 5, total_tokens: 5 }, { inputUncached: 5 }],
    ['explicit zeros', { prompt_tokens: 0, completion_tokens: 0 }, {}],
    [
      'details that are null',
      { ...base, prompt_tokens_details: null, completion_tokens_details: null },
      { inputUncached: 100, outputText: 50 },
    ],
    [
      'more reasoning than completion',
      { ...base, completion_tokens_details: { reasoning_tokens: 51 } },
      { inputUncached: 100, outputReasoning: 50 },
    ],
  ])('is read from %s', (_name, usage, expected) => {
    expect(readUsage(usage)).toEqual({ ...none, ...expected })
  })

  test.each([
    null,
    undefined,
    7,
    [],
    {},
    { total_tokens: 5 },
    { prompt_tokens: -1, completion_tokens: 2 },
    { prompt_tokens: 1.5 },
    { prompt_tokens: '12' },
    { prompt_tokens: 1, completion_tokens: 1e12 },
    { prompt_tokens: null },
  ])('is unknown for %o', usage => {
    expect(readUsage(usage)).toBeNull()
  })

  test('adds up to what was used, whatever the details say', () => {
    const count = fc.oneof(fc.nat(1000), fc.constantFrom(undefined, null, -1, 'x'))
    const details = fc.record({ cached_tokens: count, audio_tokens: count, reasoning_tokens: count })
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), details, (prompt, completion, detail) => {
        const usage = readUsage({
          prompt_tokens: prompt,
          completion_tokens: completion,
          total_tokens: -1,
          prompt_tokens_details: detail,
          completion_tokens_details: detail,
        })
        const { outputText, outputReasoning, audioOutput, ...input } = usage as Usage
        expect(outputText + outputReasoning + audioOutput).toBe(completion)
        for (const part of Object.values(usage as Usage)) expect(part).toBeGreaterThanOrEqual(0)
        const read = Object.values(input).reduce((sum, part) => sum + part, 0)
        expect(read).toBe(input.cacheRead > prompt ? prompt + input.cacheRead : prompt)
      }),
    )
  })
})
