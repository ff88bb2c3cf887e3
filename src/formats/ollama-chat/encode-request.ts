// From the neutral form to a request of Ollama's chat. https://docs.ollama.com/api/chat

import type { Conversation, FunctionTool, Message } from '../../conversation/conversation.ts'
import type {
  AudioPart,
  ImagePart,
  Part,
  ToolResultContent,
  ToolResultPart,
} from '../../conversation/parts.ts'
import { parseToolArguments } from '../../conversation/tool-arguments.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodedRequest, EncodeTarget } from '../format.ts'
import { encodeRest } from '../ollama-shared/encode-rest.ts'
import { readTextFile } from '../shared/text-file.ts'
import {
  droppedAround,
  droppedMarks,
  functionsOf,
  nameOfOpaque,
  refuseChoicesAndBias,
  unsupported,
} from '../shared/unsayable.ts'
import { formatName } from './shape.ts'

const noMarks = ['name', 'cache_control', 'detail'] as const

export function encodeRequest(conversation: Conversation, target: EncodeTarget): EncodedRequest {
  refuseChoicesAndBias(conversation)
  const warnings = [...droppedAround(conversation), ...droppedMarks(conversation, noMarks)]
  const functions = offeredFunctions(conversation, warnings)
  const body: JsonObject = {
    model: target.model,
    ...(functions.length === 0 ? {} : { tools: functions.map(encodeTool) }),
    messages: conversation.messages.flatMap(message => encodeMessage(message, warnings)),
    ...encodeRest(conversation, target, formatName),
  }
  return { body, warnings }
}

/** There is no choice of tools: none is chosen where none is offered, and none can be demanded. */
function offeredFunctions(conversation: Conversation, warnings: string[]): readonly FunctionTool[] {
  const { toolChoice } = conversation
  if (toolChoice?.mode === 'none') return []
  if (toolChoice?.mode === 'required') throw unsupported('tool_choice', 'a call of a tool cannot be demanded')
  const functions = functionsOf(conversation, warnings)
  if (functions.some(({ strict }) => strict === true)) warnings.push('dropped parameter strict')
  return functions
}

function encodeTool({ name, description, parameters }: FunctionTool): JsonObject {
  return {
    type: 'function',
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      parameters: parameters ?? { type: 'object', properties: {} },
    },
  }
}

function encodeMessage(message: Message, warnings: string[]): readonly JsonObject[] {
  if (message.role === 'assistant') return encodeAssistant(message, warnings)
  const { role, parts } = message
  const results = parts.filter(part => part.type === 'tool_result')
  const said = [...results.flatMap(shownImages), ...parts.filter(part => part.type !== 'tool_result')]
  const content = textOf(said, warnings)
  const images = imagesOf(said)
  const spoken =
    content === '' && images.length === 0
      ? []
      : [{ role, content, ...(images.length === 0 ? {} : { images }) }]
  return [...results.map(result => encodeResult(result, warnings)), ...spoken]
}

function encodeAssistant({ role, parts }: Message, warnings: string[]): readonly JsonObject[] {
  const calls = parts.filter(part => part.type === 'tool_call')
  const thoughts = parts.filter(part => part.type === 'reasoning')
  const thinking = thoughts.filter(isOwn).map(({ text }) => text)
  if (thinking.length < thoughts.length) warnings.push('dropped content reasoning')
  const content = textOf(parts, warnings)
  const images = imagesOf(parts)
  if (content === '' && calls.length + thinking.length + images.length === 0) return []
  return [
    {
      role,
      content,
      ...(thinking.length === 0 ? {} : { thinking: thinking.join('') }),
      ...(images.length === 0 ? {} : { images }),
      ...(calls.length === 0 ? {} : { tool_calls: calls.map(encodeCall) }),
    },
  ]
}

/** Thoughts are plain text here, so that those of nobody in particular can be given back as well. */
function isOwn({ origin, signature, encrypted }: Part & { readonly type: 'reasoning' }): boolean {
  return origin === formatName || (origin === undefined && signature === undefined && encrypted === undefined)
}

function encodeCall(call: Part & { readonly type: 'tool_call' }, index: number): JsonObject {
  const { id, name } = call
  return { id, function: { index, name, arguments: parseToolArguments(call.arguments) } }
}

function encodeResult({ name, callId, content, isError }: ToolResultPart, warnings: string[]): JsonObject {
  const shown = content.some(({ type }) => type === 'image')
    ? ['[The image follows in the next message.]']
    : []
  const said = [isError === true ? 'Error:' : '', textOf(content, warnings), ...shown]
  return {
    role: 'tool',
    content: said.filter(text => text !== '').join('\n'),
    ...(name === undefined ? {} : { tool_name: name }),
    tool_call_id: callId,
  }
}

/** A result holds no image: the user shows it, with a word of where it is from. */
function shownImages({ content, name, callId }: ToolResultPart): readonly (Part & ToolResultContent)[] {
  const images = content.filter(part => part.type === 'image')
  if (images.length === 0) return []
  return [{ type: 'text', text: `Image in the result of the tool ${name ?? callId}:` }, ...images]
}

function textOf(parts: readonly Part[], warnings: string[]): string {
  const texts = parts.map(part => {
    if (part.type === 'text' || part.type === 'refusal') return part.text
    if (part.type === 'file') return readTextFile(part)
    if (part.type === 'audio') return wordsOf(part)
    if (part.type === 'opaque') warnings.push(`dropped content ${nameOfOpaque(part)}`)
    return ''
  })
  return texts.filter(text => text !== '').join('\n')
}

/** What was spoken, where that is known. */
function wordsOf({ transcript }: AudioPart): string {
  if (transcript === undefined) throw unsupported('messages', 'it cannot listen to audio')
  return transcript
}

function imagesOf(parts: readonly Part[]): readonly string[] {
  return parts.filter(part => part.type === 'image').map(dataOf)
}

function dataOf({ source }: ImagePart): string {
  if (source.kind === 'base64') return source.data
  throw unsupported('messages', 'an image has to stand in the request itself')
}
