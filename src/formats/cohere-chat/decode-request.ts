// From a request of Cohere's chat to the neutral form.

import type {
  Conversation,
  FunctionTool,
  Message,
  OutputFormat,
  ReasoningRequest,
  Sampling,
} from '../../conversation/conversation.ts'
import type { ImagePart, MediaSource, Part, ToolResultContent } from '../../conversation/parts.ts'
import { isObject, isText, type JsonObject, objectsOf } from '../../lib/json-value.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import { documentAsText } from './documents.ts'
import { formatName } from './name.ts'
import { ownFieldRules } from './own-fields.ts'

/** Fields that the neutral form has words for; all others ride along. */
const known: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'tools',
  'documents',
  'strict_tools',
  'stream',
  'tool_choice',
  'response_format',
  'thinking',
  'max_tokens',
  'temperature',
  'p',
  'k',
  'stop_sequences',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'logprobs',
])

export const ownFields = ownFieldRules(known)

export function decodeRequest(body: JsonObject): Conversation {
  const tools = objectsOf(body['tools']).map(tool => decodeTool(tool, body['strict_tools'] === true))
  const output = decodeOutput(body['response_format'])
  const reasoning = decodeThinking(body['thinking'])
  return {
    model: String(body['model']),
    streaming: body['stream'] === true,
    messages: withDocuments(objectsOf(body['messages']).map(decodeMessage), body['documents']),
    tools,
    ...decodeToolChoice(body['tool_choice']),
    sampling: decodeSampling(body),
    ...(output === undefined ? {} : { output }),
    ...(reasoning === undefined ? {} : { reasoning }),
    wantsStreamUsage: true,
    ...putAside(formatName, otherFields(body, known)),
  }
}

function decodeMessage(message: JsonObject): Message {
  switch (message['role']) {
    case 'system':
    case 'developer':
      return { role: 'system', parts: decodeContent(message['content']) }
    case 'assistant':
      return { role: 'assistant', parts: decodeAssistant(message) }
    case 'tool':
      return { role: 'user', parts: [decodeToolResult(message)] }
    default:
      return { role: 'user', parts: decodeContent(message['content']) }
  }
}

function decodeAssistant(message: JsonObject): readonly Part[] {
  const parts = [...decodeContent(message['content'])]
  const plan = message['tool_plan']
  if (isText(plan)) parts.push({ type: 'text', text: plan })
  for (const call of objectsOf(message['tool_calls'])) {
    const called = isObject(call['function']) ? call['function'] : {}
    const { arguments: written } = called
    parts.push({
      type: 'tool_call',
      id: String(call['id']),
      name: String(called['name']),
      arguments: isText(written) ? written : '{}',
    })
  }
  return parts
}

function decodeToolResult(message: JsonObject): Part {
  const content = decodeContent(message['content']).filter(isResultContent)
  return { type: 'tool_result', callId: String(message['tool_call_id']), content }
}

function isResultContent(part: Part): part is ToolResultContent {
  return part.type !== 'tool_call' && part.type !== 'tool_result' && part.type !== 'reasoning'
}

function decodeContent(content: unknown): readonly Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return Array.isArray(content) ? content.map(decodePart) : []
}

function decodePart(part: unknown): Part {
  if (typeof part === 'string') return { type: 'text', text: part }
  const value = part as JsonObject
  switch (value['type']) {
    case 'text':
      return { type: 'text', text: String(value['text']) }
    case 'thinking':
      return { type: 'reasoning', text: String(value['thinking']), origin: formatName }
    case 'image_url':
      return decodeImage(value['image_url'] as JsonObject)
    case 'document':
      return documentAsText(value['document'])
    default:
      return { type: 'opaque', format: formatName, value }
  }
}

function decodeImage({ url, detail }: JsonObject): ImagePart {
  return {
    type: 'image',
    source: sourceOf(String(url)),
    ...(typeof detail === 'string' ? { detail } : {}),
  }
}

function sourceOf(url: string): MediaSource {
  const [, mediaType, data] = /^data:([^;,]*)[^,]*;base64,(.*)$/s.exec(url) ?? []
  return mediaType === undefined || data === undefined
    ? { kind: 'url', url }
    : { kind: 'base64', mediaType, data }
}

/** What the answer is to rest on stands before what the user says last. */
function withDocuments(messages: readonly Message[], documents: unknown): readonly Message[] {
  if (!Array.isArray(documents) || documents.length === 0) return messages
  const told = documents.map(documentAsText)
  const last = messages.findLastIndex(isSaidByUser)
  if (last === -1) return [...messages, { role: 'user', parts: told }]
  return messages.map((message, index) =>
    index === last ? { ...message, parts: [...told, ...message.parts] } : message,
  )
}

function isSaidByUser({ role, parts }: Message): boolean {
  return role === 'user' && parts.every(({ type }) => type !== 'tool_result')
}

function decodeTool(tool: JsonObject, strict: boolean): FunctionTool {
  const definition = isObject(tool['function']) ? tool['function'] : {}
  const { name, description, parameters } = definition
  return {
    type: 'function',
    name: String(name),
    ...(typeof description === 'string' ? { description } : {}),
    ...(isObject(parameters) ? { parameters } : {}),
    ...(strict ? { strict } : {}),
  }
}

function decodeToolChoice(choice: unknown): Pick<Conversation, 'toolChoice'> {
  if (choice === 'REQUIRED') return { toolChoice: { mode: 'required' } }
  return choice === 'NONE' ? { toolChoice: { mode: 'none' } } : {}
}

function decodeOutput(format: unknown): OutputFormat | undefined {
  if (!isObject(format)) return undefined
  if (format['type'] === 'text') return { type: 'text' }
  const schema = format['json_schema'] ?? format['schema']
  return isObject(schema) ? { type: 'json_schema', schema } : { type: 'json' }
}

function decodeThinking(thinking: unknown): ReasoningRequest | undefined {
  if (!isObject(thinking)) return undefined
  if (thinking['type'] === 'disabled') return { effort: 'none' }
  const budget = thinking['token_budget']
  return { budgetTokens: typeof budget === 'number' ? budget : -1 }
}

function decodeSampling(body: JsonObject): Sampling {
  const stop = body['stop_sequences']
  const stops = typeof stop === 'string' ? [stop] : Array.isArray(stop) ? (stop as string[]) : []
  return {
    ...numberIn(body, 'max_tokens', 'maxTokens'),
    ...numberIn(body, 'temperature', 'temperature'),
    ...numberIn(body, 'p', 'topP'),
    ...numberIn(body, 'k', 'topK'),
    ...(stops.length === 0 ? {} : { stop: stops }),
    ...numberIn(body, 'seed', 'seed'),
    ...numberIn(body, 'frequency_penalty', 'frequencyPenalty'),
    ...numberIn(body, 'presence_penalty', 'presencePenalty'),
    ...(body['logprobs'] === true ? { logprobs: 0 } : {}),
  }
}

function numberIn<Name extends string>(
  body: JsonObject,
  field: string,
  name: Name,
): { readonly [Key in Name]?: number } {
  const value = body[field]
  return typeof value === 'number' ? ({ [name]: value } as { [Key in Name]: number }) : {}
}
