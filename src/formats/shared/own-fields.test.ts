// What the formats say of the fields that only they have: none is lost without a word.

import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../lib/json-value.ts'
import { formats } from '../index.ts'
import { findFieldsAside, findOwnFields, type OwnFieldRules } from './own-fields.ts'

const address = { model: 'test-model', streaming: false }

function chatOf(name: string) {
  const chat = formats[name]?.chat
  if (chat?.ownFields === undefined) throw new Error(`${name} says nothing of its own fields`)
  return { ...chat, ownFields: chat.ownFields }
}

function find(name: string, body: JsonObject) {
  const { refused, dropped } = findOwnFields(body, chatOf(name).ownFields)
  return { refused, dropped }
}

function refusedBy(name: string, body: JsonObject) {
  return find(name, body).refused
}

function droppedBy(name: string, body: JsonObject) {
  const { refused, dropped } = find(name, body)
  expect(refused).toEqual([])
  return dropped
}

describe('the rules', () => {
  const rules: OwnFieldRules = {
    request: { known: 'carried', bound: 'refused', config: { known: 'carried', inner: { deep: 'refused' } } },
  }
  const read = (body: JsonObject) => {
    const { refused, dropped } = findOwnFields(body, rules)
    return { refused, dropped }
  }

  test('a field that nobody knows is dropped, wherever it stands', () => {
    expect(read({ known: 1, new: 1, config: { known: 1, new: 2 } })).toEqual({
      refused: [],
      dropped: ['new', 'config.new'],
    })
  })

  test('fields of objects in lists are told once', () => {
    expect(read({ config: [{ new: 1 }, { new: 2 }, 'text', null] }).dropped).toEqual(['config.new'])
  })

  test('what changes the meaning is refused at any depth', () => {
    expect(read({ bound: {}, config: { inner: { deep: 1 } } }).refused).toEqual([
      'bound',
      'config.inner.deep',
    ])
  })

  test.each([null, undefined, false, []])('%j asks for nothing', value => {
    expect(read({ bound: value, new: value })).toEqual({ refused: [], dropped: [] })
  })

  test('names that every object has are names like others', () => {
    const body = JSON.parse('{"constructor": 1, "__proto__": 1, "toString": 1}') as JsonObject
    expect(read(body).dropped).toEqual(['constructor', '__proto__', 'toString'])
  })
})

test('every format that a client speaks says what becomes of its fields', () => {
  const silent = Object.values(formats).filter(({ chat, embedding, rerank }) =>
    [chat, embedding, rerank].some(each => each !== undefined && each.ownFields === undefined),
  )
  expect(silent.map(({ name }) => name)).toEqual([])
})

test.each<[format: string, body: JsonObject, refused: string]>([
  ['openai-chat', { modalities: ['text', 'audio'] }, 'modalities'],
  ['openai-chat', { audio: { voice: 'alloy', format: 'wav' } }, 'audio'],
  ['openai-chat', { web_search_options: {} }, 'web_search_options'],
  ['openai-chat', { response_format: { type: 'grammar', grammar: 'root ::= "a"' } }, 'response_format'],
  ['openai-chat', { guided_regex: 'a+' }, 'guided_regex'],
  ['openai-responses', { conversation: 'conv_1' }, 'conversation'],
  ['openai-responses', { prompt: { id: 'pmpt_1' } }, 'prompt'],
  [
    'openai-responses',
    { input: [{ role: 'user' }, { type: 'compaction', encrypted_content: 'x' }] },
    'input[1]',
  ],
  ['anthropic-messages', { container: { skills: [] } }, 'container'],
  ['anthropic-messages', { mcp_servers: [{ type: 'url', url: 'https://mcp.example' }] }, 'mcp_servers'],
  ['anthropic-messages', { inference_geo: 'eu' }, 'inference_geo'],
  ['gemini', { cachedContent: 'cachedContents/x' }, 'cachedContent'],
  ['gemini', { cached_content: 'cachedContents/x' }, 'cached_content'],
  [
    'gemini',
    { generationConfig: { responseModalities: ['TEXT', 'IMAGE'] } },
    'generationConfig.responseModalities',
  ],
  [
    'gemini',
    { generation_config: { response_mime_type: 'text/x.enum' } },
    'generation_config.response_mime_type',
  ],
  ['cohere-chat', { raw_prompting: true }, 'raw_prompting'],
  ['bedrock-converse', { guardrailConfig: { guardrailIdentifier: 'g' } }, 'guardrailConfig'],
  ['bedrock-converse', { promptVariables: { a: { text: 'b' } } }, 'promptVariables'],
  ['ollama-generate', { suffix: 'end' }, 'suffix'],
  ['ollama-generate', { template: '{{ .Prompt }}' }, 'template'],
  ['ollama-generate', { raw: true }, 'raw'],
  ['ollama-generate', { context: [1] }, 'context'],
  ['openai-completions', { suffix: 'end' }, 'suffix'],
  ['openai-completions', { echo: true }, 'echo'],
  ['openai-completions', { best_of: 3 }, 'best_of'],
])('%s %j cannot be asked of others', (format, body, refused) => {
  expect(refusedBy(format, body)).toEqual([refused])
})

