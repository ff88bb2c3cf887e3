// Google's generateContent. The model, and whether the answer is streamed, stand in the path alone.

import type { ChatTranslation, Format } from '../format.ts'
import { PassThroughTap } from '../streams/pass-through-tap.ts'
import { decodeRequest, ownFields } from './decode-request.ts'
import { decodeResponse, readAnswer } from './decode-response.ts'
import { GeminiStreamDecoder } from './decode-stream.ts'
import { hasEffects } from './effects.ts'
import { abilities, encodeRequest } from './encode-request.ts'
import { encodeResponse } from './encode-response.ts'
import { GeminiStreamEncoder } from './encode-stream.ts'
import { decodeError, encodeError, encodeStreamError } from './errors.ts'
import { geminiEventStream } from './event-stream.ts'
import { checkRequest } from './request.ts'
import { formatName } from './wire.ts'

const chat: ChatTranslation = {
  abilities,
  ownFields,
  decodeRequest,
  encodeRequest,
  decodeResponse,
  encodeResponse,
  openDecoder: (context, emit) => new GeminiStreamDecoder(context, emit),
  openEncoder: (context, write) => new GeminiStreamEncoder(context, write),
}

export const gemini = {
  name: formatName,
  modelInBody: false,
  framing: geminiEventStream,
  clientHeaders: [],
  checkRequest,
  hasEffects,
  editsForUsage: () => ({}),
  readAnswer,
  openTap: () => new PassThroughTap({ framing: geminiEventStream, chat }),
  decodeError,
  encodeError,
  encodeStreamError,
  keepAlive: Buffer.from(': keep-alive\n\n'),
  chat,
} satisfies Format
