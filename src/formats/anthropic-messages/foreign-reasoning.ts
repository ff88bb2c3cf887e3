// Thoughts of other vendors on their way through a client of this format. Such a client sends every thinking block back
// as it came, so the signature is the place where another vendor's proof survives; a mark tells it from Anthropic's own.

import { isProven } from '../../conversation/lost-thoughts.ts'
import type { ReasoningPart } from '../../conversation/parts.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import { formatName } from './wire.ts'

/** Never begins a signature of Anthropic's, which is base64. */
const mark = 'llm-proxy:'

/** Whether Anthropic can tell that the thought is its own. */
export function isOwnThought(thought: ReasoningPart): boolean {
  return thought.origin === formatName && isProven(thought)
}

type Proof = Omit<ReasoningPart, 'type' | 'text'>

/** The signature under which a client keeps the thought. */
export function packSignature(proof: Proof): string {
  const { signature, encrypted, summary, origin, extra } = proof
  if (origin === formatName && signature !== undefined) return signature
  const kept = { origin, signature, encrypted, summary, extra }
  return mark + Buffer.from(JSON.stringify(kept)).toString('base64url')
}

export function unpackSignature(signature: unknown): Proof {
  if (!isText(signature)) return { origin: formatName }
  return isForeignSignature(signature) ? readProof(signature) : { signature, origin: formatName }
}

export function isForeignSignature(signature: unknown): boolean {
  return typeof signature === 'string' && signature.startsWith(mark)
}

function readProof(signature: string): Proof {
  const kept = parse(Buffer.from(signature.slice(mark.length), 'base64url').toString())
  const { origin, signature: own, encrypted, summary, extra } = kept
  return {
    ...(isText(own) && { signature: own }),
    ...(isText(encrypted) && { encrypted }),
    ...(summary === true && { summary }),
    ...(isText(origin) && { origin }),
    ...(isObject(extra) &&
      Object.values(extra).every(isObject) && { extra: extra as ReasoningPart['extra'] & {} }),
  }
}

/** Clients may cut what they keep: then only the mark is left. */
function parse(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}
