// A request in Google's shape, as the neutral form knows it.

import type { Conversation, Message } from '../../conversation/conversation.ts'
import type { Part } from '../../conversation/parts.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import type { Address } from '../format.ts'
import { CallBook } from './call-book.ts'
import { decodePart } from './decode-part.ts'
import { decodeResult } from './decode-result.ts'
import { decodeToolChoice, decodeTools, restOfToolConfig } from './decode-tools.ts'
import { decodeOutput, decodeSampling, restOfConfig } from './generation-config.ts'
import { joinAnswers } from './join-answers.ts'
import { decodeThinking } from './thinking.ts'
import { decodeServiceTier } from './usage.ts'
import {
  camelKeys,
  defined,
  formatName,
  isEmpty,
  listIn,
  objectIn,
  objectsIn,
  textIn,
  withoutFields,
} from './wire.ts'

const knownFields = new Set([
  'model',
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'serviceTier',
])

export function decodeRequest(body: JsonObject, address: Address): Conversation {
  const request = camelKeys(body)
  const config = objectIn(request, 'generationConfig')
  const toolConfig = objectIn(request, 'toolConfig')
  const toolChoice = decodeToolChoice(toolConfig)
  const output = decodeOutput(config)
  const reasoning = decodeThinking(config)
  const serviceTier = textIn(request, 'serviceTier')
  const bound = boundBy(request, config)
  const own = defined({
    ...withoutFields(request, knownFields),
    generationConfig: restOfConfig(config),
    toolConfig: restOfToolConfig(toolConfig),
  })
  return {
    model: address.model ?? textIn(request, 'model') ?? '',
    streaming: address.streaming === true,
    messages: [...decodeSystem(request), ...decodeContents(request)],
    tools: decodeTools(request),
    ...(toolChoice === undefined ? {} : { toolChoice }),
    sampling: decodeSampling(config),
    ...(output === undefined ? {} : { output }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(serviceTier === undefined ? {} : { serviceTier: decodeServiceTier(serviceTier) }),
    ...(bound === null ? {} : { bound: { format: formatName, param: bound } }),
    ...(isEmpty(own) ? {} : { extra: { [formatName]: own } }),
  }
}

/** The field that no other format can do without a change of what is asked; null where there is none. */
function boundBy(request: JsonObject, config: JsonObject): string | null {
  if (textIn(request, 'cachedContent') !== undefined) return 'cachedContent'
  if (textIn(config, 'responseMimeType') === 'text/x.enum') return 'generationConfig.responseMimeType'
  const modalities = listIn(config, 'responseModalities')
  const isText = modalities.every(modality => String(modality).toUpperCase() === 'TEXT')
  return isText ? null : 'generationConfig.responseModalities'
}

/** Google's own SDKs turn a text into a content; others send the text. */
function decodeSystem(request: JsonObject): readonly Message[] {
  const { systemInstruction: system } = request
  if (typeof system === 'string') return [{ role: 'system', parts: [{ type: 'text', text: system }] }]
  if (!isObject(system)) return []
  const parts = objectsIn(camelKeys(system), 'parts').flatMap(part => decodePart(part, () => '') ?? [])
  return parts.length === 0 ? [] : [{ role: 'system', parts }]
}

function decodeContents(request: JsonObject): readonly Message[] {
  const contents = objectsIn(request, 'contents')
  const calls = new CallBook(contents)
  const messages = contents.map((content): Message => {
    const role = content['role'] === 'model' ? 'assistant' : 'user'
    const parts = objectsIn(content, 'parts').flatMap(part => decodeOne(part, role, calls) ?? [])
    return { role, parts: role === 'user' ? resultsFirst(parts) : parts }
  })
  return joinAnswers(messages)
}

function decodeOne(part: JsonObject, role: Message['role'], calls: CallBook): Part | null {
  // A result that the model's own turn holds is of a tool that the provider ran.
  if (role === 'user' && isObject(part['functionResponse'])) return decodeResult(part, calls)
  return decodePart(part, call => calls.open(call))
}

function resultsFirst(parts: readonly Part[]): readonly Part[] {
  const results = parts.filter(({ type }) => type === 'tool_result')
  if (results.length === 0) return parts
  return [...results, ...parts.filter(({ type }) => type !== 'tool_result')]
}
