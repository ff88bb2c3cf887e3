import { calcPrice } from '@pydantic/genai-prices'
import { describe, expect, test } from 'vitest'
import type { Usage } from '../call.ts'
import { createPriceBook } from './price-book.ts'
import { bundledPrices, type PricedModel } from './price-snapshot.ts'

const usage: Usage = {
  inputUncached: 0,
  cacheRead: 700,
  cacheWrite5m: 30,
  cacheWrite1h: 0,
  outputText: 501,
  outputReasoning: 0,
  audioInput: 0,
  audioOutput: 0,
}

describe('the bundled table', () => {
  const book = createPriceBook({ snapshot: bundledPrices, overrides: [] })

  test.each([
    ['openai', 'gpt-4o-mini'],
    ['openai', 'gpt-4o-mini-2024-07-18'],
    ['openai', 'gpt-4o-20240806'],
    ['openai', 'text-embedding-3-small'],
    ['anthropic', 'claude-sonnet-4-5-20250929'],
    ['azure', 'gpt-4o'],
    ['cohere', 'command-r-plus'],
    ['xai', 'grok-3'],
    ['gemini', 'gemini-2.5-flash'],
    ['gemini', 'models/gemini-2.5-flash'],
    ['vertex', 'publishers/google/models/gemini-2.5-pro'],
    ['mistral', 'mistral-large-latest'],
    ['groq', 'llama-3.3-70b-versatile'],
    ['deepseek', 'deepseek-chat'],
    ['bedrock', 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0'],
    ['bedrock', 'us.meta.llama3-3-70b-instruct-v1:0'],
    ['bedrock', 'arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-opus-4-5-20251101-v1:0'],
    ['openrouter', 'anthropic/claude-sonnet-4.5'],
    ['together', 'meta-llama/Llama-3.3-70B-Instruct-Turbo'],
    ['fireworks', 'accounts/fireworks/models/deepseek-v3p2'],
    ['perplexity', 'sonar'],
    ['cerebras', 'gpt-oss-120b'],
    ['moonshot', 'kimi-k2.6'],
    ['zai', 'glm-5.2'],
  ])('knows %s %s', (provider, model) => {
    expect(book.priceOf(provider, model)).not.toBeNull()
  })

  test.each([
    ['openai', 'no-such-model'],
    ['openai', 'ft:no-such-model:acme::1'],
    ['ollama', 'llama3'],
    ['custom', 'gpt-4o'],
    ['openrouter', 'anthropic/claude-sonnet-4.5:nitro'],
  ])('does not guess at %s %s', (provider, model) => {
    expect(book.priceOf(provider, model)).toBeNull()
  })

  test('charges what the source of the table charges, model by model and over time', () => {
    const times = [
      '2025-01-01T12:00:00Z',
      '2026-03-14T00:00:00Z',
      '2026-08-20T02:30:00Z',
      '2026-11-23T20:00:00Z',
    ]
    const moments = times.flatMap(time => [1000, 300_000].map(length => ({ time: new Date(time), length })))
    const questions = Object.entries(bundledPrices.providers).flatMap(([provider, { models }]) =>
      namesToCompare(models).flatMap(model => moments.map(moment => ({ provider, model, ...moment }))),
    )
    const compared = questions.filter(question => !isBeyondWindow(question)).filter(compare).length
    expect(compared).toBeGreaterThan(8000)
  })

  interface Question {
    provider: string
    model: string
    time: Date
    length: number
  }

  /** The source still has the prices of a longer window, which the vendor has taken back. */
  function isBeyondWindow({ provider, model, length }: Question): boolean {
    return provider === 'anthropic' && /^claude-sonnet-4[-.]5$/.test(model) && length > 200_000
  }

  /** Whether both know the price; where they do, it must be the same. */
  function compare({ provider, model, time, length }: Question): boolean {
    const { nanoUsd } = book.costOf({
      provider,
      model,
      usage: { ...usage, inputUncached: length },
      serviceTier: null,
      at: time.getTime(),
    })
    const expected = calcPrice(
      { input_tokens: length + 730, cache_read_tokens: 700, cache_write_tokens: 30, output_tokens: 501 },
      model,
      { providerId: provider, timestamp: time },
    )
    if (nanoUsd === null || expected === null) return false
    const difference = Math.abs(nanoUsd - expected.total_price * 1e9)
    if (difference > 1)
      throw new Error(`${provider} ${model}: ${nanoUsd} is not ${expected.total_price * 1e9}`)
    return true
  }
})

/** Names of the first source alone: of the others it knows nothing, or only what a rule for many names says. */
function namesToCompare(models: readonly PricedModel[]): string[] {
  const second = new Set(models.filter(model => model.source === 1).map(model => model.id.toLowerCase()))
  return models
    .filter(model => model.source === undefined)
    .flatMap(model => [
      model.id,
      ...(model.match ?? []).flat().map(rule => rule.slice(1).replace(/[\^$\\].*/, '')),
    ])
    .filter(name => name.length > 2 && !second.has(name.toLowerCase()))
}
