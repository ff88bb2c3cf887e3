import { calcPrice } from '@pydantic/genai-prices'
import { expect, test } from 'vitest'
import { buildConnection } from './build-connection.ts'
import { findProvider, providers } from './index.ts'
import { makeSettings, testKey } from './settings.fixture.ts'

const timers = { connectMs: 1, headersMs: 1, firstContentMs: 1, idleMs: 1 }

function urlOf(type: string, operation: 'chat' | 'completion' | 'embedding', model = 'm') {
  const provider = findProvider(type)
  if (provider === undefined) throw new Error(`no provider ${type}`)
  const connection = buildConnection({
    provider,
    settings: makeSettings({ baseUrl: provider.baseUrl === null ? 'https://host.example/v1' : null }),
    timers,
    maxConnections: 1,
    maxRetries: 0,
  })
  const path = connection.pathFor({
    operation,
    format: provider.formats[operation]?.[0] ?? '',
    model,
    streaming: false,
  })
  return path === null ? null : connection.origin + path
}

test('every provider has a type of its own, names that are told apart, and at least chat', () => {
  expect(new Set(providers.map(provider => provider.type)).size).toBe(providers.length)
  for (const provider of providers) {
    expect(provider.type).toMatch(/^[a-z_]+$/)
    expect(provider.formats.chat?.length).toBeGreaterThan(0)
    expect(new Set(provider.models).size).toBe(provider.models.length)
    if (provider.keyOptional !== true) expect(provider.keyVariables.length).toBeGreaterThan(0)
  }
})

test('a provider is found by its type, by an alias, and in any spelling of either', () => {
  for (const provider of providers) expect(findProvider(provider.type)).toBe(provider)
  expect(findProvider('Azure-OpenAI')?.type).toBe('azure')
  expect(findProvider('azure_openai')?.type).toBe('azure')
  expect(findProvider('grok')?.type).toBe('xai')
  expect(findProvider('openai-compatible')?.type).toBe('openai_compatible')
  expect(findProvider('LM-Studio')?.type).toBe('lmstudio')
  expect(findProvider('google')?.type).toBe('gemini')
  expect(findProvider('nobody')).toBeUndefined()
  expect(findProvider('constructor')).toBeUndefined()
})

test.each([
  ['openai', 'https://api.openai.com/v1/chat/completions'],
  ['gemini', 'https://generativelanguage.googleapis.com/v1beta/models/m:generateContent'],
  ['groq', 'https://api.groq.com/openai/v1/chat/completions'],
  ['deepseek', 'https://api.deepseek.com/chat/completions'],
  ['mistral', 'https://api.mistral.ai/v1/chat/completions'],
  ['openrouter', 'https://openrouter.ai/api/v1/chat/completions'],
  ['together', 'https://api.together.xyz/v1/chat/completions'],
  ['cerebras', 'https://api.cerebras.ai/v1/chat/completions'],
  ['zai', 'https://api.z.ai/api/paas/v4/chat/completions'],
  ['perplexity', 'https://api.perplexity.ai/chat/completions'],
  ['alibaba', 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions'],
  ['sambanova', 'https://api.sambanova.ai/v1/chat/completions'],
  ['nvidia', 'https://integrate.api.nvidia.com/v1/chat/completions'],
  ['huggingface', 'https://router.huggingface.co/v1/chat/completions'],
  ['heroku', 'https://us.inference.heroku.com/v1/chat/completions'],
  ['crusoe', 'https://api.inference.crusoecloud.com/v1/chat/completions'],
  ['snowflake', 'https://host.example/v1/chat/completions'],
  ['sglang', 'http://127.0.0.1:30000/v1/chat/completions'],
  ['bedrock', 'https://host.example/v1/model/m/converse'],
  ['ollama', 'http://127.0.0.1:11434/api/chat'],
  ['openai_compatible', 'https://host.example/v1/chat/completions'],
])('%s is asked for chat at %s', (type, url) => {
  expect(urlOf(type, 'chat')).toBe(url)
})

test('an operation that a vendor lacks has no address', () => {
  expect(urlOf('groq', 'embedding')).toBeNull()
  expect(urlOf('deepseek', 'completion')).toBeNull()
  expect(urlOf('openai', 'completion')).toBe('https://api.openai.com/v1/completions')
  expect(urlOf('mistral', 'embedding')).toBe('https://api.mistral.ai/v1/embeddings')
})

test('OpenAI is told the organisation and the project', () => {
  const settings = makeSettings({ organization: 'org-1', project: 'proj-1' })
  expect(findProvider('openai')?.headersFor(testKey, settings)).toEqual([
    'authorization',
    'Bearer sk-test',
    'openai-organization',
    'org-1',
    'openai-project',
    'proj-1',
  ])
})

// The price table lags behind these vendors, or does not have them.
const notPriced = new Set([
  'alibaba',
  'cohere',
  'crusoe',
  'heroku',
  'huggingface',
  'nvidia',
  'sambanova',
  'simulator',
  'snowflake',
  'zai',
])
// Younger than the table's last edition.
const notPricedModels = new Set([
  'claude-haiku-5-5',
  'gpt-6.1-sol',
  'gpt-6.1-terra',
  'grok-4.7',
  'kimi-k3.1-pro',
  'kimi-k3.1-pro-highspeed',
  'qwen-3.8-27b',
  'qwen/qwen3.6-27b',
  'qwen/qwen3.8-27b',
  'MiniMaxAI/MiniMax-M3',
  'Qwen/Qwen3.7-Max',
  'deepseek-ai/DeepSeek-V4-Pro-0813',
  'deepseek-ai/DeepSeek-V4.1-Flash',
  'moonshotai/Kimi-K3.1-Pro',
  'zai-org/GLM-5.3',
  'zai-org/GLM-5.3-Flash',
])

/** Vendors name these in their documentation, and the table has no price for them. */
const unlisted = new Set(['mistral-moderation-latest', 'grok-imagine-image', 'canopylabs/orpheus-v1-english'])

test('the well-known models are those of the price table', () => {
  const unknown = providers
    .filter(provider => !notPriced.has(provider.type))
    .flatMap(provider =>
      provider.models.map(model => ({ id: provider.priceProvider ?? provider.type, model })),
    )
    .filter(({ model }) => !notPricedModels.has(model) && !unlisted.has(model))
    .filter(({ id, model }) => calcPrice({ input_tokens: 1 }, model, { providerId: id }) === null)
  expect(unknown).toEqual([])
})
