// Mistral's chat completions: those of OpenAI with words of their own, whose clients check every answer for them. Spoken
// at the same address by whoever says that he is such a client, and by Mistral itself; others are never asked in it.

import type { ChatTranslation, Format } from '../format.ts'
import { abilities } from '../openai-chat/abilities.ts'
import { decodeResponse } from '../openai-chat/decode-response.ts'
import { ChatStreamDecoder } from '../openai-chat/decode-stream.ts'
import { encodeRequest } from '../openai-chat/encode-request.ts'
import { openAiChat } from '../openai-chat/index.ts'
import { formatName as openAiName } from '../openai-chat/name.ts'
import { PassThroughTap } from '../streams/pass-through-tap.ts'
import { decodeRequest, ownFields } from './decode-request.ts'
import { encodeResponse } from './encode-response.ts'
import { MistralStreamEncoder } from './encode-stream.ts'
import { encodeError, encodeStreamError } from './errors.ts'
import { formatName } from './name.ts'
import { changeOwner } from './owner.ts'
import { editsForPassing } from './pass-through.ts'
import { checkRequest } from './request.ts'

const chat: ChatTranslation = {
  abilities,
  ownFields,
  decodeRequest,
  encodeRequest: (conversation, target) =>
    encodeRequest(changeOwner(conversation, { from: formatName, to: openAiName }), target),
  decodeResponse,
  encodeResponse,
  openDecoder: (context, emit) => new ChatStreamDecoder(context, emit),
  openEncoder: (context, write) => new MistralStreamEncoder(context, write),
}

export const mistralChat: Format = {
  ...openAiChat,
  name: formatName,
  clientHeaders: ['idempotency-key'],
  checkRequest,
  editsForUsage: () => ({}),
  editsForPassing,
  openTap: () => new PassThroughTap({ framing: openAiChat.framing, chat }),
  encodeError,
  encodeStreamError,
  chat,
}
