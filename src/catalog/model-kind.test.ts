import { expect, test } from 'vitest'
import { kindOfModalities, kindOfName } from './model-kind.ts'

test.each([
  ['text-embedding-3-small', 'embedding'],
  ['mistral-embed', 'embedding'],
  ['amazon.titan-embed-text-v1', 'embedding'],
  ['nvidia/nv-embedqa-e5-v5', 'embedding'],
  ['BAAI/bge-large-en-v1.5', 'embedding'],
  ['E5-Mistral-7B-Instruct', 'embedding'],
  ['togethercomputer/m2-bert-80M-8k-retrieval', 'embedding'],
  ['rerank-v3.5', 'rerank'],
  ['BAAI/bge-reranker-v2-m3', 'rerank'],
  ['omni-moderation-latest', 'moderation'],
  ['mistral-moderation-2411', 'moderation'],
  ['meta-llama/llama-guard-4-12b', 'moderation'],
  ['meta-llama/Meta-Llama-Guard-3-8B', 'moderation'],
  ['meta-llama/LlamaGuard-2-8b', 'moderation'],
  ['meta-llama/llama-prompt-guard-2-86m', 'moderation'],
  ['google/shieldgemma-9b', 'moderation'],
  ['nvidia/llama-3.1-nemoguard-8b-content-safety', 'moderation'],
  ['nvidia/nemotron-3.5-content-safety:free', 'moderation'],
  ['whisper-large-v3-turbo', 'transcription'],
  ['gpt-4o-mini-transcribe', 'transcription'],
  ['voxtral-mini-latest', 'transcription'],
  ['gpt-4o-mini-tts', 'speech'],
  ['tts-1-hd', 'speech'],
  ['gemini-2.5-flash-preview-tts', 'speech'],
  ['canopylabs/orpheus-v1-english', 'speech'],
  ['dall-e-3', 'image'],
  ['gpt-image-1.5', 'image'],
  ['imagen-4.0-generate-001', 'image'],
  ['black-forest-labs/FLUX.1-schnell', 'image'],
  ['grok-imagine-image', 'image'],
  ['veo-3.0-generate-001', 'video'],
  ['sora-2', 'video'],
  ['gpt-3.5-turbo-instruct', 'completion'],
  ['davinci-002', 'completion'],
  ['text-davinci-003', 'completion'],
  ['gpt-4o-realtime-preview', 'other'],
  ['gemini-live-2.5-flash', 'other'],
  ['mistral-ocr-latest', 'other'],
  // Asked by a conversation, though pictures come back.
  ['gemini-2.5-flash-image', 'chat'],
])('the name of %s says %s', (name, kind) => {
  expect(kindOfName(name)).toBe(kind)
})

test.each([
  'gpt-4o',
  'claude-haiku-4-5',
  'gemini-2.5-flash',
  'openai/gpt-oss-safeguard-20b',
  'togethercomputer/GPT-JT-Moderation-6B',
  'llama-3.2-90b-vision-preview',
  'Qwen/Qwen3-VL-235B-A22B-Instruct',
  'deepseek-v3.1',
  'adamantium-7b',
  'my-fastest-model',
  'sarvam-m',
])('the name of %s says nothing', name => {
  expect(kindOfName(name)).toBeNull()
})

test('what goes in and comes out tells a kind only where it fits no other', () => {
  expect(kindOfModalities(['text'], ['embedding'])).toBe('embedding')
  expect(kindOfModalities(['text', 'image'], ['image'])).toBe('image')
  expect(kindOfModalities(['text'], ['audio'])).toBe('speech')
  expect(kindOfModalities(['audio'], ['text'])).toBe('transcription')
  expect(kindOfModalities(['text'], ['video'])).toBe('video')
  expect(kindOfModalities(['text', 'audio'], ['text'])).toBeNull()
  expect(kindOfModalities(['text'], ['text'])).toBeNull()
  expect(kindOfModalities(['text'], ['text', 'image'])).toBeNull()
  expect(kindOfModalities(['audio'], ['audio'])).toBeNull()
  expect(kindOfModalities(undefined, undefined)).toBeNull()
})
