// Whether a client has asked the model to think.

import type { Conversation } from './conversation.ts'

/** @returns undefined where it says nothing of it, and the model does as it is used to */
export function wantsThoughts(conversation: Conversation | undefined): boolean | undefined {
  const { effort, budgetTokens } = conversation?.reasoning ?? {}
  if (effort !== undefined) return effort !== 'none'
  return budgetTokens === undefined ? undefined : budgetTokens !== 0
}
