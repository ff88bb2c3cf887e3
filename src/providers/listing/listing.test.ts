import { expect, test } from 'vitest'
import { sinceUnknown } from '../listing.ts'
import { bind, readFirst } from './bound.fixture.ts'
import { inferenceProfiles, olderLmStudio, shownGemma } from './own-answers.fixture.ts'

test('of OpenAI names and dates', () => {
  expect(readFirst('openai')).toEqual({
    models: [
      { id: 'gpt-6-sol', releasedOn: '2026-05-28' },
      { id: 'text-embedding-3-small', releasedOn: '2024-01-22' },
    ],
    next: null,
  })
})

test('of servers of one’s own the context that they were started with', () => {
  expect(readFirst('vllm').models).toEqual([{ id: 'qwen3-32b', contextWindow: 40_960 }])
  expect(readFirst('openai_compatible').models).toEqual([{ id: 'llama.gguf', contextWindow: 131_072 }])
})

test('of Groq only what is switched on', () => {
  expect(readFirst('groq').models).toEqual([
    {
      id: 'openai/gpt-oss-120b',
      ownedBy: 'OpenAI',
      contextWindow: 131_072,
      maxOutput: 65_536,
      releasedOn: '2025-08-05',
    },
  ])
})

test('of OpenRouter everything, with prices per token; only the place is taken from the address of the next page', () => {
  const { models, next } = readFirst('openrouter')
  expect(models[0]).toEqual({
    id: 'anthropic/claude-opus-5.5',
    title: 'Anthropic: Claude Opus 5.5',
    ownedBy: 'anthropic',
    kind: 'chat',
    contextWindow: 1_000_000,
    maxOutput: 128_000,
    input: ['text', 'image', 'pdf'],
    output: ['text'],
    tools: true,
    jsonSchema: true,
    reasoning: true,
    reasoningLevels: ['low', 'medium', 'high'],
    releasedOn: '2026-08-01',
    knowledgeCutoff: '2026-03-31',
    retiresOn: '2027-08-01',
    prices: [{ input: 5_000_000, output: 25_000_000, cacheRead: 500_000, cacheWrite5m: 6_250_000 }],
  })
  // Minus one says that the price depends.
  expect(models[1]?.prices).toBeUndefined()
  expect(next).toEqual({ method: 'GET', path: '/models?output_modalities=all&offset=500&limit=500' })
})

test('of Together an array, with prices per million tokens; zeros of what is rented are no prices', () => {
  expect(readFirst('together').models).toEqual([
    {
      id: 'meta-llama/Llama-3.3-70B-Instruct-Turbo',
      title: 'Meta Llama 3.3 70B Instruct Turbo',
      ownedBy: 'Meta',
      kind: 'chat',
      license: 'Llama-3.3 (Other)',
      contextWindow: 131_072,
      prices: [{ input: 880_000, output: 880_000 }],
    },
    { id: 'rent/me', kind: 'rerank', contextWindow: 8192 },
  ])
})

test('of Mistral abilities, further names and the end', () => {
  expect(readFirst('mistral').models).toEqual([
    {
      id: 'mistral-large-2512',
      title: 'Mistral Large 3',
      kind: 'chat',
      contextWindow: 262_144,
      input: ['text', 'image'],
      tools: true,
      reasoning: false,
      deprecatedOn: '2027-02-27',
      replacedBy: 'mistral-large-2712',
      aliases: ['mistral-large-latest'],
    },
  ])
})

test('of xAI prices in cents for a hundred million tokens, then the models that draw', () => {
  const { models, next } = readFirst('xai')
  expect(models).toEqual([
    {
      id: 'grok-4.5',
      ownedBy: 'xai',
      kind: 'chat',
      input: ['text', 'image'],
      output: ['text'],
      releasedOn: '2026-02-02',
      aliases: ['grok-4.5-latest'],
      prices: [{ input: 3_000_000, cacheRead: 750_000, output: 15_000_000 }],
    },
  ])
  if (next === null) throw new Error('one list alone')
  expect(bind('xai').readPage({ models: [{ id: 'grok-imagine-image' }] }, next)).toEqual({
    models: [{ id: 'grok-imagine-image', kind: 'image' }],
    next: null,
  })
})

