// OpenAI's older completions, which code completion and local servers still use.

import type { Abilities } from '../../conversation/abilities.ts'
import type { ChatTranslation, Format } from '../format.ts'
import { eventStream } from '../framing/event-stream.ts'
import { encodeError, encodeStreamError, keepAliveComment } from '../openai-shared/error-body.ts'
import { decodeError } from '../openai-shared/errors.ts'
import { editsForUsage } from '../openai-shared/stream-usage.ts'
import { decodeRequest, ownFields } from './decode-request.ts'
import { decodeResponse } from './decode-response.ts'
import { CompletionsStreamDecoder } from './decode-stream.ts'
import { encodeRequest } from './encode-request.ts'
import { encodeResponse } from './encode-response.ts'
import { CompletionsStreamEncoder } from './encode-stream.ts'
import { formatName } from './name.ts'
import { checkRequest } from './request.ts'
import { readAnswer } from './response.ts'
import { openTap } from './stream.ts'

/** Text and nothing else: what is refused is refused by name when the request is written. */
const abilities: Abilities = {
  jsonSchema: true,
  customTools: true,
  toolName: /^/,
  takesUrl: () => true,
}

const chat: ChatTranslation = {
  abilities: () => abilities,
  ownFields,
  decodeRequest,
  encodeRequest,
  decodeResponse,
  encodeResponse,
  openDecoder: (_context, emit) => new CompletionsStreamDecoder(emit),
  openEncoder: (context, write) => new CompletionsStreamEncoder(context, write),
}

export const openAiCompletions: Format = {
  name: formatName,
  modelInBody: true,
  framing: eventStream,
  clientHeaders: ['openai-beta', 'idempotency-key'],
  checkRequest,
  editsForUsage,
  readAnswer,
  openTap,
  decodeError,
  encodeError,
  encodeStreamError,
  keepAlive: keepAliveComment,
  chat,
}
