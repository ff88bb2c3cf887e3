// OpenAI's chat completions: the wire format that most clients and most providers speak.

import type { ChatTranslation, Format } from '../format.ts'
import { eventStream } from '../framing/event-stream.ts'
import { encodeError, encodeStreamError, keepAliveComment } from '../openai-shared/error-body.ts'
import { decodeError } from '../openai-shared/errors.ts'
import { editsForUsage } from '../openai-shared/stream-usage.ts'
import { abilities } from './abilities.ts'
import { decodeRequest, ownFields } from './decode-request.ts'
import { decodeResponse } from './decode-response.ts'
import { ChatStreamDecoder } from './decode-stream.ts'
import { hasEffects } from './effects.ts'
import { encodeRequest } from './encode-request.ts'
import { encodeResponse } from './encode-response.ts'
import { ChatStreamEncoder } from './encode-stream.ts'
import { formatName } from './name.ts'
import { checkRequest } from './request.ts'
import { readAnswer } from './response.ts'
import { openTap } from './stream.ts'

const chat: ChatTranslation = {
  abilities,
  ownFields,
  decodeRequest,
  encodeRequest,
  decodeResponse,
  encodeResponse,
  openDecoder: (context, emit) => new ChatStreamDecoder(context, emit),
  openEncoder: (context, write) => new ChatStreamEncoder(context, write),
}

export const openAiChat: Format = {
  name: formatName,
  modelInBody: true,
  framing: eventStream,
  clientHeaders: ['openai-beta', 'idempotency-key'],
  checkRequest,
  hasEffects,
  editsForUsage,
  readAnswer,
  openTap,
  decodeError,
  encodeError,
  encodeStreamError,
  keepAlive: keepAliveComment,
  chat,
}
