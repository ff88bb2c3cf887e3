// A request in Google's shape, as the neutral form knows it.

import type { Conversation, Message } from '../../conversation/conversation.ts'
import type { Part } from '../../conversation/parts.ts'
import { resultsFirst } from '../../conversation/results-first.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import type { Address } from '../format.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import { CallBook } from './call-book.ts'
import { decodePart } from './decode-part.ts'
import { decodeResult } from './decode-result.ts'
import { decodeToolChoice, decodeTools, restOfToolConfig } from './decode-tools.ts'
import { decodeOutput, decodeSampling, knownConfigFields, restOfConfig } from './generation-config.ts'
import { ownFieldRules } from './own-fields.ts'
import { decodeThinking } from './thinking.ts'
import { decodeServiceTier } from './usage.ts'
import { camelKeys, defined, formatName, objectIn, objectsIn, textIn } from './wire.ts'

const knownFields = new Set([
  'model',
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'serviceTier',
])

export const ownFields = ownFieldRules(knownFields, knownConfigFields)

export function decodeRequest(body: JsonObject, address: Address): Conversation {
  const request = camelKeys(body)
  const config = objectIn(request, 'generationConfig')
  const toolConfig = objectIn(request, 'toolConfig')
  const toolChoice = decodeToolChoice(toolConfig)
  const output = decodeOutput(config)
  const reasoning = decodeThinking(config)
  const serviceTier = textIn(request, 'serviceTier')
  const own = defined({
    ...otherFields(request, knownFields),
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
    ...putAside(formatName, own),
  }
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
  const messages: Message[] = []
  for (const content of contents) {
    const role = content['role'] === 'model' ? 'assistant' : 'user'
    const parts = objectsIn(content, 'parts').flatMap(part => decodePartOrResult(part, role, calls) ?? [])
    const last = messages.at(-1)
    if (role === 'user') messages.push({ role, parts: resultsFirst(parts) })
    else if (last?.role === 'assistant')
      messages[messages.length - 1] = { role, parts: joinPieces(last.parts, parts) }
    else messages.push({ role, parts: joinPieces([], parts) })
  }
  return messages
}

/** Google's SDKs keep each piece of a stream as a content of its own: together they are one answer again. */
function joinPieces(before: readonly Part[], pieces: readonly Part[]): readonly Part[] {
  const joined = [...before]
  for (const [index, piece] of pieces.entries()) {
    if (piece.type === 'text' && piece.text === '' && piece.extra === undefined) continue
    const last = index === 0 ? joined.at(-1) : undefined
    const whole = last === undefined ? null : joinPair(last, piece)
    if (whole === null) joined.push(piece)
    else joined[joined.length - 1] = whole
  }
  return joined
}

/** What a signature ends is whole. */
function joinPair(last: Part, next: Part): Part | null {
  if (last.type === 'text' && next.type === 'text' && last.extra === undefined)
    return { ...next, text: last.text + next.text }
  if (last.type === 'reasoning' && next.type === 'reasoning' && last.signature === undefined)
    return { ...next, text: last.text + next.text }
  return null
}

function decodePartOrResult(part: JsonObject, role: Message['role'], calls: CallBook): Part | null {
  // A result that the model's own turn holds is of a tool that the provider ran.
  if (role === 'user' && isObject(part['functionResponse'])) return decodeResult(part, calls)
  return decodePart(part, call => calls.open(call))
}
