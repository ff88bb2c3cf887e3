// What becomes of the fields of Cohere's requests that other formats have no words for.

import { isObject } from '../../lib/json-value.ts'
import { type OwnFieldRules, rulesFor } from '../shared/own-fields.ts'

/** @param known fields that the neutral form has words for */
export function ownFieldRules(known: Iterable<string>): OwnFieldRules {
  return {
    request: {
      ...rulesFor('carried', known),
      citation_options: options => (isObject(options) && options['mode'] === 'OFF' ? 'carried' : 'dropped'),
      // The prompt as the model gets it, letter by letter.
      raw_prompting: 'refused',
    },
    // Documents are told as text.
    messages: { document: 'carried' },
  }
}
