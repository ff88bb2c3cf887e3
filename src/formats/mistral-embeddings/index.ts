// Mistral's embeddings: those of OpenAI with words of their own, and with an id, on which its clients insist.
// https://docs.mistral.ai/api/endpoint/embeddings

import type { EmbeddingAnswer, EmbeddingRequest } from '../../conversation/embedding.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { Address, EncodeContext, Format, RequestFacts } from '../format.ts'
import { encodeError, encodeStreamError } from '../mistral-chat/errors.ts'
import { openAiEmbeddings } from '../openai-embeddings/index.ts'
import { checkRequest as checkOpenAiRequest } from '../openai-embeddings/request.ts'
import {
  decodeResponse,
  encodeResponse as encodeOpenAiResponse,
} from '../openai-embeddings/translate-answer.ts'
import {
  decodeRequest as decodeOpenAiRequest,
  encodeRequest,
  ownFields as openAiFields,
} from '../openai-embeddings/translate-request.ts'
import { isPositiveInteger } from '../shared/checks.ts'
import { type OwnFieldRules, refusedUnless } from '../shared/own-fields.ts'

const ownFields: OwnFieldRules = {
  request: {
    ...openAiFields.request,
    output_dimension: 'carried',
    // Vectors of whole numbers or of bits are others.
    output_dtype: refusedUnless('float'),
  },
}

function checkRequest(body: JsonObject, address: Address): RequestFacts {
  const { output_dimension: dimension } = body
  if (dimension !== undefined && dimension !== null) isPositiveInteger(dimension, 'output_dimension')
  return checkOpenAiRequest(body, address)
}

/** What only Mistral knows is left out. */
function decodeRequest(body: JsonObject, address: Address): EmbeddingRequest {
  const { output_dimension: dimensions, dimensions: named = dimensions } = body
  const { extra: _own, ...request } = decodeOpenAiRequest({ ...body, dimensions: named }, address)
  return request
}

function encodeResponse(answer: EmbeddingAnswer, context: EncodeContext<EmbeddingRequest>): JsonObject {
  return { id: answer.id === '' ? context.id : answer.id, ...encodeOpenAiResponse(answer, context) }
}

export const mistralEmbeddings: Format = {
  ...openAiEmbeddings,
  name: 'mistral-embeddings',
  clientHeaders: ['idempotency-key'],
  checkRequest,
  encodeError,
  encodeStreamError,
  embedding: { ownFields, decodeRequest, encodeRequest, decodeResponse, encodeResponse },
}
