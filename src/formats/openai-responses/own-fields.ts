// What becomes of the fields of a request for a response that other formats have no words for.

import { objectsOf } from '../../lib/json-value.ts'
import {
  droppedUnless,
  type Fate,
  type OwnFieldRules,
  type RefusedInside,
  rulesFor,
} from '../shared/own-fields.ts'
import { isSealed } from '../shared/sealed.ts'
import { kindOf } from './wire.ts'

/** Fields that the neutral form has words for, or that say how the answer is brought and kept. */
export const known = [
  'model',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'max_output_tokens',
  'temperature',
  'top_p',
  'top_logprobs',
  'text',
  'reasoning',
  'stream',
  'stream_options',
  'include',
  'store',
  'user',
  'safety_identifier',
  'service_tier',
  'metadata',
  'prompt_cache_key',
  'previous_response_id',
] as const

export const ownFieldRules: OwnFieldRules = {
  request: {
    ...rulesFor('carried', known),
    // What stands at the provider, and no other can know.
    ...rulesFor('refused', ['conversation', 'prompt']),
    // Says who the client is, and nothing of what it asks.
    client_metadata: 'carried',
    input: fateOfInput,
    truncation: droppedUnless('disabled'),
    text: { format: 'carried', verbosity: droppedUnless('medium') },
    reasoning: {
      ...rulesFor('carried', ['effort', 'summary', 'generate_summary']),
      context: droppedUnless('auto'),
    },
  },
  // The names of items, and how far they are.
  messages: {
    ...rulesFor('carried', ['instructions', 'role', 'id', 'status', 'phase', 'custom', 'namespace']),
    internal_chat_message_metadata_passthrough: 'carried',
  },
  tools: rulesFor('carried', ['namespace', 'name']),
}

/** A summary that only its provider can read holds the conversation: without it, the rest means something else. */
function fateOfInput(input: unknown): Fate | RefusedInside {
  const index = objectsOf(input).findIndex(
    item => kindOf(item) === 'compaction' && !isSealed(item['encrypted_content']),
  )
  return index === -1 ? 'carried' : { refused: `[${index}]` }
}
