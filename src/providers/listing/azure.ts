// What could be deployed at an Azure resource. What is served there are its deployments, of which only the configuration
// knows. https://learn.microsoft.com/rest/api/azureopenai/models/list

import type { JsonObject } from '../../lib/json-value.ts'
import type { ModelKind } from '../../model-facts.ts'
import type { ModelListing } from '../listing.ts'
import { dayIn, objectIn } from './fields.ts'
import { openAiListing } from './openai-models.ts'

export const azureListing: ModelListing = {
  ...openAiListing({
    advisory: true,
    read(row) {
      const can = objectIn(row['capabilities'])
      // It could only be the base of another model.
      if (can['inference'] === false) return null
      return {
        kind: kindOf(can),
        releasedOn: dayIn(row['created_at']),
        retiresOn: dayIn(objectIn(row['deprecation'])['inference']),
      }
    },
  }),
  // As for requests, the address may have been copied with more or less of its path. The list belongs to the resource.
  first({ baseUrl }) {
    const { origin, pathname } = new URL(baseUrl ?? '')
    const path = pathname.replace(/\/deployments\/[^/]+$/, '').replace(/\/$/, '')
    const below = path.endsWith('/openai/v1') ? '' : path.endsWith('/openai') ? '/v1' : '/openai/v1'
    return { method: 'GET', origin, path: `${path}${below}/models` }
  },
}

function kindOf(can: JsonObject): ModelKind | undefined {
  if (can['chat_completion'] === true) return 'chat'
  if (can['embeddings'] === true) return 'embedding'
  return can['completion'] === true ? 'completion' : undefined
}