test('of Hugging Face what the best of the vendors behind a model can do', () => {
  expect(readFirst('huggingface').models).toEqual([
    {
      id: 'openai/gpt-oss-120b',
      ownedBy: 'openai',
      kind: 'chat',
      contextWindow: 131_072,
      input: ['text'],
      output: ['text'],
      tools: true,
      jsonSchema: false,
      releasedOn: '2025-08-05',
    },
  ])
})

test('of further vendors what they add to the names', () => {
  expect(readFirst('fireworks').models).toEqual([
    {
      id: 'accounts/fireworks/models/kimi-k3',
      kind: 'chat',
      contextWindow: 1_048_576,
      input: ['text', 'image'],
      tools: true,
    },
  ])
  expect(readFirst('moonshot').models).toEqual([
    { id: 'kimi-k3', contextWindow: 1_048_576, input: ['text', 'image'], reasoning: true },
  ])
  expect(readFirst('sambanova').models).toEqual([
    {
      id: 'gpt-oss-120b',
      contextWindow: 131_072,
      maxOutput: 131_072,
      prices: [{ input: 220_000, output: 590_000 }],
    },
  ])
  expect(readFirst('deepseek').models).toEqual([{ id: 'deepseek-v4-pro' }])
  expect(readFirst('heroku').models).toEqual([
    { id: 'claude-4-5-sonnet', kind: 'chat' },
    { id: 'cohere-embed-multilingual', kind: 'embedding' },
  ])
})

test('of Anthropic sizes, abilities and days, page after page', () => {
  const { models, next } = readFirst('anthropic')
  expect(models).toEqual([
    {
      id: 'claude-opus-5-5',
      title: 'Claude Opus 5.5',
      kind: 'chat',
      contextWindow: 1_000_000,
      maxOutput: 128_000,
      input: ['text', 'image'],
      jsonSchema: true,
      reasoning: true,
      reasoningLevels: ['low', 'medium', 'high'],
      batch: true,
      releasedOn: '2026-08-01',
      deprecatedOn: '2026-11-01',
      retiresOn: '2027-02-01',
    },
    // The epoch stands for a day that nobody knows.
    {
      id: 'claude-opus-4-5-20251101',
      title: 'Claude Opus 4.5',
      kind: 'chat',
      aliases: ['claude-opus-4-5'],
    },
  ])
  expect(next?.path).toBe('/v1/models?limit=1000&after_id=claude-opus-4-5-20251101')
})

test('of Gemini limits and methods, names without their collection', () => {
  const { models, next } = readFirst('gemini')
  expect(models).toEqual([
    {
      id: 'gemini-3.5-flash',
      title: 'Gemini 3.5 Flash',
      kind: 'chat',
      contextWindow: 1_048_576,
      maxOutput: 65_536,
      reasoning: true,
      promptCaching: true,
      batch: true,
    },
    {
      id: 'gemini-embedding-001',
      kind: 'embedding',
      contextWindow: 2048,
      maxOutput: 1,
      promptCaching: false,
      batch: false,
    },
    { id: 'tunedModels/mine-1', kind: 'chat', promptCaching: false, batch: false },
  ])
  expect(next?.path).toBe('/v1beta/models?pageSize=1000&pageToken=a%2Fb%3D%3D')
})

test('of Vertex what can be asked there, publisher after publisher', () => {
  const { models, next } = readFirst('vertex')
  expect(models).toEqual([{ id: 'gemini-3.5-flash' }, { id: 'gemini-embedding-001', kind: 'embedding' }])
  expect(next?.path).toBe('/v1beta1/publishers/google/models?pageSize=100&pageToken=next%20page')
  const listing = bind('vertex')
  const last = listing.readPage({ publisherModels: [] }, listing.first)
  expect(last.next?.path).toBe('/v1beta1/publishers/anthropic/models?pageSize=100')
  const llama = { name: 'publishers/meta/models/llama-3.3-70b-instruct-maas' }
  const meta = { method: 'GET', path: '/v1beta1/publishers/meta/models' } as const
  expect(
    listing.readPage({ publisherModels: [llama, { name: 'publishers/meta/models/sam' }] }, meta).models,
  ).toEqual([{ id: 'meta/llama-3.3-70b-instruct-maas', kind: 'chat' }])
  expect(listing.readPage({}, meta).models).toEqual([])
})

