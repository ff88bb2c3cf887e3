// What becomes of the fields of a completion that a conversation has no words for.

import type { JsonObject } from '../../lib/json-value.ts'
import { numberOf } from '../openai-shared/fields.ts'
import { type Fate, type OwnFieldRules, rulesFor } from '../shared/own-fields.ts'

/** @param known fields that the neutral form has words for */
export function ownFieldRules(known: Iterable<string>): OwnFieldRules {
  return {
    request: {
      ...rulesFor('carried', known),
      // It is answered by a conversation.
      ...rulesFor('refused', ['suffix', 'echo']),
      best_of: fateOfBest,
    },
  }
}

function fateOfBest(best: unknown, { n }: JsonObject): Fate {
  return (numberOf(best) ?? 1) > (numberOf(n) ?? 1) ? 'refused' : 'carried'
}
