// OpenAI's embeddings. They have no stream.

import type { Format } from '../format.ts'
import { eventStream } from '../framing/event-stream.ts'
import { encodeError, encodeStreamError } from '../openai-shared/error-body.ts'
import { decodeError } from '../openai-shared/errors.ts'
import { checkRequest } from './request.ts'
import { readAnswer } from './response.ts'
import { decodeResponse, encodeResponse } from './translate-answer.ts'
import { decodeRequest, encodeRequest, formatName, ownFields } from './translate-request.ts'

export const openAiEmbeddings: Format = {
  name: formatName,
  modelInBody: true,
  framing: eventStream,
  clientHeaders: ['openai-beta', 'idempotency-key'],
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
