// Whatever a conversation asks for, each format either says it, tells that it was left out, or refuses.

import { describe, expect, test } from 'vitest'
import { adaptConversation } from '../conversation/adapt.ts'
import type { Conversation } from '../conversation/conversation.ts'
import type { Part } from '../conversation/parts.ts'
import { GatewayError } from '../errors.ts'
import type { EncodeTarget } from './format.ts'
import { formats } from './index.ts'

const models: Readonly<Record<string, string>> = {
  'openai-chat': 'gpt-4.1',
  'openai-responses': 'gpt-5',
  'anthropic-messages': 'claude-sonnet-4-5',
  gemini: 'gemini-2.5-flash',
  'cohere-chat': 'command-a-reasoning-08-2025',
  'bedrock-converse': 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'ollama-chat': 'qwen3',
}

const pixel = { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } as const
const pdf = { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' } as const
const sound = { kind: 'base64', mediaType: 'audio/wav', data: 'UklGRg==' } as const
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const tool = { type: 'function', name: 'look', description: 'Looks.', parameters: schema } as const
const call: Part = { type: 'tool_call', id: 'call00001', name: 'look', arguments: '{"city":"Rio"}' }
const result = {
  type: 'tool_result',
  callId: 'call00001',
  name: 'look',
  content: [{ type: 'text', text: 'sun' }],
} as const

function ask(more: Partial<Conversation>): Conversation {
  return {
    model: 'asked',
    streaming: false,
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
    tools: [],
    sampling: {},
    ...more,
  }
}

const withTool = ask({ tools: [tool] })

function say(...parts: readonly Part[]): Conversation {
  return ask({ messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }, ...parts] }] })
}

function answered(...parts: readonly Part[]): Conversation {
  return ask({
    tools: [tool],
    messages: [
      { role: 'user', parts: [{ type: 'text', text: 'Hello' }] },
      { role: 'assistant', parts: [call] },
      { role: 'user', parts },
    ],
  })
}

function history(...parts: readonly Part[]): Conversation {
  return ask({
    messages: [
      { role: 'user', parts: [{ type: 'text', text: 'Hello' }] },
      { role: 'assistant', parts: [{ type: 'text', text: 'Hi' }, ...parts] },
      { role: 'user', parts: [{ type: 'text', text: 'And?' }] },
    ],
  })
}

/** What is asked, and the same without the thing in question. */
type Variation = readonly [what: string, asked: Conversation, without: Conversation]

