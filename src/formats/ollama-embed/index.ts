// Ollama's embeddings. They have no stream.

import type { Format } from '../format.ts'
import { jsonLines } from '../framing/json-lines.ts'
import { encodeError, encodeStreamError } from '../ollama-shared/errors.ts'
import { decodeError } from '../openai-shared/errors.ts'
import { decodeResponse, encodeResponse, readAnswer } from './answer.ts'
import { checkRequest, decodeRequest, encodeRequest, formatName, ownFields } from './request.ts'

export const ollamaEmbed: Format = {
  name: formatName,
  modelInBody: true,
  framing: jsonLines,
  clientHeaders: [],
  checkRequest,
  editsForUsage: () => ({}),
  readAnswer,
  openTap() {
    throw new Error('Embeddings have no stream.')
  },
  decodeError,
  encodeError,
  encodeStreamError,
  keepAlive: Buffer.alloc(0),
  embedding: { ownFields, decodeRequest, encodeRequest, decodeResponse, encodeResponse },
}
