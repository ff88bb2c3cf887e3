// What must not reach a provider of this format although it came in this format: proofs of other vendors in the history,
// which a client keeps for us, and beta features that the provider does not know.

import { droppedThought, isProven } from '../../conversation/lost-thoughts.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import type { PassingEdits } from '../format.ts'
import type { Quirks } from '../quirks.ts'
import { isOwnCitation } from './citations.ts'
import { isForeignSignature, unpackSignature } from './foreign-reasoning.ts'

const none: PassingEdits = { edits: {}, warnings: [] }

/** Empty for a history that Anthropic alone has written, which is every one that no other provider took part in. */
export function editsForPassing(body: JsonObject): PassingEdits {
  const { messages } = body
  if (!Array.isArray(messages)) return none
  if (!messages.some(holdsForeign)) return none
  const kept = messages.map(withoutForeign).filter(message => message !== null)
  const warnings = messages.some(holdsProof) ? [droppedThought] : []
  return { edits: { messages: JSON.stringify(kept) }, warnings }
}

/** Looks only: nearly every request ends here. */
function holdsForeign(message: unknown): boolean {
  if (!isObject(message) || message['role'] !== 'assistant' || !Array.isArray(message['content']))
    return false
  for (const block of message['content'] as readonly unknown[]) {
    if (!isObject(block)) continue
    if (block['type'] === 'thinking' && isForeignSignature(block['signature'])) return true
    if (Array.isArray(block['citations']) && !block['citations'].every(keepsCitation)) return true
  }
  return false
}

/** A thought that nobody has signed is marked as well, and is no loss. */
function holdsProof(message: unknown): boolean {
  if (!isObject(message) || !Array.isArray(message['content'])) return false
  return (message['content'] as readonly unknown[]).some(
    block =>
      isObject(block) &&
      block['type'] === 'thinking' &&
      isForeignSignature(block['signature']) &&
      isProven(unpackSignature(block['signature'])),
  )
}

function keepsCitation(citation: unknown): boolean {
  return !isObject(citation) || isOwnCitation(citation)
}

/** The message itself where nothing has to go; null where nothing is left. */
function withoutForeign(message: unknown): unknown {
  if (!isObject(message) || !holdsForeign(message)) return message
  const kept = (message['content'] as readonly unknown[]).flatMap(keepOwn)
  return kept.length === 0 ? null : { ...message, content: kept }
}

function keepOwn(block: unknown): readonly unknown[] {
  if (!isObject(block)) return [block]
  if (block['type'] === 'thinking' && isForeignSignature(block['signature'])) return []
  const { citations, ...rest } = block
  if (block['type'] !== 'text' || !Array.isArray(citations)) return [block]
  const own = citations.filter(keepsCitation)
  if (own.length === citations.length) return [block]
  return [own.length === 0 ? rest : { ...rest, citations: own }]
}

/** Beta features that the provider knows; it refuses requests that name others. */
export function passHeader(name: string, value: string, { anthropicMessages }: Quirks): string | null {
  const betas = anthropicMessages?.betas
  if (name !== 'anthropic-beta' || betas === undefined) return value
  const known = value.split(',').filter(beta => betas.includes(beta.trim()))
  return known.length === 0 ? null : known.map(beta => beta.trim()).join(',')
}
