// Ollama's embeddings, in both of their forms. They have no stream.

import type { Format } from '../format.ts'
import { jsonLines } from '../framing/json-lines.ts'
import { encodeError, encodeStreamError } from '../ollama-shared/errors.ts'
import { decodeError } from '../openai-shared/errors.ts'
import { refuseStream } from '../streams/refuse-stream.ts'
import { decodeResponse, encodeResponse, readAnswer } from './answer.ts'
import { checkRequest, decodeRequest, encodeRequest, formatName, ownFields, understands } from './request.ts'
import * as single from './single.ts'

export const ollamaEmbed: Format = {
  name: formatName,
  modelInBody: true,
  framing: jsonLines,
  clientHeaders: [],
  checkRequest,
  editsForUsage: () => ({}),
  readAnswer,
  openTap: refuseStream,
  decodeError,
  encodeError,
  encodeStreamError,
  keepAlive: Buffer.alloc(0),
  embedding: { ownFields, understands, decodeRequest, encodeRequest, decodeResponse, encodeResponse },
}

/** Clients alone speak it: a server is asked in the newer form, which has a place for all of this. */
export const ollamaEmbeddings: Format = {
  ...ollamaEmbed,
  name: single.singleName,
  checkRequest: single.checkRequest,
  readAnswer: single.readAnswer,
  embedding: {
    ownFields: single.ownFields,
    decodeRequest: single.decodeRequest,
    encodeRequest,
    decodeResponse,
    encodeResponse: single.encodeResponse,
  },
}
