import { expect, test } from 'vitest'
import { findProvider } from '../index.ts'
import { makeSettings } from '../settings.fixture.ts'
import { bindListing } from './bind.ts'
import { addressOf, bind } from './bound.fixture.ts'

test.each([
  ['openai', 'https://api.openai.com/v1/models'],
  ['anthropic', 'https://api.anthropic.com/v1/models?limit=1000'],
  ['gemini', 'https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000'],
  ['groq', 'https://api.groq.com/openai/v1/models'],
  ['deepseek', 'https://api.deepseek.com/models'],
  ['mistral', 'https://api.mistral.ai/v1/models'],
  ['cohere', 'https://api.cohere.com/v1/models?page_size=1000'],
  ['openrouter', 'https://openrouter.ai/api/v1/models?output_modalities=all'],
  ['together', 'https://api.together.xyz/v1/models'],
  ['fireworks', 'https://api.fireworks.ai/inference/v1/models'],
  ['xai', 'https://api.x.ai/v1/language-models'],
  ['zai', 'https://api.z.ai/api/paas/v4/models'],
  ['alibaba', 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1/models'],
  ['heroku', 'https://us.inference.heroku.com/available-models'],
  ['azure', 'https://host.example/openai/v1/models'],
  ['ollama', 'http://127.0.0.1:11434/api/tags'],
  ['vllm', 'http://127.0.0.1:8000/v1/models'],
  ['lmstudio', 'http://127.0.0.1:1234/api/v1/models'],
  ['openai_compatible', 'https://host.example/models'],
])('%s: %s', (type, address) => {
  expect(addressOf(bind(type))).toBe(address)
})

test('an address with a version or a path of its own is completed, not doubled', () => {
  expect(addressOf(bind('anthropic', { baseUrl: 'https://p.example/v1' }))).toBe(
    'https://p.example/v1/models?limit=1000',
  )
  expect(addressOf(bind('ollama', { baseUrl: 'gpu:11434/v1' }))).toBe('http://gpu:11434/api/tags')
  expect(addressOf(bind('lmstudio', { baseUrl: 'http://gpu:1234/v1' }))).toBe('http://gpu:1234/api/v1/models')
  expect(addressOf(bind('vllm', { baseUrl: 'http://gpu:8000/v1' }))).toBe('http://gpu:8000/v1/models')
  for (const path of ['', '/openai', '/openai/v1', '/openai/deployments/mine'])
    expect(addressOf(bind('azure', { baseUrl: `https://me.openai.azure.com${path}` }))).toBe(
      'https://me.openai.azure.com/openai/v1/models',
    )
})

test('Bedrock is asked at its control plane, in the same region', () => {
  expect(addressOf(bind('bedrock', { baseUrl: null, region: 'eu-central-1' }))).toBe(
    'https://bedrock.eu-central-1.amazonaws.com/foundation-models',
  )
  expect(
    addressOf(bind('bedrock', { baseUrl: 'https://bedrock-runtime-fips.us-east-1.amazonaws.com' })),
  ).toBe('https://bedrock-fips.us-east-1.amazonaws.com/foundation-models')
  expect(addressOf(bind('bedrock', { baseUrl: 'http://127.0.0.1:99' }))).toBe(
    'http://127.0.0.1:99/foundation-models',
  )
})

test('an older LM Studio is asked in its own words', () => {
  const { first, ...listing } = bind('lmstudio')
  expect(addressOf({ first, ...listing }, first.otherwise)).toBe('http://127.0.0.1:1234/api/v0/models')
})

test('who answers without a network, or lists nothing, is not asked', () => {
  for (const type of ['simulator', 'ai_sdk', 'perplexity', 'snowflake']) {
    const provider = findProvider(type)
    if (provider === undefined) throw new Error(type)
    expect(bindListing(provider, makeSettings({ baseUrl: 'https://host.example' }))).toBeNull()
  }
})
