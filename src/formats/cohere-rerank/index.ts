// Cohere's rerank, in both of its versions. It has no stream.

import { decodeError, encodeError } from '../cohere-shared/errors.ts'
import type { Format } from '../format.ts'
import { eventStream } from '../framing/event-stream.ts'
import { refuseStream } from '../streams/refuse-stream.ts'
import { decodeResponse, encodeResponse, readAnswer } from './answer.ts'
import { checkRequest, decodeRequest, encodeRequest, ownFields } from './request.ts'
import { type RerankVersion, versionOne, versionTwo } from './version.ts'

export const cohereRerank = createFormat(versionTwo)
export const cohereRerankV1 = createFormat(versionOne)

function createFormat(version: RerankVersion): Format {
  return {
    name: version.formatName,
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
    rerank: {
      ownFields,
      decodeRequest: body => decodeRequest(body, version),
      encodeRequest: (asked, target) => encodeRequest(asked, target, version),
      decodeResponse,
      encodeResponse: (answer, context) => encodeResponse(answer, context, version),
    },
  }
}
