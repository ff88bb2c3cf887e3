// Who goes on from the beginning of an answer, and what is sent upstream for it.

import { describe, expect, test } from 'vitest'
import type { Conversation } from '../conversation/conversation.ts'
import type { EncodeTarget } from '../formats/format.ts'
import { formats } from '../formats/index.ts'
import { type JsonObject, objectsOf } from '../lib/json-value.ts'
import { buildConnection } from './build-connection.ts'
import { findProvider } from './index.ts'
import { makeSettings } from './settings.fixture.ts'

const timers = { connectMs: 1, headersMs: 1, firstContentMs: 1, idleMs: 1 }

function asked(more: Partial<Conversation> = {}): Conversation {
  return {
    model: 'm',
    messages: [
      { role: 'user', parts: [{ type: 'text', text: 'Count' }] },
      { role: 'assistant', parts: [{ type: 'text', text: 'One, two' }] },
    ],
    tools: [],
    sampling: { maxTokens: 100 },
    streaming: true,
    wantsStreamUsage: true,
    ...more,
  }
}

function meet(type: string, model: string, baseUrl: string | null = null) {
  const provider = findProvider(type)
  const format = formats[provider?.formats.chat?.[0] ?? '']
  if (provider === undefined || format?.chat === undefined) throw new Error(`no chat of ${type}`)
  const settings = makeSettings({ baseUrl: baseUrl ?? provider.baseUrl ?? 'https://host.example/v1' })
  const quirks = { ...provider.quirks, ...provider.quirksFor?.(settings) }
  const target: EncodeTarget = { model, maxOutputTokens: null, streamUsage: 'reject', quirks }
  const connection = buildConnection({ provider, settings, timers, maxConnections: 1, maxRetries: 0 })
  return { chat: format.chat, target, connection, format }
}

function abilityOf(type: string, model: string, conversation = asked()) {
  const { chat, target } = meet(type, model)
  return chat.abilities(target, conversation).prefill
}

function encode(type: string, model: string, conversation = asked()): JsonObject {
  const { chat, target } = meet(type, model)
  return chat.encodeRequest(conversation, target).body
}

describe('a model goes on from the beginning of its answer', () => {
  test.each([
    ['mistral', 'mistral-large-latest', 'echo'],
    ['deepseek', 'deepseek-chat', 'echo'],
    ['llamacpp', 'any', 'echo'],
    ['moonshot', 'moonshot-v1-8k', 'plain'],
    ['ollama', 'llama3.1', 'plain'],
    ['vllm', 'meta-llama/Llama-3.3-70B-Instruct', 'plain'],
    ['vllm', 'Qwen/Qwen3-30B-A3B-Instruct-2507', 'plain'],
    ['sglang', 'meta-llama/Llama-3.3-70B-Instruct', 'plain'],
    ['openrouter', 'anthropic/claude-haiku-4.5', 'plain'],
    ['openrouter', 'anthropic/claude-3.7-sonnet', 'plain'],
    ['anthropic', 'claude-sonnet-4-5', 'plain'],
    ['bedrock', 'global.anthropic.claude-haiku-4-5-20251001-v1:0', 'plain'],
    ['bedrock', 'amazon.nova-lite-v1:0', 'plain'],
    ['gemini', 'gemini-2.5-flash', 'plain'],
  ])('%s/%s', (type, model, kind) => {
    expect(abilityOf(type, model)).toBe(kind)
    expect(abilityOf(type, model, asked({ reasoning: { effort: 'none' } }))).toBe(kind)
  })

  test.each([
    ['deepseek', 'deepseek-v4-pro'],
    ['moonshot', 'kimi-k2.6'],
    ['mistral', 'magistral-medium-latest'],
    ['ollama', 'qwen3:8b'],
    ['vllm', 'openai/gpt-oss-120b'],
    ['sglang', 'deepseek-ai/DeepSeek-R1'],
  ])('%s/%s, which thinks by itself, where it is told not to', (type, model) => {
    expect(abilityOf(type, model)).toBeUndefined()
    expect(abilityOf(type, model, asked({ reasoning: { effort: 'none' } }))).not.toBeUndefined()
    expect(abilityOf(type, model, asked({ reasoning: { budgetTokens: 0 } }))).not.toBeUndefined()
  })
})

