// Puts a whole answer back into the client's terms.

import { isObject } from '../lib/json-value.ts'
import type { AnswerPart, Choice, Completion } from './completion.ts'
import type { MeantCall, MeantCalls } from './meant-calls.ts'

export function restoreCompletion(completion: Completion, meant: MeantCalls): Completion {
  return { ...completion, choices: completion.choices.map(choice => restoreChoice(choice, meant)) }
}

function restoreChoice(choice: Choice, meant: MeantCalls): Choice {
  const parts = choice.parts.map(part => restorePart(part, meant))
  const { reason } = choice.finish
  const waits = parts.some(({ type }) => type === 'tool_call')
  // An answer given by way of a tool waits for no result.
  const finish =
    reason === 'tool_calls' && !waits ? { ...choice.finish, reason: 'stop' as const } : choice.finish
  return { ...choice, parts, finish }
}

function restorePart(part: AnswerPart, meant: MeantCalls): AnswerPart {
  if (part.type !== 'tool_call') return part
  const call = meant.get(part.name)
  if (call === undefined) return part
  const text = unwrapArguments(part.arguments, call)
  if (call.as === 'text') return { type: 'text', text }
  return { ...part, name: call.name, arguments: text, ...(call.as === 'custom' && { custom: true }) }
}

/** The arguments as the client's tool gets them; where the model did not keep to the shape, what it wrote. */
export function unwrapArguments(text: string, { wrappedIn, as }: MeantCall): string {
  if (wrappedIn === undefined) return text
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return text
  }
  if (!isObject(value) || !(wrappedIn in value)) return text
  const inner = value[wrappedIn]
  return as === 'custom' && typeof inner === 'string' ? inner : JSON.stringify(inner)
}
