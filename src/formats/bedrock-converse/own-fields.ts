// What becomes of the fields of a Converse request that other formats have no words for.

import { type OwnFieldRules, rulesFor } from '../shared/own-fields.ts'

export const ownFieldRules: OwnFieldRules = {
  request: {
    ...rulesFor('carried', ['modelId', 'system', 'messages', 'requestMetadata', 'serviceTier']),
    inferenceConfig: rulesFor('carried', ['maxTokens', 'temperature', 'topP', 'stopSequences']),
    toolConfig: rulesFor('carried', ['tools', 'toolChoice']),
    outputConfig: rulesFor('carried', ['textFormat', 'effort']),
    // What must not be said, and what stands in a prompt that is kept at Amazon.
    ...rulesFor('refused', ['guardrailConfig', 'promptVariables']),
    additionalModelRequestFields: {
      ...rulesFor('carried', [
        'top_k',
        'thinking',
        'reasoningConfig',
        'reasoning_effort',
        'reasoning_config',
      ]),
      output_config: { effort: 'carried' },
      inferenceConfig: { topK: 'carried' },
    },
  },
  // A block that other formats get in their own words.
  messages: { block: 'carried' },
}
