// The turns of a conversation as contents.

import type { Turn } from '../../conversation/merge-turns.ts'
import type { Part, ToolResultPart } from '../../conversation/parts.ts'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { nameOfOpaque } from '../shared/unsayable.ts'
import { encodePart } from './encode-part.ts'
import { encodeResult } from './encode-result.ts'
import type { ModelTraits } from './model-traits.ts'
import { formatName } from './wire.ts'

export interface ContentContext {
  readonly traits: ModelTraits
  readonly warnings: string[]
}

/** Takes the place of a signature that nobody has. https://ai.google.dev/gemini-api/docs/thought-signatures */
const unsigned = 'skip_thought_signature_validator'

/** Signatures are bytes, written in base64; what is not is of somebody else. */
const base64 = /^[A-Za-z0-9+/_-]+={0,2}$/

/** @throws GatewayError `unsupported_parameter` for what a system message of Google cannot hold */
export function encodeSystem(parts: readonly Part[]): readonly JsonObject[] {
  return parts
    .map(part => {
      if (part.type !== 'text' && part.type !== 'opaque') throw notInSystem(part.type)
      return encodeIfReachable(part)
    })
    .filter(part => part !== null)
}

function notInSystem(type: string): GatewayError {
  const message = `A system message cannot hold a part of the type ${type}.`
  return new GatewayError('unsupported_parameter', { message, param: 'messages' })
}

export function encodeContents(turns: readonly Turn[], context: ContentContext): readonly JsonObject[] {
  const current = turns.findLastIndex(({ role, parts }) => role === 'user' && parts.some(isSaid))
  const contents: JsonObject[] = []
  turns.forEach((turn, index) => {
    const parts =
      turn.role === 'user'
        ? encodeUser(turn, turns[index - 1], context)
        : encodeModel(turn, index > current, context)
    if (parts.length > 0) contents.push({ role: turn.role === 'user' ? 'user' : 'model', parts })
  })
  return contents
}

/** A turn of the user that is not only results begins what the model now works at. */
function isSaid({ type }: Part): boolean {
  return type !== 'tool_result'
}

/** Results stand first, in the order of their calls. */
function encodeUser(
  { parts }: Turn,
  before: Turn | undefined,
  context: ContentContext,
): readonly JsonObject[] {
  const order = (before?.parts ?? []).flatMap(part => (part.type === 'tool_call' ? [part.id] : []))
  const results = parts
    .filter(part => part.type === 'tool_result')
    .toSorted((left, right) => placeOf(order, left) - placeOf(order, right))
    .map(result => encodeResult(result, context.traits.mediaInResults, context.warnings))
  const said = parts
    .filter(part => part.type !== 'tool_result')
    .map(part => encodeUnlessForeign(part, context))
    .filter(part => part !== null)
  return [...results.map(({ part }) => part), ...results.flatMap(({ following }) => following), ...said]
}

function placeOf(order: readonly string[], { callId }: ToolResultPart): number {
  const place = order.indexOf(callId)
  return place === -1 ? order.length : place
}

function encodeModel({ parts }: Turn, isCurrent: boolean, context: ContentContext): readonly JsonObject[] {
  let needsSignature = isCurrent && context.traits.signedCalls
  const encoded: JsonObject[] = []
  for (const part of parts) {
    const value = part.type === 'tool_result' ? null : encodeUnlessForeign(part, context)
    if (value === null) continue
    encoded.push(part.type === 'tool_call' ? signCall(value, part.signature, needsSignature) : value)
    // Only the first of parallel calls is signed.
    if (part.type === 'tool_call') needsSignature = false
  }
  return encoded
}

function signCall(call: JsonObject, signature: string | undefined, isNeeded: boolean): JsonObject {
  if (signature !== undefined && base64.test(signature)) return call
  const { thoughtSignature: _foreign, ...bare } = call
  return isNeeded ? { ...bare, thoughtSignature: unsigned } : bare
}

/** What stands in a turn beside results. */
type SaidPart = Exclude<Part, ToolResultPart>

function encodeUnlessForeign(part: SaidPart, { warnings }: ContentContext): JsonObject | null {
  if (part.type === 'opaque' && part.format !== formatName) {
    warnings.push(`dropped content ${nameOfOpaque(part)}`)
    return null
  }
  // A thought of another model is nothing that this one has said.
  if (part.type === 'reasoning' && part.origin !== formatName) return null
  return encodeIfReachable(part)
}

/** @throws GatewayError `unsupported_parameter` for a file that Google cannot get at */
function encodeIfReachable(part: SaidPart): JsonObject | null {
  if ('source' in part && part.source.kind === 'file' && !/^(?:https?:|gs:|files\/)/.test(part.source.id)) {
    const message = `The file \`${part.source.id}\` was uploaded to another provider.`
    throw new GatewayError('unsupported_parameter', { message, param: 'messages' })
  }
  if ('source' in part && part.source.kind === 'url' && !knownAddress.test(part.source.url)) {
    const message = 'A file is named by an address that this provider cannot read.'
    throw new GatewayError('unsupported_parameter', { message, param: 'messages' })
  }
  return encodePart(part)
}

/** Google fetches from the web and from its own buckets. */
const knownAddress = /^(?:https?|gs):/i
