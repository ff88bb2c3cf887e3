// From a request of Ollama's chat to the neutral form.

import type { Conversation, FunctionTool, Message } from '../../conversation/conversation.ts'
import type { Part, ToolCallPart, ToolResultPart } from '../../conversation/parts.ts'
import { writeToolArguments } from '../../conversation/tool-arguments.ts'
import { isObject, isText, type JsonObject, objectsOf } from '../../lib/json-value.ts'
import { decodeImages, decodeRest, knownFields } from '../ollama-shared/decode-rest.ts'
import { ownFieldRules } from '../ollama-shared/own-fields.ts'
import { formatName } from './shape.ts'

export const ownFields = ownFieldRules(knownFields)

export function decodeRequest(body: JsonObject): Conversation {
  return {
    ...decodeRest(body, formatName),
    messages: decodeMessages(objectsOf(body['messages'])),
    tools: objectsOf(body['tools']).map(decodeTool),
  }
}

/** Calls need no ids here: a result belongs to the first call of its name, or of any, that has none yet. */
function decodeMessages(messages: readonly JsonObject[]): readonly Message[] {
  let open: ToolCallPart[] = []
  let counted = 0
  return messages.map(message => {
    const { role } = message
    if (role === 'assistant') {
      const calls = objectsOf(message['tool_calls']).map(call => decodeCall(call, counted++))
      open = [...calls]
      return { role, parts: [...decodeSaid(message), ...calls] }
    }
    if (role !== 'tool') {
      const speaker = role === 'system' || role === 'developer' ? 'system' : 'user'
      return { role: speaker, parts: decodeSaid(message) }
    }
    const call = callOf(message, open)
    open = open.filter(other => other !== call)
    return { role: 'user', parts: [decodeResult(message, call, counted)] }
  })
}

function decodeSaid({ content, thinking, images }: JsonObject): readonly Part[] {
  return [
    ...(isText(thinking) ? [{ type: 'reasoning', text: thinking, origin: formatName } as const] : []),
    ...decodeImages(images),
    ...(isText(content) ? [{ type: 'text', text: content } as const] : []),
  ]
}

function decodeCall(call: JsonObject, ordinal: number): ToolCallPart {
  const called = isObject(call['function']) ? call['function'] : {}
  return {
    type: 'tool_call',
    id: isText(call['id']) ? call['id'] : `call_${ordinal}`,
    name: String(called['name']),
    arguments: writeToolArguments(called['arguments']),
  }
}

function callOf(message: JsonObject, open: readonly ToolCallPart[]): ToolCallPart | undefined {
  const id = message['tool_call_id']
  if (isText(id)) return open.find(call => call.id === id)
  const name = nameOf(message)
  return name === undefined ? open[0] : (open.find(call => call.name === name) ?? open[0])
}

function nameOf({ tool_name: name, name: older }: JsonObject): string | undefined {
  if (isText(name)) return name
  return isText(older) ? older : undefined
}

function decodeResult(message: JsonObject, call: ToolCallPart | undefined, ordinal: number): ToolResultPart {
  const { content, images, tool_call_id: id } = message
  const name = call?.name ?? nameOf(message)
  return {
    type: 'tool_result',
    callId: call?.id ?? (isText(id) ? id : `call_${ordinal}`),
    ...(name === undefined ? {} : { name }),
    content: [
      ...(isText(content) ? [{ type: 'text', text: content } as const] : []),
      ...decodeImages(images),
    ],
  }
}

function decodeTool(tool: JsonObject): FunctionTool {
  const { name, description, parameters } = isObject(tool['function']) ? tool['function'] : {}
  return {
    type: 'function',
    name: String(name),
    ...(isText(description) ? { description } : {}),
    ...(isObject(parameters) ? { parameters } : {}),
  }
}
