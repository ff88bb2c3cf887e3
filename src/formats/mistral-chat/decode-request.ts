// A request of Mistral's clients in the neutral form.

import type { Conversation, Message } from '../../conversation/conversation.ts'
import type { Part, ReasoningPart } from '../../conversation/parts.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { Address } from '../format.ts'
import {
  decodeRequest as decodeOpenAiRequest,
  ownFields as openAiFields,
} from '../openai-chat/decode-request.ts'
import { formatName as openAiName } from '../openai-chat/name.ts'
import type { OwnFieldRules } from '../shared/own-fields.ts'
import { unseal } from '../shared/sealed.ts'
import { formatName } from './name.ts'
import { changeOwner } from './owner.ts'
import { inOpenAiWords } from './request.ts'

export const ownFields: OwnFieldRules = {
  ...openAiFields,
  request: { ...openAiFields.request, random_seed: 'carried', guardrails: 'refused' },
  // The last message of the assistant is the beginning of the answer everywhere, marked or not.
  messages: { ...openAiFields.messages, prefix: 'carried' },
}

export function decodeRequest(body: JsonObject, address: Address): Conversation {
  const conversation = decodeOpenAiRequest(inOpenAiWords(body), address)
  const owned = changeOwner(conversation, { from: openAiName, to: formatName })
  return { ...owned, messages: owned.messages.map(withThoughts), wantsStreamUsage: true }
}

/** A sealed thought is whole: what the client keeps of its pieces says the same. */
function withThoughts(message: Message): Message {
  if (!message.parts.some(({ type }) => type === 'reasoning')) return message
  const parts = message.parts.map(part => (part.type === 'reasoning' ? openThought(part) : part))
  const sealed = parts.some(part => part.type === 'reasoning' && part.origin !== openAiName)
  return { ...message, parts: sealed ? parts.filter(isNoPiece) : parts }
}

/** A signature that is not one of our seals is Mistral's own. */
function openThought(thought: ReasoningPart): ReasoningPart {
  if (thought.signature === undefined) return thought
  const sealed = unseal(thought.signature)
  return sealed?.kind === 'reasoning' ? sealed.part : { ...thought, origin: formatName }
}

function isNoPiece(part: Part): boolean {
  return part.type !== 'reasoning' || part.origin !== openAiName || part.signature !== undefined
}