test.each<[format: string, body: JsonObject, dropped: readonly string[]]>([
  ['openai-chat', { prediction: { type: 'content', content: 'x' } }, ['prediction']],
  ['openai-chat', { verbosity: 'low', min_p: 0.1 }, ['verbosity', 'min_p']],
  ['openai-chat', { modalities: ['text'], verbosity: 'medium', store: true, web_search_options: null }, []],
  ['openai-chat', { reasoning: { effort: 'low', summary: 'auto' } }, ['reasoning.summary']],
  ['openai-responses', { truncation: 'auto', max_tool_calls: 3 }, ['truncation', 'max_tool_calls']],
  ['openai-responses', { truncation: 'disabled', background: false }, []],
  ['openai-responses', { text: { format: { type: 'text' }, verbosity: 'high' } }, ['text.verbosity']],
  [
    'anthropic-messages',
    { context_management: { edits: [{}] }, speed: 'fast' },
    ['context_management', 'speed'],
  ],
  ['anthropic-messages', { metadata: { user_id: 'u', tag: 't' } }, ['metadata.tag']],
  ['gemini', { safetySettings: [{ category: 'c' }], labels: { a: 'b' } }, ['safetySettings', 'labels']],
  ['gemini', { generation_config: { speech_config: {}, top_k: 3 } }, ['generation_config.speech_config']],
  ['gemini', { toolConfig: { retrievalConfig: { languageCode: 'en' } } }, ['toolConfig.retrievalConfig']],
  [
    'cohere-chat',
    { safety_mode: 'STRICT', citation_options: { mode: 'FAST' } },
    ['safety_mode', 'citation_options'],
  ],
  ['cohere-chat', { citation_options: { mode: 'OFF' }, documents: ['d'] }, []],
  [
    'bedrock-converse',
    { performanceConfig: { latency: 'optimized' }, additionalModelRequestFields: { top_k: 1, new: 2 } },
    ['performanceConfig', 'additionalModelRequestFields.new'],
  ],
  ['ollama-chat', { options: { min_p: 0.1, top_k: 4, num_gpu: 1 }, keep_alive: '5m' }, ['options.min_p']],
  ['openai-completions', { best_of: 2, n: 2, echo: false, use_beam_search: true }, ['use_beam_search']],
])('%s %j loses %j, and says so', (format, body, dropped) => {
  expect(droppedBy(format, body)).toEqual(dropped)
})

