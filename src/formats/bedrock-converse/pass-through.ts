// What of a request goes to a provider of the same format: all of it, but for the thoughts of other vendors that the
// client has kept for us.

import { droppedThought } from '../../conversation/lost-thoughts.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import type { PassingEdits } from '../format.ts'
import { readEncrypted, readSignature } from './foreign-thoughts.ts'
import { formatName } from './name.ts'

const none: PassingEdits = { edits: {}, warnings: [] }

export function editsForPassing({ messages }: JsonObject): PassingEdits {
  if (!Array.isArray(messages)) return none
  const kept = messages.map(withoutForeign)
  if (kept.every((message, index) => message === messages[index])) return none
  const edits = { messages: JSON.stringify(kept.filter(message => message !== null)) }
  return { edits, warnings: [droppedThought] }
}

/** The message itself where nothing has to go; null where nothing is left. */
function withoutForeign(message: unknown): unknown {
  if (!isObject(message) || message['role'] !== 'assistant' || !Array.isArray(message['content']))
    return message
  const content = message['content'] as readonly unknown[]
  const kept = content.filter(block => !isForeign(block))
  if (kept.length === content.length) return message
  return kept.length === 0 ? null : { ...message, content: kept }
}

function isForeign(block: unknown): boolean {
  const reasoning = isObject(block) ? block['reasoningContent'] : null
  if (!isObject(reasoning)) return false
  const { reasoningText, redactedContent } = reasoning
  if (typeof redactedContent === 'string') return readEncrypted(redactedContent).origin !== formatName
  const signature = isObject(reasoningText) ? reasoningText['signature'] : null
  return typeof signature === 'string' && readSignature(signature).origin !== formatName
}
