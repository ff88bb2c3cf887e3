// Requests for embeddings between OpenAI's shape and the neutral form.

import type { EmbeddingRequest } from '../../conversation/embedding.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { Address, EncodedRequest, EncodeTarget } from '../format.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import { type OwnFieldRules, rulesFor } from '../shared/own-fields.ts'

export const formatName = 'openai-embeddings'

/** `input_type` is not OpenAI's: several vendors who speak its format have it, and clients of them send it. */
const known: ReadonlySet<string> = new Set([
  'model',
  'input',
  'dimensions',
  'encoding_format',
  'user',
  'input_type',
])

export const ownFields: OwnFieldRules = { request: rulesFor('carried', known) }

export function decodeRequest(body: JsonObject, address: Address): EmbeddingRequest {
  const { input, dimensions, encoding_format: encoding, user, input_type: purpose } = body
  return {
    model: String(address.model ?? body['model']),
    ...decodeInput(input),
    ...(typeof dimensions === 'number' ? { dimensions } : {}),
    ...(typeof purpose === 'string' ? { purpose } : {}),
    ...(encoding === 'float' || encoding === 'base64' ? { encoding } : {}),
    ...(typeof user === 'string' ? { user } : {}),
    ...putAside(formatName, otherFields(body, known)),
  }
}

type Inputs = Pick<EmbeddingRequest, 'inputs' | 'single'>

/** A text, the tokens of a text, or a list of either. */
function decodeInput(input: unknown): Inputs {
  if (!Array.isArray(input)) return { inputs: [String(input)], single: true }
  if (typeof input[0] === 'number') return { inputs: [input as readonly number[]], single: true }
  return { inputs: input as readonly (string | readonly number[])[], single: false }
}

export function encodeRequest(request: EmbeddingRequest, { model }: EncodeTarget): EncodedRequest {
  const { inputs, single, dimensions, encoding, user, purpose, extra } = request
  const body: JsonObject = {
    model,
    input: single && inputs[0] !== undefined ? inputs[0] : inputs,
    ...(dimensions === undefined ? {} : { dimensions }),
    // Not what the client wants, but what every server of this format can do.
    ...(encoding === undefined ? {} : { encoding_format: 'float' }),
    ...(user === undefined ? {} : { user }),
    ...extra?.[formatName],
  }
  return { body, warnings: purpose === undefined ? [] : ['dropped parameter input_type'] }
}
