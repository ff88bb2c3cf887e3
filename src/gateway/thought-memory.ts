// What models thought, kept for the next turn: most client formats cannot carry a signed thought, and some models refuse
// a conversation without it. Held in memory, bounded, for each key of the gateway apart.

import type { Completion } from '../conversation/completion.ts'
import type { CompletionEvent } from '../conversation/completion-event.ts'
import type { Conversation, Message } from '../conversation/conversation.ts'
import { EventFolder } from '../conversation/fold-events.ts'
import { isProven } from '../conversation/lost-thoughts.ts'
import type { Part, ReasoningPart } from '../conversation/parts.ts'
import { BoundedMap } from '../lib/bounded-map.ts'

/** Who thinks: signatures are bound to the model, and their shape to the format. */
export interface Thinker {
  /** Whose conversation it is; nobody else is given its thoughts. */
  readonly keyId: string
  readonly format: string
  readonly model: string
}

export interface ThoughtMemory {
  /**
   * The conversation as this model may be given it: thoughts that the client could not send back are put in again
   * before the tool calls that they led to, and those that another model made are left out, from the front.
   */
  recall(conversation: Conversation, thinker: Thinker): Conversation
  /** Keeps the thoughts of an answer that calls tools. */
  remember(completion: Completion, thinker: Thinker): void
  /** The same for a stream: a reader of its events. */
  listen(thinker: Thinker): (event: CompletionEvent) => void
}

interface Thought {
  readonly format: string
  readonly model: string
  readonly reasoning: readonly ReasoningPart[]
  readonly signature: string | undefined
}

const maxThoughts = 20_000
const maxCharacters = 64 * 1024 * 1024

export function createThoughtMemory(): ThoughtMemory {
  /** By key and tool call. */
  const thoughts = new BoundedMap<Thought>(maxThoughts, maxCharacters)
  /** By the beginning of the signature. */
  const models = new BoundedMap<string>(maxThoughts, maxCharacters)

  function remember({ choices }: Completion, { keyId, format, model }: Thinker): void {
    for (const { parts } of choices) {
      const reasoning: ReasoningPart[] = []
      for (const part of parts) {
        if (part.type === 'reasoning' && isProven(part)) {
          reasoning.push(part)
          models.set(nameOf(part), model, 200)
        }
        if (part.type !== 'tool_call' || (reasoning.length === 0 && part.signature === undefined)) continue
        const size = reasoning.reduce((sum, thought) => sum + sizeOf(thought), part.signature?.length ?? 0)
        thoughts.set(
          `${keyId} ${part.id}`,
          { format, model, reasoning: [...reasoning], signature: part.signature },
          size,
        )
      }
    }
  }

  return {
    remember,
    listen(thinker) {
      const folder = new EventFolder()
      return event => {
        // Text is not needed, and long.
        if (event.type === 'end') remember(folder.completion(), thinker)
        else if (event.type !== 'part_start' || event.opening.type !== 'text') folder.push(event)
      }
    },
    recall(conversation, thinker) {
      const known = (id: string): Thought | undefined => {
        const thought = thoughts.get(`${thinker.keyId} ${id}`)
        return thought?.format === thinker.format && thought.model === thinker.model ? thought : undefined
      }
      const isForeign = (part: Part): boolean => {
        if (part.type !== 'reasoning' || !isProven(part)) return false
        const model = models.get(nameOf(part))
        return model !== undefined && model !== thinker.model
      }
      return putBack(dropForeign(conversation, isForeign), known)
    },
  }
}

/** Every thought up to the last foreign one goes: a thought is bound to those before it. */
function dropForeign(conversation: Conversation, isForeign: (part: Part) => boolean): Conversation {
  const last = conversation.messages.findLastIndex(({ parts }) => parts.some(isForeign))
  return last === -1 ? conversation : withoutReasoning(conversation, last)
}

/** @param upTo index of the last message from which thoughts are taken */
export function withoutReasoning(conversation: Conversation, upTo = Number.POSITIVE_INFINITY): Conversation {
  const messages = conversation.messages.flatMap((message, index): readonly Message[] => {
    if (index > upTo || !message.parts.some(({ type }) => type === 'reasoning')) return [message]
    const parts = message.parts.filter(({ type }) => type !== 'reasoning').map(withoutSignature)
    // Nobody takes a message without content.
    return parts.length === 0 ? [] : [{ ...message, parts }]
  })
  return { ...conversation, messages }
}

function withoutSignature(part: Part): Part {
  if (part.type !== 'tool_call' || part.signature === undefined) return part
  const { signature: _signature, ...call } = part
  return call
}

function putBack(conversation: Conversation, known: (id: string) => Thought | undefined): Conversation {
  let changed = false
  const messages = conversation.messages.map(message => {
    const thought = firstThought(message, known)
    if (thought === undefined) return message
    changed = true
    const signed = message.parts.map(part => withSignature(part, known))
    return { ...message, parts: needsThoughts(message) ? insertThoughts(signed, thought) : signed }
  })
  return changed ? { ...conversation, messages } : conversation
}

function firstThought(
  { role, parts }: Message,
  known: (id: string) => Thought | undefined,
): Thought | undefined {
  if (role !== 'assistant') return undefined
  for (const part of parts) {
    const thought = part.type === 'tool_call' ? known(part.id) : undefined
    if (thought !== undefined) return thought
  }
  return undefined
}

function needsThoughts({ parts }: Message): boolean {
  return !parts.some(part => part.type === 'reasoning' && isProven(part))
}

/** The proven thoughts take the place of what the client repeats of them in plain text. */
function insertThoughts(parts: readonly Part[], { reasoning }: Thought): readonly Part[] {
  return reasoning.length === 0 ? parts : [...reasoning, ...parts.filter(part => part.type !== 'reasoning')]
}

function withSignature(part: Part, known: (id: string) => Thought | undefined): Part {
  if (part.type !== 'tool_call' || part.signature !== undefined) return part
  const signature = known(part.id)?.signature
  return signature === undefined ? part : { ...part, signature }
}

/** The first characters of a signature hold its random part. */
function nameOf({ signature, encrypted }: ReasoningPart): string {
  const proof = signature ?? encrypted ?? ''
  return `${proof.length} ${proof.slice(0, 96)} ${proof.slice(-32)}`
}

function sizeOf({ text, signature, encrypted }: ReasoningPart): number {
  return text.length + (signature?.length ?? 0) + (encrypted?.length ?? 0)
}
