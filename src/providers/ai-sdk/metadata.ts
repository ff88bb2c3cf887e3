// What a vendor wants back with a thought or a call: metadata in the terms of the AI SDK, signatures in ours. Where the
// signature is one that the vendor's own format has, it stays the same one: the conversation may go on there.

import type { CacheMarker, ReasoningPart } from '../../conversation/parts.ts'
import { isObject, isText } from '../../lib/json-value.ts'
import type { Metadata } from './model.ts'

/** The origin of what no format has a word for. */
export const ownOrigin = 'ai-sdk'

export type Signature = Pick<ReasoningPart, 'signature' | 'encrypted' | 'origin'>

interface Wording {
  readonly origin: string
  /** The names under which vendors keep it: the first is written. */
  readonly names: readonly string[]
  readonly signature: string
  readonly encrypted?: string
}

const wordings: readonly Wording[] = [
  { origin: 'anthropic-messages', names: ['anthropic'], signature: 'signature', encrypted: 'redactedData' },
  { origin: 'bedrock-converse', names: ['bedrock'], signature: 'signature', encrypted: 'redactedData' },
  { origin: 'gemini', names: ['google', 'vertex', 'googleVertex'], signature: 'thoughtSignature' },
]

/** Null where the metadata holds nothing. */
export function readSignature(metadata: unknown): Signature | null {
  if (!isObject(metadata)) return null
  for (const { origin, names, signature, encrypted = '' } of wordings)
    for (const name of names) {
      const own = metadata[name]
      if (!isObject(own)) continue
      if (isText(own[signature])) return { signature: own[signature], origin }
      if (isText(own[encrypted])) return { encrypted: own[encrypted], origin }
    }
  return sealMetadata(metadata)
}

/** The metadata as it is, for pieces whose vendor is told when they have begun. */
export function sealMetadata(metadata: unknown): Signature | null {
  if (!isObject(metadata)) return null
  const says = Object.values(metadata).some(own => isObject(own) && Object.keys(own).length > 0)
  return says ? { signature: JSON.stringify(metadata), origin: ownOrigin } : null
}

/** Undefined where nothing has to go back. */
export function writeSignature({ signature, encrypted, origin }: Signature): Metadata | undefined {
  if (origin === ownOrigin) return parseOwn(signature)
  const wording = wordings.find(each => each.origin === origin)
  const value = signature ?? encrypted
  if (wording === undefined || value === undefined) return undefined
  const field = signature === undefined ? wording.encrypted : wording.signature
  if (field === undefined) return undefined
  return Object.fromEntries(wording.names.map(name => [name, { [field]: value }]))
}

function parseOwn(signature: string | undefined): Metadata | undefined {
  try {
    const value: unknown = JSON.parse(signature ?? '')
    return isObject(value) ? (value as Metadata) : undefined
  } catch {
    return undefined
  }
}

/** Asks for the prompt to be kept; the vendors that know no such thing do not look. */
export function cacheOptions(cache: CacheMarker | undefined): Metadata | undefined {
  if (cache === undefined) return undefined
  const { ttl } = cache
  return {
    anthropic: { cacheControl: { type: 'ephemeral', ...(ttl === undefined ? {} : { ttl }) } },
    bedrock: { cachePoint: { type: 'default', ...(ttl === undefined ? {} : { ttl }) } },
  }
}
