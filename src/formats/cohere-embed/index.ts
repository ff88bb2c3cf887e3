// Cohere's embeddings, version 2. They have no stream.

import { decodeError, encodeError } from '../cohere-shared/errors.ts'
import type { Format } from '../format.ts'
import { eventStream } from '../framing/event-stream.ts'
import { refuseStream } from '../streams/refuse-stream.ts'
import { checkRequest } from './request.ts'
import { decodeResponse, encodeResponse, readAnswer } from './translate-answer.ts'
import { decodeRequest, encodeRequest, formatName, ownFields } from './translate-request.ts'

export const cohereEmbed: Format = {
  name: formatName,
  modelInBody: true,
  framing: eventStream,
  clientHeaders: ['x-client-name'],
  checkRequest,
  editsForUsage: () => ({}),
  readAnswer,
  openTap: refuseStream,
  decodeError,
  encodeError,
  encodeStreamError: encodeError,
  keepAlive: Buffer.alloc(0),
  embedding: { ownFields, decodeRequest, encodeRequest, decodeResponse, encodeResponse },
}
