// What an Ollama has installed, and what each of it can do. https://docs.ollama.com/api/tags, https://docs.ollama.com/api-reference/show-model-details

import { GatewayError } from '../../errors.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import type { ModelKind } from '../../model-facts.ts'
import type { ModelListing } from '../listing.ts'
import {
  inputsFrom,
  listIn,
  objectIn,
  readRows,
  type Said,
  textsIn,
  tokensIn,
  withoutUnsaid,
} from './fields.ts'

export const ollamaListing: ModelListing = {
  first: () => ({ method: 'GET', path: '/api/tags' }),
  readPage: body => readRows(listIn(body, 'models'), { read: row => ({ id: row['model'] ?? row['name'] }) }),
  detail: {
    request: ({ id }) => ({ method: 'POST', path: '/api/show', body: { model: id } }),
    read(body, model) {
      if (!isObject(body))
        throw new GatewayError('upstream_malformed', { message: 'What came describes no model.' })
      const can = textsIn(body['capabilities'])
      const cannotChat = can !== undefined && !can.includes('completion')
      return {
        ...model,
        ...withoutUnsaid({
          kind: can === undefined ? undefined : kindOf(can, cannotChat),
          contextWindow: contextIn(body),
          input: inputsFrom({ image: can?.includes('vision'), audio: can?.includes('audio') }),
          tools: can?.includes('tools'),
          reasoning: can?.includes('thinking'),
        }),
      }
    },
  },
}

function kindOf(can: readonly string[], cannotChat: boolean): ModelKind {
  if (can.includes('embedding')) return 'embedding'
  return cannotChat ? 'other' : 'chat'
}

/**
 * The length that the model was made for; the gateway asks for as much of it as a request needs. A smaller one that is
 * fixed in the model file wins: its author knows the machine.
 */
function contextIn(body: JsonObject): Said<number> {
  const made = Object.entries(objectIn(body['model_info'])).find(([name]) => name.endsWith('.context_length'))
  const fixed = /^num_ctx\s+(\d+)\s*$/m.exec(typeof body['parameters'] === 'string' ? body['parameters'] : '')
  const sizes = [tokensIn(made?.[1]), tokensIn(fixed?.[1])].filter(size => size !== undefined)
  return sizes.length === 0 ? undefined : Math.min(...sizes)
}