const plain = ask({})
const variations: readonly Variation[] = [
  ['max_tokens', ask({ sampling: { maxTokens: 77 } }), plain],
  ['temperature', ask({ sampling: { temperature: 0.3 } }), plain],
  ['top_p', ask({ sampling: { topP: 0.3 } }), plain],
  ['top_k', ask({ sampling: { topK: 3 } }), plain],
  ['stop', ask({ sampling: { stop: ['END'] } }), plain],
  ['seed', ask({ sampling: { seed: 3 } }), plain],
  ['frequency_penalty', ask({ sampling: { frequencyPenalty: 0.3 } }), plain],
  ['presence_penalty', ask({ sampling: { presencePenalty: 0.3 } }), plain],
  ['n', ask({ sampling: { choices: 2 } }), plain],
  ['logprobs', ask({ sampling: { logprobs: 0 } }), plain],
  ['top_logprobs', ask({ sampling: { logprobs: 3 } }), ask({ sampling: { logprobs: 0 } })],
  ['logit_bias', ask({ sampling: { logitBias: { 1: 1 } } }), plain],
  ['response_format json', ask({ output: { type: 'json' } }), plain],
  ['response_format json_schema', ask({ output: { type: 'json_schema', schema } }), plain],
  ['reasoning_effort', ask({ reasoning: { effort: 'high' } }), plain],
  ['no reasoning', ask({ reasoning: { effort: 'none' } }), ask({ reasoning: { effort: 'high' } })],
  ['budget', ask({ reasoning: { budgetTokens: 2048 } }), plain],
  ['user', ask({ user: 'u' }), plain],
  ['service_tier', ask({ serviceTier: 'flex' }), plain],
  ['metadata', ask({ metadata: { a: 'b' } }), plain],
  ['prompt_cache_key', ask({ cacheKey: 'k' }), plain],
  [
    'name',
    ask({ messages: [{ role: 'user', name: 'Ann', parts: [{ type: 'text', text: 'Hello' }] }] }),
    plain,
  ],
  ['tools', withTool, plain],
  ['strict', ask({ tools: [{ ...tool, strict: true }] }), withTool],
  ['cache_control of a tool', ask({ tools: [{ ...tool, cache: {} }] }), withTool],
  ['custom tool', ask({ tools: [{ type: 'custom', name: 'write' }] }), plain],
  [
    'foreign tool',
    ask({ tools: [tool, { type: 'provider', format: 'other', name: 'web_search', value: {} }] }),
    withTool,
  ],
  ['tool_choice required', { ...withTool, toolChoice: { mode: 'required' } }, withTool],
  ['tool_choice none', { ...withTool, toolChoice: { mode: 'none' } }, withTool],
  [
    'tool_choice of a name',
    ask({ tools: [tool, { ...tool, name: 'see' }], toolChoice: { mode: 'required', names: ['look'] } }),
    ask({ tools: [tool, { ...tool, name: 'see' }], toolChoice: { mode: 'required' } }),
  ],
  [
    'allowed tools',
    ask({ tools: [tool, { ...tool, name: 'see' }], toolChoice: { mode: 'auto', names: ['look'] } }),
    ask({ tools: [tool, { ...tool, name: 'see' }], toolChoice: { mode: 'auto' } }),
  ],
  ['parallel_tool_calls', { ...withTool, parallelToolCalls: false }, withTool],
  [
    'system',
    ask({ messages: [{ role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] }, ...plain.messages] }),
    plain,
  ],
  ['cache_control', say({ type: 'text', text: 'x', cache: {} }), say({ type: 'text', text: 'x' })],
  [
    'cache_control of an image',
    say({ type: 'image', source: pixel, cache: {} }),
    say({ type: 'image', source: pixel }),
  ],
  ['image', say({ type: 'image', source: pixel }), plain],
  ['detail', say({ type: 'image', source: pixel, detail: 'low' }), say({ type: 'image', source: pixel })],
  ['uploaded image', say({ type: 'image', source: { kind: 'file', id: 'file_1' } }), plain],
  [
    'image by address',
    say({ type: 'image', source: { kind: 'url', url: 'https://a.example/x.png' } }),
    plain,
  ],
  ['audio', say({ type: 'audio', source: sound }), plain],
  ['file', say({ type: 'file', source: pdf, name: 'a.pdf' }), plain],
  ['opaque', say({ type: 'opaque', format: 'other', value: { type: 'odd' } }), plain],
  ['result of a tool', answered(result), plain],
  ['error of a tool', answered({ ...result, isError: true }), answered(result)],
  ['cache_control of a result', answered({ ...result, cache: {} }), answered(result)],
  [
    'image in a result',
    answered({ ...result, content: [...result.content, { type: 'image', source: pixel }] }),
    answered(result),
  ],
  [
    'audio in a result',
    answered({ ...result, content: [...result.content, { type: 'audio', source: sound }] }),
    answered(result),
  ],
  [
    'file in a result',
    answered({ ...result, content: [...result.content, { type: 'file', source: pdf, name: 'a.pdf' }] }),
    answered(result),
  ],
  [
    'opaque in a result',
    answered({
      ...result,
      content: [...result.content, { type: 'opaque', format: 'other', value: { type: 'odd' } }],
    }),
    answered(result),
  ],
  ['refusal', history({ type: 'refusal', text: 'No.' }), history()],
  ['image of an answer', history({ type: 'image', source: pixel }), history()],
  ['audio of an answer', history({ type: 'audio', source: sound, transcript: 'words' }), history()],
  ['opaque of an answer', history({ type: 'opaque', format: 'other', value: { type: 'odd' } }), history()],
]

interface Said {
  readonly body: string
  readonly warnings: readonly string[]
}

/** Null where it is refused for what it asks. */
function encode(format: string, conversation: Conversation): Said | null {
  const chat = formats[format]?.chat
  if (chat === undefined) throw new Error(`no conversations in ${format}`)
  const target: EncodeTarget = {
    model: models[format] ?? 'm',
    maxOutputTokens: 64_000,
    streamUsage: 'ask',
    quirks: {},
  }
  try {
    const adapted = adaptConversation(conversation, chat.abilities(target, conversation))
    const { body, warnings, headers = [] } = chat.encodeRequest(adapted.conversation, target)
    return { body: JSON.stringify([body, headers]), warnings }
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.param !== null) return null
    throw thrown
  }
}

describe.each(Object.keys(models))('%s', format => {
  test.each(variations)('loses nothing in silence: %s', (_what, asked, without) => {
    const said = encode(format, asked)
    const other = encode(format, without)
    if (said === null || said.warnings.length > 0 || other === null || other.warnings.length > 0) return
    expect(said.body).not.toBe(other.body)
  })
})
