// A Converse request in the neutral form.

import type {
  Conversation,
  FunctionTool,
  Message,
  OutputFormat,
  Sampling,
  Tool,
  ToolChoice,
} from '../../conversation/conversation.ts'
import type { Extra } from '../../conversation/parts.ts'
import { resultsFirst } from '../../conversation/results-first.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, isText, type JsonObject, type MutableJson, objectsOf } from '../../lib/json-value.ts'
import type { Address } from '../format.ts'
import { cacheMarkerOf, decodeBlocks } from './decode-blocks.ts'
import { decodeReasoningRequest } from './decode-reasoning.ts'
import { formatName } from './name.ts'

export function decodeRequest(body: JsonObject, address: Address): Conversation {
  const { system, messages, toolConfig, requestMetadata, serviceTier } = body
  const { tools, toolChoice } = decodeToolConfig(isObject(toolConfig) ? toolConfig : {})
  const output = decodeOutput(body['outputConfig'])
  const reasoning = decodeReasoningRequest(body)
  const extra = readExtra(body)
  return {
    model: address.model ?? '',
    streaming: address.streaming === true,
    messages: [...decodeSystem(system), ...decodeMessages(messages)],
    tools,
    ...(toolChoice !== null && { toolChoice }),
    sampling: decodeSampling(body),
    ...(output !== null && { output }),
    ...(reasoning !== null && { reasoning }),
    ...(isObject(serviceTier) && isText(serviceTier['type']) && { serviceTier: serviceTier['type'] }),
    ...(isObject(requestMetadata) && { metadata: requestMetadata }),
    ...(extra !== null && { extra }),
  }
}

function decodeSystem(system: unknown): readonly Message[] {
  if (!Array.isArray(system) || system.length === 0) return []
  return [{ role: 'system', parts: decodeBlocks(system, 'system') }]
}

function decodeMessages(messages: unknown): readonly Message[] {
  if (!Array.isArray(messages)) return []
  return messages.filter(isObject).map(({ role, content }) => {
    const known = role === 'assistant' || role === 'system' ? role : 'user'
    const parts = Array.isArray(content) ? decodeBlocks(content, known) : []
    return { role: known, parts: known === 'user' ? resultsFirst(parts) : parts }
  })
}

function decodeToolConfig({ tools, toolChoice }: MutableJson): {
  readonly tools: readonly Tool[]
  readonly toolChoice: ToolChoice | null
} {
  const decoded: Tool[] = []
  for (const tool of objectsOf(tools)) {
    const marker = cacheMarkerOf(tool)
    const last = decoded.at(-1)
    if (marker === null) decoded.push(decodeTool(tool))
    else if (last?.type === 'function') decoded[decoded.length - 1] = { ...last, cache: marker }
  }
  return { tools: decoded, toolChoice: isObject(toolChoice) ? decodeToolChoice(toolChoice) : null }
}

function decodeTool(tool: MutableJson): Tool {
  const { toolSpec, systemTool } = tool
  if (!isObject(toolSpec)) {
    const name =
      isObject(systemTool) && isText(systemTool['name']) ? systemTool['name'] : Object.keys(tool)[0]
    return { type: 'provider', format: formatName, name: name ?? 'tool', value: tool }
  }
  const { name, description, inputSchema, strict } = toolSpec
  const schema = isObject(inputSchema) ? inputSchema['json'] : undefined
  const decoded: FunctionTool = {
    type: 'function',
    name: isText(name) ? name : '',
    ...(isText(description) && { description }),
    ...(isObject(schema) && { parameters: schema }),
    ...(typeof strict === 'boolean' && { strict }),
  }
  return decoded
}

function decodeToolChoice({ auto, any, tool }: MutableJson): ToolChoice | null {
  if (isObject(tool) && isText(tool['name'])) return { mode: 'required', names: [tool['name']] }
  if (isObject(any)) return { mode: 'required' }
  return isObject(auto) ? { mode: 'auto' } : null
}

function decodeSampling({ inferenceConfig, additionalModelRequestFields }: JsonObject): Sampling {
  const { maxTokens, temperature, topP, stopSequences } = isObject(inferenceConfig) ? inferenceConfig : {}
  const topK = topKOf(isObject(additionalModelRequestFields) ? additionalModelRequestFields : {})
  return {
    ...(typeof maxTokens === 'number' && { maxTokens }),
    ...(typeof temperature === 'number' && { temperature }),
    ...(typeof topP === 'number' && { topP }),
    ...(topK !== null && { topK }),
    ...(Array.isArray(stopSequences) && stopSequences.length > 0 && { stop: stopSequences.filter(isText) }),
  }
}

/** Each family has its own place for it. */
function topKOf({ top_k: topK, inferenceConfig }: MutableJson): number | null {
  const found = topK ?? (isObject(inferenceConfig) ? inferenceConfig['topK'] : null)
  return typeof found === 'number' ? found : null
}

function decodeOutput(outputConfig: unknown): OutputFormat | null {
  const format = isObject(outputConfig) ? outputConfig['textFormat'] : null
  const structure = isObject(format) ? format['structure'] : null
  const definition = isObject(structure) ? structure['jsonSchema'] : null
  if (!isObject(definition)) return null
  const { name, description, schema } = definition
  return {
    type: 'json_schema',
    ...(isText(name) && { name }),
    ...(isText(description) && { description }),
    schema: parseSchema(schema),
  }
}

/** The schema travels as text. */
function parseSchema(text: unknown): JsonObject {
  const path = 'outputConfig.textFormat.structure.jsonSchema.schema'
  try {
    const schema: unknown = typeof text === 'string' ? JSON.parse(text) : text
    if (isObject(schema)) return schema
  } catch {}
  throw new GatewayError('invalid_request', {
    message: `\`${path}\` must be a JSON Schema as text.`,
    param: path,
  })
}

const known: ReadonlySet<string> = new Set([
  'modelId',
  'system',
  'messages',
  'toolConfig',
  'inferenceConfig',
  'outputConfig',
  'requestMetadata',
  'serviceTier',
])

function readExtra(body: JsonObject): Extra | null {
  const others = Object.entries(body).filter(
    ([field, value]) => !known.has(field) && (value ?? null) !== null,
  )
  return others.length === 0 ? null : { [formatName]: Object.fromEntries(others) }
}
