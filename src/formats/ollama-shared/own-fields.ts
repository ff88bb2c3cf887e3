// What becomes of the fields of Ollama's requests that other formats have no words for.

import { type OwnFieldRules, rulesFor } from '../shared/own-fields.ts'
import { neutralOptions } from './options.ts'

/** How the server does its work: whoever answers elsewhere has one of its own. */
const working = [
  'num_batch',
  'num_gpu',
  'main_gpu',
  'num_thread',
  'use_mmap',
  'use_mlock',
  'numa',
  'low_vram',
]

/** @param known fields that the neutral form has words for */
export function ownFieldRules(known: Iterable<string>): OwnFieldRules {
  return {
    request: {
      ...rulesFor('carried', known),
      // Where and how long the model is kept; nobody else cuts a prompt that is too long.
      ...rulesFor('carried', ['keep_alive', 'shift']),
      options: { ...rulesFor('carried', neutralOptions), ...rulesFor('carried', working) },
      // Only a server that knows the template of the model can do this, or remembers an earlier prompt.
      ...rulesFor('refused', ['suffix', 'template', 'raw', 'context']),
    },
  }
}
