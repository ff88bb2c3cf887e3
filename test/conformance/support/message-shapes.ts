// Parts of requests of chat completions, of text completions, of embeddings, and of Anthropic's messages.

import type { Json } from './json.ts'
import type { Shape } from './shapes.ts'

const user = { role: 'user', content: 'Hello' }
const chat = (fields: Json): Json => ({ model: 'a-model', messages: [user], ...fields })
const said = (role: string, content: unknown): Json => chat({ messages: [{ role, content }] })
const message = (fields: Json): Json => ({ model: 'a-model', max_tokens: 100, messages: [user], ...fields })
const content = (value: unknown, role = 'user'): Json => message({ messages: [{ role, content: value }] })

function chatShape(functions: RegExp, wrap: Shape['wrap']): Shape {
  return { functions, format: 'openai-chat', side: 'request', wrap }
}

function messageShape(functions: RegExp, wrap: Shape['wrap']): Shape {
  return { functions, format: 'anthropic-messages', side: 'request', wrap }
}

/** A document of several blocks. */
function blocks(value: unknown): Json {
  return content([{ type: 'document', source: { type: 'content', content: value } }])
}

function results(value: unknown): Json {
  const called = { type: 'tool_use', id: 'call_1', name: 'f', input: {} }
  const result = { type: 'tool_result', tool_use_id: 'call_1', content: value }
  const turns = [user, { role: 'assistant', content: [called] }, { role: 'user', content: [result] }]
  return message({ messages: turns })
}

function searched(found: unknown): Json {
  return content(
    [
      { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'a' } },
      { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: found },
    ],
    'assistant',
  )
}

const tool = { name: 'f', input_schema: { type: 'object' } }

export const messageShapes: readonly Shape[] = [
  chatShape(/^TestOpenAIChatCompletionMessageUnmarshal/, part => part),
  chatShape(/^TestChatCompletionRequest(_VendorFieldsExtraction)?$/, part => part),
  chatShape(/^TestChatCompletionMessageParamUnionMarshal/, part => chat({ messages: [part] })),
  chatShape(/^TestStringOrUserRoleContentUnionMarshal/, part => said('user', part)),
  chatShape(/^TestStringOrAssistantRoleContentUnion(Unm|M)arshal/, part => said('assistant', part)),
  chatShape(/^Test(OpenAI)?ChatCompletionContentPartUserUnionParam(Unm|M)arshal/, part =>
    said('user', [part]),
  ),
  chatShape(/^Test(OpenAI)?ChatCompletionResponseFormatUnion(Unm|M)arshal/, part =>
    chat({ response_format: part }),
  ),
  chatShape(/^TestWebSearchOptions/, part => chat({ web_search_options: part })),
  chatShape(/^TestThinkingUnion_(Unm|M)arshal/, part => chat({ thinking: part })),
  chatShape(/^TestParseDataURI/, uri => said('user', [{ type: 'image_url', image_url: { url: uri } }])),
  {
    functions: /^TestCompletionRequest$/,
    format: 'openai-completions',
    side: 'request',
    wrap: part => part,
  },
  {
    functions: /^TestEmbeddingRequestInputRoundTrip/,
    format: 'openai-embeddings',
    side: 'request',
    wrap: part => ({ model: 'a-model', input: part }),
  },
  messageShape(/^TestAnthropicToAnthropic_RequestBody/, withLimit),
  messageShape(/^TestMessageContent_(Unm|M)arshalJSON/, part => content(part)),
  messageShape(/^TestContentBlockParam_(Unm|M)arshalJSON/, part => content([part])),
  messageShape(/^TestSystemPrompt_(Unm|M)arshalJSON/, part => message({ system: part })),
  messageShape(/^TestToolUnion_(Unm|M)arshalJSON/, part => message({ tools: [part] })),
  messageShape(/^TestToolChoice_(Unm|M)arshalJSON/, part => message({ tools: [tool], tool_choice: part })),
  messageShape(/^TestThinking_(Unm|M)arshalJSON/, part => message({ max_tokens: 4096, thinking: part })),
  messageShape(/^TestCacheControl_(Unm|M)arshalJSON/, part =>
    content([{ type: 'text', text: 'a', cache_control: part }]),
  ),
  messageShape(/^TestImageSource_(Unm|M)arshalJSON/, part => content([{ type: 'image', source: part }])),
  messageShape(/^TestDocumentSource_(Unm|M)arshalJSON/, part =>
    content([{ type: 'document', source: part }]),
  ),
  messageShape(/^TestContentBlockSourceContent_(Unm|M)arshalJSON/, blocks),
  messageShape(/^TestContentBlockSourceItem_(Unm|M)arshalJSON/, part => blocks([part])),
  messageShape(/^TestTextCitation_(Unm|M)arshalJSON/, part =>
    content([{ type: 'text', text: 'a', citations: [part] }], 'assistant'),
  ),
  messageShape(/^TestWebSearchToolResultContent_(Unm|M)arshalJSON/, searched),
  messageShape(/^TestToolResultContent_(Unm|M)arshalJSON/, results),
  messageShape(/^TestToolResultContentItem_(Unm|M)arshalJSON/, part => results([part])),
]

/** The source takes requests without the limit that Anthropic demands. */
function withLimit(body: unknown): unknown {
  return typeof body === 'object' ? { max_tokens: 100, ...body } : body
}