describe('nobody is asked to go on', () => {
  test.each([
    ['deepseek', 'deepseek-chat'],
    ['moonshot', 'kimi-k2.6'],
    ['mistral', 'mistral-large-latest'],
    ['ollama', 'llama3.1'],
    ['llamacpp', 'any'],
    ['vllm', 'qwen'],
    ['openrouter', 'anthropic/claude-haiku-4.5'],
    ['anthropic', 'claude-sonnet-4-5'],
    ['bedrock', 'anthropic.claude-haiku-4-5-20251001-v1:0'],
    ['gemini', 'gemini-2.5-flash'],
  ])('who is asked to think: %s/%s', (type, model) => {
    expect(abilityOf(type, model, asked({ reasoning: { effort: 'high' } }))).toBeUndefined()
    expect(abilityOf(type, model, asked({ reasoning: { budgetTokens: 2_000 } }))).toBeUndefined()
  })

  test.each([
    ['anthropic', 'claude-opus-4-6'],
    ['bedrock', 'amazon.nova-2-lite-v1:0'],
    ['bedrock', 'meta.llama3-3-70b-instruct-v1:0'],
    ['gemini', 'gemini-3.6-flash'],
    ['openrouter', 'anthropic/claude-sonnet-4.6'],
    ['openrouter', 'openai/gpt-5.5'],
    ['deepseek', 'deepseek-reasoner'],
    ['moonshot', 'kimi-k3'],
    ['cohere', 'command-a-03-2025'],
    ['openai', 'gpt-4.1'],
    ['openai_compatible', 'any'],
    ['together', 'meta-llama/Llama-3.3-70B-Instruct-Turbo'],
    ['fireworks', 'accounts/fireworks/models/glm-5p2'],
    ['lmstudio', 'any'],
  ])('who refuses, begins anew, or is not known to do it: %s/%s', (type, model) => {
    expect(abilityOf(type, model, asked({ reasoning: { effort: 'none' } }))).toBeUndefined()
  })

  test('of Moonshot where the answer has to be JSON', () => {
    expect(abilityOf('moonshot', 'moonshot-v1-8k', asked({ output: { type: 'json' } }))).toBeUndefined()
  })

  test('at an address of DeepSeek that says nothing of the beta features', () => {
    const at = (baseUrl: string) => {
      const { chat, target } = meet('deepseek', 'deepseek-chat', baseUrl)
      return chat.abilities(target, asked()).prefill
    }
    expect(at('https://api.deepseek.com/v1')).toBeUndefined()
    expect(at('https://api.deepseek.com/beta')).toBe('echo')
    expect(at('https://mirror.example')).toBe('echo')
  })
})

describe('what is sent', () => {
  const said = { role: 'assistant', content: 'One, two' }

  test.each([
    ['mistral', 'mistral-large-latest', { ...said, prefix: true }],
    ['deepseek', 'deepseek-chat', { ...said, prefix: true }],
    ['moonshot', 'moonshot-v1-8k', { ...said, partial: true }],
    ['moonshot', 'kimi-k3', said],
    ['llamacpp', 'any', said],
    ['openrouter', 'anthropic/claude-haiku-4.5', said],
    ['ollama', 'llama3.1', said],
    ['vllm', 'qwen', said],
  ])('to %s/%s as the last message', (type, model, message) => {
    const { messages } = encode(type, model) as { messages: unknown }
    expect(objectsOf(messages).at(-1)).toEqual(message)
  })

  test('to vLLM and SGLang as fields of the request, and to nobody else', () => {
    const fields = { add_generation_prompt: false, continue_final_message: true }
    for (const type of ['vllm', 'sglang']) expect(encode(type, 'qwen')).toMatchObject(fields)
    for (const type of ['llamacpp', 'mistral', 'deepseek', 'openrouter'])
      expect(encode(type, 'deepseek-chat')).not.toHaveProperty('continue_final_message')
  })

  test('to Bedrock and Gemini as their last turn', () => {
    const converse = objectsOf(encode('bedrock', 'amazon.nova-lite-v1:0')['messages'])
    expect(converse.at(-1)).toEqual({ role: 'assistant', content: [{ text: 'One, two' }] })
    const contents = objectsOf(encode('gemini', 'gemini-2.5-flash')['contents'])
    expect(contents.at(-1)).toEqual({ role: 'model', parts: [{ text: 'One, two' }] })
  })

  test('to DeepSeek below /beta, and nothing else there', () => {
    const pathOf = (baseUrl: string | null, conversation: Conversation) => {
      const { chat, target, connection, format } = meet('deepseek', 'deepseek-chat', baseUrl)
      const { continues } = chat.encodeRequest(conversation, target)
      const destination = { operation: 'chat', format: format.name, model: 'deepseek-chat' } as const
      return connection.pathFor({ ...destination, streaming: true, continues })
    }
    const plain = asked({ messages: asked().messages.slice(0, 1) })
    expect(pathOf(null, plain)).toBe('/chat/completions')
    expect(pathOf(null, asked())).toBe('/beta/chat/completions')
    expect(pathOf(null, plain)).toBe('/chat/completions')
    expect(pathOf('https://api.deepseek.com/beta', asked())).toBe('/beta/chat/completions')
    expect(pathOf('https://api.deepseek.com/v1', asked())).toBe('/v1/chat/completions')
  })
})
