// What becomes of the fields of chat completions that other formats have no words for: those of OpenAI's and those that
// servers of its format have added.

import { isObject, isText } from '../../lib/json-value.ts'
import { droppedUnless, type Fate, type OwnFieldRules, rulesFor } from '../shared/own-fields.ts'

/** Where the answer is looked for, what form it has to have, and what it is made of. */
const binding = [
  'audio',
  'web_search_options',
  'search_parameters',
  'enable_search',
  'plugins',
  'structured_outputs',
  'guided_json',
  'guided_regex',
  'guided_choice',
  'guided_grammar',
  'grammar',
  'chat_template',
  'continue_final_message',
] as const

/** @param known fields that the neutral form has words for */
export function ownFieldRules(known: Iterable<string>): OwnFieldRules {
  return {
    request: {
      ...rulesFor('carried', known),
      ...rulesFor('carried', ['safety_identifier', 'store']),
      ...rulesFor('refused', binding),
      response_format: format => fateOfOutput(format),
      modalities: modalities => fateOfModalities(modalities),
      verbosity: droppedUnless('medium'),
      stream_options: rulesFor('carried', ['include_usage', 'include_obfuscation']),
      reasoning: rulesFor('carried', ['effort', 'max_tokens', 'enabled', 'exclude']),
      thinking: rulesFor('carried', ['type', 'budget_tokens']),
    },
    // Histories repeat what an answer said; `developer` is one word for the system.
    messages: rulesFor('carried', ['role', 'annotations']),
    tools: { function: {} },
  }
}

const outputs: ReadonlySet<unknown> = new Set(['text', 'json_object', 'json_schema'])

/** Grammars and the like are known to some servers alone. */
function fateOfOutput(format: unknown): Fate {
  return isObject(format) && !outputs.has(format['type']) ? 'refused' : 'carried'
}

function fateOfModalities(modalities: unknown): Fate {
  const wanted: readonly unknown[] = Array.isArray(modalities) ? modalities : []
  return wanted.some(modality => isText(modality) && modality !== 'text') ? 'refused' : 'carried'
}
