// OpenAI's embeddings. They have no stream.

import type { Format } from '../format.ts'
import { encodeError, encodeStreamError } from '../openai-shared/error-body.ts'
import { decodeError } from '../openai-shared/errors.ts'
import { checkRequest } from './request.ts'
import { readAnswer } from './response.ts'

export const openAiEmbeddings: Format = {
  name: 'openai-embeddings',
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
}
