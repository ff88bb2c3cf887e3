// OpenAI's embeddings. They have no stream.

import type { Format } from '../format.ts'
import { definePlainFormat } from '../openai-shared/plain-format.ts'
import { checkRequest } from './request.ts'
import { readAnswer } from './response.ts'
import { decodeResponse, encodeResponse } from './translate-answer.ts'
import { decodeRequest, encodeRequest, formatName, ownFields } from './translate-request.ts'

export const openAiEmbeddings: Format = definePlainFormat({
  name: formatName,
  checkRequest,
  readAnswer,
  embedding: { ownFields, decodeRequest, encodeRequest, decodeResponse, encodeResponse },
})
