// Google's embeddings in their three shapes. They have no stream.

import { isObject } from '../../lib/json-value.ts'
import type { Format } from '../format.ts'
import { eventStream } from '../framing/event-stream.ts'
import { decodeError, encodeError } from '../gemini/errors.ts'
import { refuseStream } from '../streams/refuse-stream.ts'
import { checkRequest } from './request.ts'
import { formatNames, type Shape } from './shapes.ts'
import { decodeResponse, encodeResponse, readAnswer } from './translate-answer.ts'
import { decodeRequest, encodeRequest, ownFields } from './translate-request.ts'

function defineFormat(shape: Shape): Format {
  return {
    name: formatNames[shape],
    modelInBody: false,
    framing: eventStream,
    clientHeaders: [],
    checkRequest: (body, address) => checkRequest(body, address, shape),
    editsForUsage: () => ({}),
    // A batch repeats the model of the path in each of its requests, and must not contradict it.
    editsForModel({ requests }, model) {
      if (shape !== 'batch' || !Array.isArray(requests)) return {}
      const named = requests.map((request: unknown) =>
        isObject(request) ? { ...request, model: `models/${model}` } : request,
      )
      return { requests: JSON.stringify(named) }
    },
    readAnswer,
    openTap: refuseStream,
    decodeError,
    encodeError,
    encodeStreamError: encodeError,
    keepAlive: Buffer.alloc(0),
    embedding: {
      ownFields,
      decodeRequest: (body, address) => decodeRequest(body, address, shape),
      encodeRequest: (asked, target) => encodeRequest(asked, target, shape),
      decodeResponse,
      encodeResponse: answer => encodeResponse(answer, shape),
    },
  }
}

/** batchEmbedContents */
export const geminiEmbeddings = defineFormat('batch')
/** embedContent */
export const geminiEmbedding = defineFormat('single')
/** predict, at Vertex AI */
export const vertexEmbeddings = defineFormat('predict')
