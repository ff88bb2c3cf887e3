// What a client has to keep for us between two turns, in the field that its format has for what only its maker can read:
// `encrypted_content`, `signature`. It holds the thoughts of other providers with their signatures, and summaries of ours.

import type { ReasoningPart } from '../../conversation/parts.ts'
import { isObject, isText, type MutableJson } from '../../lib/json-value.ts'

/** No provider's own text begins like this. */
const mark = 'llm-proxy.1.'

export type Sealed =
  | { readonly kind: 'reasoning'; readonly part: ReasoningPart }
  | { readonly kind: 'summary'; readonly text: string }

export function seal(content: Sealed): string {
  return mark + Buffer.from(JSON.stringify(content)).toString('base64url')
}

export function isSealed(text: unknown): text is string {
  return typeof text === 'string' && text.startsWith(mark)
}

/** Null for what is not ours, or was changed on its way so that it cannot be read. */
export function unseal(text: unknown): Sealed | null {
  if (!isSealed(text)) return null
  try {
    const value: unknown = JSON.parse(Buffer.from(text.slice(mark.length), 'base64url').toString())
    return isObject(value) ? readSealed(value) : null
  } catch {
    return null
  }
}

function readSealed(value: MutableJson): Sealed | null {
  const { kind, text, part } = value
  if (kind === 'summary' && isText(text)) return { kind, text }
  if (kind !== 'reasoning' || !isObject(part) || typeof part['text'] !== 'string') return null
  return { kind, part: readPart(part, part['text']) }
}

function readPart(part: MutableJson, text: string): ReasoningPart {
  const { signature, encrypted, origin, extra } = part
  return {
    type: 'reasoning',
    text,
    ...(isText(signature) && { signature }),
    ...(isText(encrypted) && { encrypted }),
    ...(part['summary'] === true && { summary: true as const }),
    ...(isText(origin) && { origin }),
    ...(isObject(extra) && { extra: onlyObjects(extra) }),
  }
}

function onlyObjects(extra: MutableJson): Record<string, MutableJson> {
  return Object.fromEntries(
    Object.entries(extra).filter((entry): entry is [string, MutableJson] => isObject(entry[1])),
  )
}
