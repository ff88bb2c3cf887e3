// What an LM Studio has on its disk, by its own API: version 1 of it, or version 0 of an older program.
// https://lmstudio.ai/docs/developer/rest/list, https://lmstudio.ai/docs/developer/rest/endpoints

import { isObject, type JsonObject, objectsOf } from '../../lib/json-value.ts'
import type { ModelKind } from '../../model-facts.ts'
import type { ListingRequest, ModelListing } from '../listing.ts'
import type { ProviderSettings } from '../provider.ts'
import {
  flagIn,
  inputsFrom,
  listIn,
  type MaybeSaid,
  objectIn,
  readRows,
  type Said,
  textIn,
  textsIn,
  tokensIn,
} from './fields.ts'

export const lmstudioListing: ModelListing = {
  first: settings => below('/api/v1/models', settings, below('/api/v0/models', settings)),
  readPage: body => readRows(listIn(body, 'models', 'data'), { read: readModel }),
}

/** Its own API is beside the compatible one, not below it. */
function below(path: string, { baseUrl }: ProviderSettings, otherwise?: ListingRequest): ListingRequest {
  const origin = baseUrl === null ? {} : { origin: new URL(baseUrl).origin }
  return { method: 'GET', path, ...origin, ...(otherwise !== undefined && { otherwise }) }
}

function readModel(row: JsonObject): MaybeSaid & { readonly id: unknown } {
  const can = row['capabilities']
  const names = textsIn(can)
  return {
    id: row['key'] ?? row['id'],
    title: textIn(row['display_name']),
    ownedBy: textIn(row['publisher']),
    kind: kindOf(row['type']),
    // A model that is loaded has the room that it was loaded with.
    contextWindow: tokensIn(loadedContext(row), row['loaded_context_length'], row['max_context_length']),
    input: inputsFrom({ image: isObject(can) ? can['vision'] : row['type'] === 'vlm' || undefined }),
    tools: isObject(can) ? flagIn(can['trained_for_tool_use']) : names?.includes('tool_use'),
    reasoning: isObject(can) && isObject(can['reasoning']) ? true : undefined,
  }
}

function kindOf(type: unknown): Said<ModelKind> {
  if (type === 'llm' || type === 'vlm') return 'chat'
  return type === 'embedding' || type === 'embeddings' ? 'embedding' : undefined
}

function loadedContext(row: JsonObject): Said<number> {
  const sizes = objectsOf(row['loaded_instances'])
    .map(instance => tokensIn(objectIn(instance['config'])['context_length']))
    .filter(size => size !== undefined)
  return sizes.length === 0 ? undefined : Math.max(...sizes)
}
