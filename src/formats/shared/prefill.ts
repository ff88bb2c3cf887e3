// Whether a model goes on from the beginning of its answer, as data of a provider that has models of many kinds.

import type { Conversation } from '../../conversation/conversation.ts'
import { wantsThoughts } from '../../conversation/wants-thoughts.ts'

export interface PrefillModels {
  /** Names of the models that do; all where absent. */
  readonly models?: RegExp
  /** Names of models that think unless they are told not to: those that think begin anew, or their text gets lost. */
  readonly thinkers?: RegExp
  /** Not where the answer has to be JSON. */
  readonly proseOnly?: true
}

export function goesOn(
  { models, thinkers, proseOnly }: PrefillModels,
  model: string,
  conversation: Conversation | undefined,
): boolean {
  if (models?.test(model) === false) return false
  if (proseOnly === true && conversation?.output !== undefined) return false
  const wanted = wantsThoughts(conversation)
  return wanted === undefined ? thinkers?.test(model) !== true : !wanted
}