/** What the agents send with every request. */
test.each<[agent: string, format: string, body: JsonObject]>([
  [
    'Claude Code',
    'anthropic-messages',
    {
      model: 'm',
      max_tokens: 32_000,
      stream: true,
      system: [{ type: 'text', text: 'You are an agent.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }] },
      ],
      tools: [
        { name: 'Read', input_schema: { type: 'object' }, eager_input_streaming: true, defer_loading: true },
      ],
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'high' },
      context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
      metadata: { user_id: 'user_1_account__session_2' },
    },
  ],
  [
    'Codex',
    'openai-responses',
    {
      model: 'm',
      instructions: 'You are an agent.',
      input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }],
      tools: [{ type: 'custom', name: 'apply_patch', format: { type: 'grammar', syntax: 'lark' } }],
      tool_choice: 'auto',
      parallel_tool_calls: false,
      reasoning: { effort: 'medium', summary: 'auto' },
      store: false,
      stream: true,
      include: ['reasoning.encrypted_content'],
      prompt_cache_key: 'session',
      text: { verbosity: 'low' },
      client_metadata: { session: 's' },
    },
  ],
  [
    'Gemini CLI',
    'gemini',
    {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      systemInstruction: { role: 'user', parts: [{ text: 'You are an agent.' }] },
      tools: [{ functionDeclarations: [{ name: 'read_file', parametersJsonSchema: { type: 'object' } }] }],
      generationConfig: { temperature: 1, topP: 0.95, topK: 64, thinkingConfig: { includeThoughts: true } },
      safetySettings: [],
      session_id: 's',
    },
  ],
])('%s is refused nowhere', (_agent, format, body) => {
  const chat = chatOf(format)
  expect(refusedBy(format, body)).toEqual([])
  const aside = findFieldsAside(chat.decodeRequest(body, address), format, chat.ownFields)
  expect(aside.refused).toEqual([])
})

describe('within messages and tools', () => {
  const aside = (format: string, body: JsonObject) => {
    const chat = chatOf(format)
    return findFieldsAside(chat.decodeRequest(body, address), format, chat.ownFields).dropped
  }

  test('what Anthropic puts beside a block or a tool is told', () => {
    const source = { type: 'text', media_type: 'text/plain', data: 'x' }
    const document = { type: 'document', source, context: 'From a letter', citations: { enabled: true } }
    const result = { type: 'tool_result', tool_use_id: 't', content: [document] }
    expect(
      aside('anthropic-messages', {
        messages: [{ role: 'user', content: [result] }],
        tools: [{ name: 'f', input_schema: {}, input_examples: [{}] }],
      }),
    ).toEqual(['messages.context', 'messages.citations', 'tools.input_examples'])
  })

  test('blocks that others get in their own words are not missed', () => {
    const block = { type: 'search_result', title: 't', source: 's', content: [{ type: 'text', text: 'x' }] }
    expect(aside('anthropic-messages', { messages: [{ role: 'user', content: [block] }] })).toEqual([])
  })

  test('the role of the developer, and what a history repeats, is nothing that is lost', () => {
    const messages = [
      { role: 'developer', content: 'Be brief.' },
      { role: 'assistant', content: 'Hi', annotations: [], audio: null },
      { role: 'user', content: 'x', new_field: 1 },
    ]
    expect(aside('openai-chat', { messages })).toEqual(['messages.new_field'])
  })

  test('fields of functions are told by their place', () => {
    const tools = [{ type: 'function', function: { name: 'f', behaviour: 'x' }, defer_loading: true }]
    expect(aside('openai-chat', { messages: [], tools })).toEqual([
      'tools.defer_loading',
      'tools.function.behaviour',
    ])
  })

  test('what Google puts beside a part is told, and its proofs are not', () => {
    const parts = [
      { text: 'x', thoughtSignature: 'c2ln' },
      { inlineData: { mimeType: 'video/mp4', data: 'AAAA' }, videoMetadata: { fps: 1 } },
    ]
    expect(aside('gemini', { contents: [{ role: 'user', parts }] })).toEqual(['messages.videoMetadata'])
  })

  test('names of items and of namespaces are nothing that is lost', () => {
    const item = { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', phase: 'commentary' }
    expect(
      aside('openai-responses', {
        input: [
          { ...item, content: [{ type: 'output_text', text: 'x' }] },
          {
            type: 'function_call',
            id: 'fc_1',
            call_id: 'c',
            name: 'f',
            arguments: '{}',
            status: 'completed',
          },
          { type: 'function_call_output', call_id: 'c', output: 'y', id: 'fco_1' },
        ],
        tools: [{ type: 'namespace', name: 'n', tools: [{ type: 'function', name: 'f' }] }],
      }),
    ).toEqual([])
  })
})
