// What becomes of the fields of a request for a message that other formats have no words for.

import { isObject } from '../../lib/json-value.ts'
import { type OwnFieldRules, rulesFor } from '../shared/own-fields.ts'

/** @param known fields that the neutral form has words for */
export function ownFieldRules(known: Iterable<string>): OwnFieldRules {
  return {
    request: {
      ...rulesFor('carried', known),
      metadata: { user_id: 'carried' },
      output_config: rulesFor('carried', ['effort', 'format']),
      thinking: rulesFor('carried', ['type', 'budget_tokens', 'display']),
      tool_choice: rulesFor('carried', ['type', 'name', 'disable_parallel_tool_use']),
      // The version of the API, in the body of the clouds that have no headers.
      anthropic_version: 'carried',
      // Files and skills, tools of other servers, and where the prompt may be read.
      ...rulesFor('refused', ['container', 'mcp_servers', 'inference_geo']),
    },
    messages: {
      // A block that other formats get as its text.
      block: 'carried',
      caller: caller => (isObject(caller) && caller['type'] === 'direct' ? 'carried' : 'dropped'),
      citations: citations => (isObject(citations) && citations['enabled'] === true ? 'dropped' : 'carried'),
    },
  }
}
