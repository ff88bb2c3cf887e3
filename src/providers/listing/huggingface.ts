// The list of Hugging Face's router: each model with the vendors behind it.
// https://huggingface.co/docs/inference-providers/hub-api

import { objectsOf } from '../../lib/json-value.ts'
import type { Said } from './fields.ts'
import { tokensIn } from './fields.ts'
import { openAiListing } from './openai-models.ts'

export const huggingfaceListing = openAiListing({
  dated: true,
  read(row) {
    const vendors = objectsOf(row['providers']).filter(
      ({ status }) => status === 'live' || status === undefined,
    )
    // Nobody serves it now.
    if (Array.isArray(row['providers']) && vendors.length === 0) return null
    const { id } = row
    return {
      ownedBy: typeof id === 'string' && id.includes('/') ? id.slice(0, id.indexOf('/')) : undefined,
      kind: 'chat',
      // Which of them will answer is the router's choice: what the best one can do, can be asked for.
      contextWindow: largest(vendors.map(vendor => tokensIn(vendor['context_length']))),
      tools: anySays(vendors.map(vendor => vendor['supports_tools'])),
      jsonSchema: anySays(vendors.map(vendor => vendor['supports_structured_output'])),
    }
  },
})

function largest(sizes: readonly Said<number>[]): Said<number> {
  const known = sizes.filter(size => size !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

function anySays(flags: readonly unknown[]): Said<boolean> {
  return flags.some(flag => typeof flag === 'boolean') ? flags.includes(true) : undefined
}
