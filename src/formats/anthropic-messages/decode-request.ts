// A client's request in the neutral form.

import type {
  Conversation,
  Effort,
  Message,
  OutputFormat,
  ReasoningRequest,
  Sampling,
  Tool,
  ToolChoice,
} from '../../conversation/conversation.ts'
import { resultsFirst } from '../../conversation/results-first.ts'
import { isObject, isText, type JsonObject, objectsOf } from '../../lib/json-value.ts'
import { decodeContent } from './decode-content.ts'
import { ownFieldRules } from './own-fields.ts'
import { asideFields, formatName, readMarker } from './wire.ts'

const known: ReadonlySet<string> = new Set([
  'model',
  'stream',
  'system',
  'messages',
  'tools',
  'tool_choice',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'thinking',
  'output_config',
  'output_format',
  'metadata',
  'service_tier',
])

export const ownFields = ownFieldRules(known)

export function decodeRequest(body: JsonObject): Conversation {
  const metadata = isObject(body['metadata']) ? body['metadata'] : {}
  const { service_tier: tier } = body
  return {
    model: isText(body['model']) ? body['model'] : '',
    streaming: body['stream'] === true,
    messages: [...decodeSystem(body['system']), ...decodeMessages(body['messages'])],
    tools: decodeTools(body['tools']),
    ...decodeToolChoice(body['tool_choice']),
    sampling: decodeSampling(body),
    ...decodeOutput(body),
    ...decodeReasoning(body),
    ...(isText(metadata['user_id']) && { user: metadata['user_id'] }),
    ...(isText(tier) && { serviceTier: tier === 'standard_only' ? 'default' : tier }),
    ...asideFields(body, known),
  }
}

/** Tells a client's own account from others: it is no part of the prompt, and changes with every request. */
const billingHeader = /^x-anthropic-billing-header:/i

function decodeSystem(system: unknown): readonly Message[] {
  const parts = decodeContent(system).filter(part => !(part.type === 'text' && billingHeader.test(part.text)))
  return parts.length === 0 ? [] : [{ role: 'system', parts }]
}

const messageFields: ReadonlySet<string> = new Set(['role', 'content'])

function decodeMessages(messages: unknown): readonly Message[] {
  return objectsOf(messages).map(decodeMessage)
}

function decodeMessage(message: JsonObject): Message {
  const role = message['role'] === 'assistant' || message['role'] === 'system' ? message['role'] : 'user'
  const said = decodeContent(message['content'])
  const parts = role === 'user' ? resultsFirst(said) : said
  return saysMore(message) ? { role, parts, ...asideFields(message, messageFields) } : { role, parts }
}

/** Asked of every message, and true of few: compared name by name, as the set is slower for two. */
function saysMore(message: JsonObject): boolean {
  for (const name in message) if (name !== 'role' && name !== 'content') return true
  return false
}

const toolFields: ReadonlySet<string> = new Set([
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  'cache_control',
])

function decodeTools(tools: unknown): readonly Tool[] {
  return objectsOf(tools).map(decodeTool)
}

function decodeTool(tool: JsonObject): Tool {
  const { type, name, description, input_schema: schema, strict } = tool
  const given = isText(name) ? name : ''
  if (isText(type) && type !== 'custom')
    return { type: 'provider', format: formatName, name: given === '' ? type : given, value: tool }
  return {
    type: 'function',
    name: given,
    ...(isText(description) && { description }),
    ...(isObject(schema) && { parameters: schema }),
    ...(typeof strict === 'boolean' && { strict }),
    ...readMarker(tool),
    ...asideFields(tool, toolFields),
  }
}

function decodeToolChoice(choice: unknown): Pick<Conversation, 'toolChoice' | 'parallelToolCalls'> {
  if (!isObject(choice)) return {}
  const { disable_parallel_tool_use: single } = choice
  const mode = choiceOf(choice)
  return {
    ...(mode !== null && { toolChoice: mode }),
    ...(typeof single === 'boolean' && { parallelToolCalls: !single }),
  }
}

function choiceOf({ type, name }: JsonObject): ToolChoice | null {
  if (type === 'auto' || type === 'none') return { mode: type }
  if (type === 'any') return { mode: 'required' }
  return type === 'tool' && isText(name) ? { mode: 'required', names: [name] } : null
}

function decodeSampling(body: JsonObject): Sampling {
  const { max_tokens: maxTokens, temperature, top_p: topP, top_k: topK, stop_sequences: stop } = body
  return {
    ...(typeof maxTokens === 'number' && { maxTokens }),
    ...(typeof temperature === 'number' && { temperature }),
    ...(typeof topP === 'number' && { topP }),
    ...(typeof topK === 'number' && { topK }),
    ...(Array.isArray(stop) && stop.length > 0 && { stop: stop.filter(isText) }),
  }
}

/** `output_format` is the older name. */
function decodeOutput(body: JsonObject): { readonly output?: OutputFormat } {
  const config = isObject(body['output_config']) ? body['output_config'] : {}
  const format = config['format'] ?? body['output_format']
  if (!isObject(format) || format['type'] !== 'json_schema' || !isObject(format['schema'])) return {}
  return { output: { type: 'json_schema', schema: format['schema'] } }
}

const efforts: ReadonlySet<unknown> = new Set(['low', 'medium', 'high', 'xhigh', 'max'])

function decodeReasoning(body: JsonObject): { readonly reasoning?: ReasoningRequest } {
  const config = isObject(body['output_config']) ? body['output_config'] : {}
  const effort = efforts.has(config['effort']) ? { effort: config['effort'] as Effort } : {}
  const { thinking } = body
  if (!isObject(thinking)) return 'effort' in effort ? { reasoning: effort } : {}
  const { type, budget_tokens: budget, display } = thinking
  if (type === 'disabled') return { reasoning: { effort: 'none' } }
  return {
    reasoning: {
      ...effort,
      budgetTokens: type === 'enabled' && typeof budget === 'number' ? budget : -1,
      ...(isText(display) && { visible: display !== 'omitted' }),
    },
  }
}
