// OpenAI's Responses: items in place of messages, and a server that may keep them.
// https://platform.openai.com/docs/api-reference/responses

import type { ChatTranslation, Format } from '../format.ts'
import { eventStream } from '../framing/event-stream.ts'
import { parseAnswer } from '../openai-shared/answer.ts'
import { encodeError, keepAliveComment } from '../openai-shared/error-body.ts'
import { decodeError } from '../openai-shared/errors.ts'
import { factsOfCompletion } from '../streams/stream-facts.ts'
import { decodeRequest } from './decode-request.ts'
import { decodeResponse } from './decode-response.ts'
import { ResponsesStreamDecoder } from './decode-stream.ts'
import { hasEffects } from './effects.ts'
import { encodeRequest } from './encode-request.ts'
import { encodeResponse } from './encode-response.ts'
import { ResponsesStreamEncoder } from './encode-stream.ts'
import { encodeStreamError } from './errors.ts'
import { ownFieldRules } from './own-fields.ts'
import { checkRequest } from './request.ts'
import { resumeEncoder } from './resume.ts'
import { ResponsesTap } from './tap.ts'
import { formatName } from './wire.ts'

const chat: ChatTranslation = {
  abilities: () => ({
    jsonSchema: true,
    customTools: true,
    toolName: /^[a-zA-Z0-9_-]{1,64}$/,
    takesUrl: (_url, kind) => kind !== 'audio',
  }),
  ownFields: ownFieldRules,
  decodeRequest,
  encodeRequest,
  decodeResponse,
  encodeResponse,
  openDecoder: (_context, emit) => new ResponsesStreamDecoder(emit),
  openEncoder: (context, write) => new ResponsesStreamEncoder(context, write),
  resumeEncoder,
}

export const openAiResponses: Format = {
  name: formatName,
  modelInBody: true,
  framing: eventStream,
  clientHeaders: ['openai-beta', 'idempotency-key'],
  checkRequest,
  hasEffects,
  editsForUsage: () => ({}),
  readAnswer: body => factsOfCompletion(decodeResponse(parseAnswer(body))),
  openTap: () => new ResponsesTap({ framing: eventStream, chat }),
  decodeError,
  encodeError,
  encodeStreamError,
  keepAlive: keepAliveComment,
  chat,
}
