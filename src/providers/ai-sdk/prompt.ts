// The messages of a conversation as a prompt of the AI SDK.

import type { Message } from '../../conversation/conversation.ts'
import { warnOfLostThoughts } from '../../conversation/lost-thoughts.ts'
import type {
  AudioPart,
  FilePart,
  ImagePart,
  MediaSource,
  Part,
  ToolResultContent,
  ToolResultPart,
} from '../../conversation/parts.ts'
import { parseToolArguments } from '../../conversation/tool-arguments.ts'
import { GatewayError } from '../../errors.ts'
import { cacheOptions, ownOrigin, writeSignature } from './metadata.ts'
import type { Metadata, SdkMessage, SdkPart, Version } from './model.ts'

export interface PromptContext {
  readonly version: Version
  /** What was left out. */
  readonly warnings: string[]
}

export function encodePrompt(messages: readonly Message[], context: PromptContext): SdkMessage[] {
  context.warnings.push(...warnOfLostThoughts(messages, thought => encodeThought(thought).length > 0))
  return messages.flatMap(message => {
    if (message.role === 'system') return encodeSystem(message)
    return message.role === 'user' ? encodeUser(message, context) : encodeAssistant(message, context)
  })
}

function encodeSystem({ parts }: Message): SdkMessage[] {
  const texts = parts.flatMap(part => (part.type === 'text' ? [part] : []))
  return texts.map(({ text, cache }) => ({
    role: 'system' as const,
    content: text,
    ...withOptions(cacheOptions(cache)),
  }))
}

/** Results of tools are messages of their own. */
function encodeUser({ parts }: Message, context: PromptContext): SdkMessage[] {
  const results = parts.filter(part => part.type === 'tool_result')
  const said = parts.flatMap(part => encodeSaid(part, context))
  return [
    ...(results.length === 0
      ? []
      : [{ role: 'tool' as const, content: results.map(result => encodeResult(result, context)) }]),
    ...(said.length === 0 ? [] : [{ role: 'user' as const, content: said }]),
  ]
}

function encodeSaid(part: Part, context: PromptContext): readonly SdkPart[] {
  switch (part.type) {
    case 'text':
      return [{ type: 'text', text: part.text, ...withOptions(cacheOptions(part.cache)) }]
    case 'image':
    case 'audio':
    case 'file':
      return [encodeMedia(part, context)]
    case 'refusal':
      return [{ type: 'text', text: part.text }]
    case 'opaque': {
      const { type } = part.value
      context.warnings.push(`dropped content ${typeof type === 'string' ? type : 'unknown'}`)
      return []
    }
    case 'tool_result':
    case 'tool_call':
    case 'reasoning':
      return []
  }
}

function encodeAssistant({ parts }: Message, context: PromptContext): SdkMessage[] {
  const content = parts.flatMap(part => {
    if (part.type === 'reasoning') return encodeThought(part)
    if (part.type !== 'tool_call') return encodeSaid(part, context)
    const { id, name, signature } = part
    const options =
      signature === undefined ? undefined : writeSignature({ signature, origin: originOfCall(signature) })
    const input = part.custom === true ? { input: part.arguments } : parseToolArguments(part.arguments)
    return [{ type: 'tool-call', toolCallId: id, toolName: name, input, ...withOptions(options) }]
  })
  return content.length === 0 ? [] : [{ role: 'assistant', content }]
}

/** The one vendor that signs calls has a format of its own; the metadata of all others is an object. */
function originOfCall(signature: string): string {
  return signature.startsWith('{') ? ownOrigin : 'gemini'
}

/** A thought goes back only with what proves it: of another origin, it is none to this vendor. */
function encodeThought(part: Part & { readonly type: 'reasoning' }): readonly SdkPart[] {
  const options = writeSignature(part)
  return options === undefined ? [] : [{ type: 'reasoning', text: part.text, providerOptions: options }]
}

function encodeResult(result: ToolResultPart, context: PromptContext): SdkPart {
  return {
    type: 'tool-result',
    toolCallId: result.callId,
    toolName: result.name ?? result.callId,
    output: encodeOutput(result, context),
    ...withOptions(cacheOptions(result.cache)),
  }
}

function encodeOutput({ content, isError }: ToolResultPart, context: PromptContext): SdkPart {
  const media = content.some(part => part.type !== 'text' && part.type !== 'opaque')
  if (media && isError !== true)
    return { type: 'content', value: content.flatMap(part => encodeResultPart(part, context)) }
  const value = content.map(part => (part.type === 'text' ? part.text : `[${part.type}]`)).join('\n')
  return { type: isError === true ? 'error-text' : 'text', value }
}

function encodeResultPart(part: ToolResultContent, context: PromptContext): readonly SdkPart[] {
  if (part.type !== 'image' && part.type !== 'audio' && part.type !== 'file') return encodeSaid(part, context)
  const { source } = part
  if (context.version === 'v4') return [encodeMedia(part, context)]
  const mediaType = mediaTypeOf(part)
  if (source.kind === 'file') throw refuseUpload()
  const kind = part.type === 'image' ? 'image' : 'file'
  if (context.version === 'v2' || source.kind === 'base64') {
    const data = source.kind === 'base64' ? source.data : source.url
    return [{ type: context.version === 'v2' ? 'media' : `${kind}-data`, data, mediaType }]
  }
  return [{ type: `${kind}-url`, url: source.url }]
}

function encodeMedia(part: ImagePart | AudioPart | FilePart, { version }: PromptContext): SdkPart {
  const name = part.type === 'file' ? part.name : undefined
  return {
    type: 'file',
    data: encodeSource(part.source, version),
    mediaType: mediaTypeOf(part),
    ...(name === undefined ? {} : { filename: name }),
    ...withOptions(cacheOptions(part.cache)),
  }
}

function encodeSource(source: MediaSource, version: Version): unknown {
  if (source.kind === 'file') throw refuseUpload()
  if (source.kind === 'base64') return version === 'v4' ? { type: 'data', data: source.data } : source.data
  const url = new URL(source.url)
  return version === 'v4' ? { type: 'url', url } : url
}

const usualTypes = { image: 'image/*', audio: 'audio/wav', file: 'application/pdf' } as const

function mediaTypeOf({ type, source }: ImagePart | AudioPart | FilePart): string {
  return source.mediaType ?? usualTypes[type]
}

function refuseUpload(): GatewayError {
  return new GatewayError('unsupported_parameter', {
    message: 'Files that were uploaded before cannot be named to this provider: send their bytes.',
    param: 'messages',
  })
}

export function withOptions(providerOptions: Metadata | undefined): { providerOptions?: Metadata } {
  return providerOptions === undefined ? {} : { providerOptions }
}
