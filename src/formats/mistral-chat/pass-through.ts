// What does not pass to Mistral: thoughts of others that we sealed for the client to keep.

import { droppedThought } from '../../conversation/lost-thoughts.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import type { PassingEdits } from '../format.ts'
import { isSealed } from '../shared/sealed.ts'

export function editsForPassing({ messages }: JsonObject): PassingEdits {
  if (!Array.isArray(messages) || !messages.some(holdsSealed)) return { edits: {}, warnings: [] }
  const passing = messages.map((message: unknown) =>
    holdsSealed(message) ? withoutSealed(message) : message,
  )
  return { edits: { messages: JSON.stringify(passing) }, warnings: [droppedThought] }
}

interface Spoken {
  readonly content: readonly unknown[]
}

function holdsSealed(message: unknown): message is Spoken {
  return isObject(message) && Array.isArray(message['content']) && message['content'].some(isSealedChunk)
}

function isSealedChunk(chunk: unknown): boolean {
  return isObject(chunk) && chunk['type'] === 'thinking' && isSealed(chunk['signature'])
}

/** Its text in pieces goes with it. */
function withoutSealed(message: Spoken): Spoken {
  const isThought = (chunk: unknown): boolean => isObject(chunk) && chunk['type'] === 'thinking'
  const content = message.content.filter(chunk => !isThought(chunk))
  return { ...message, content: content.length === 0 ? [{ type: 'text', text: '' }] : content }
}