test('of Bedrock models that can be asked directly, then profiles with the facts of their models', () => {
  const { models, next } = readFirst('bedrock')
  const nova = {
    title: 'Nova Lite',
    ownedBy: 'Amazon',
    kind: 'chat',
    input: ['text', 'image', 'video'],
    output: ['text'],
    streaming: true,
    deprecatedOn: sinceUnknown,
  }
  expect(models).toEqual([{ id: 'amazon.nova-lite-v1:0', ...nova }])
  if (next === null) throw new Error('no profiles')
  const profiles = bind('bedrock').readPage(inferenceProfiles, next)
  expect(profiles.models).toEqual([
    {
      id: 'eu.anthropic.claude-opus-5-5-v1:0',
      title: 'EU Claude Opus 5.5',
      ownedBy: 'Anthropic',
      kind: 'chat',
      input: ['text', 'image'],
      output: ['text'],
      streaming: true,
    },
    {
      ...nova,
      id: 'arn:aws:bedrock:eu-central-1:1:application-inference-profile/ab12',
      title: 'of the shop',
    },
  ])
  expect(profiles.next?.path).toBe('/inference-profiles?maxResults=1000&nextToken=more%2B')
  expect(profiles.next?.known).toEqual(next.known)
})

test('of Azure what could be deployed, and no more than that', () => {
  expect(bind('azure').advisory).toBe(true)
  expect(readFirst('azure').models).toEqual([
    { id: 'gpt-5.4-2026-03-05', kind: 'chat', releasedOn: '2026-03-05', retiresOn: '2027-03-05' },
  ])
})

test('of Cohere endpoints and features; what is over is left out', () => {
  const { models, next } = readFirst('cohere')
  expect(models).toEqual([
    {
      id: 'command-a-vision-07-2025',
      kind: 'chat',
      contextWindow: 128_000,
      input: ['text', 'image'],
      tools: false,
      jsonSchema: true,
      reasoning: false,
    },
    { id: 'rerank-v3.5', kind: 'rerank', contextWindow: 4096 },
  ])
  expect(next?.path).toBe('/v1/models?page_size=1000&page_token=tok')
})

test('of Ollama the context length and the abilities of each model, asked one by one', () => {
  const listing = bind('ollama')
  const [model] = readFirst('ollama').models
  if (model === undefined) throw new Error('no model')
  expect(model).toEqual({ id: 'gemma3:4b' })
  expect(listing.detailOf(model)).toEqual({
    method: 'POST',
    path: '/api/show',
    body: { model: 'gemma3:4b' },
  })
  const shown = {
    id: 'gemma3:4b',
    kind: 'chat',
    contextWindow: 16_384,
    input: ['text', 'image'],
    tools: true,
    reasoning: false,
  }
  expect(listing.readDetail(shownGemma, model)).toEqual(shown)
  expect(listing.readDetail({ ...shownGemma, parameters: '' }, model).contextWindow).toBe(131_072)
  const embeds = { model_info: { 'bert.context_length': 512 }, capabilities: ['embedding'] }
  expect(listing.readDetail(embeds, model)).toMatchObject({ kind: 'embedding', contextWindow: 512 })
})

test('of LM Studio the context with which a model is loaded, else the largest; of an older one as well', () => {
  expect(readFirst('lmstudio').models).toEqual([
    {
      id: 'google/gemma-3-4b',
      title: 'Gemma 3 4B',
      ownedBy: 'google',
      kind: 'chat',
      contextWindow: 8192,
      input: ['text', 'image'],
      tools: false,
    },
    { id: 'nomic-embed', kind: 'embedding', contextWindow: 2048 },
  ])
  const listing = bind('lmstudio')
  expect(listing.readPage(olderLmStudio, listing.first).models).toEqual([
    {
      id: 'qwen2-vl-7b-instruct',
      ownedBy: 'mlx-community',
      kind: 'chat',
      contextWindow: 32_768,
      input: ['text', 'image'],
      tools: true,
    },
  ])
})
