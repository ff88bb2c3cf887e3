// Makes a wire format of what is particular about one of Ollama's ways to ask.

import type { Conversation } from '../../conversation/conversation.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type {
  ChatTranslation,
  DecodeContext,
  EncodedRequest,
  EncodeTarget,
  Format,
  RequestFacts,
} from '../format.ts'
import { jsonLines } from '../framing/json-lines.ts'
import { decodeError } from '../openai-shared/errors.ts'
import { parseObject } from '../shared/answer-body.ts'
import type { OwnFieldRules } from '../shared/own-fields.ts'
import { PassThroughTap } from '../streams/pass-through-tap.ts'
import { factsOfCompletion } from '../streams/stream-facts.ts'
import { decodeAnswer, encodeAnswer } from './answer.ts'
import { OllamaStreamDecoder } from './decode-stream.ts'
import { OllamaStreamEncoder } from './encode-stream.ts'
import { encodeError, encodeStreamError } from './errors.ts'
import { understoodFields } from './options.ts'
import type { AnswerShape } from './shape.ts'

export interface OllamaFormatData {
  readonly shape: AnswerShape
  readonly ownFields: OwnFieldRules
  checkRequest(body: JsonObject): RequestFacts
  decodeRequest(body: JsonObject): Conversation
  encodeRequest(conversation: Conversation, target: EncodeTarget): EncodedRequest
  /** Whether the model goes on from a last message of the assistant. */
  takesPrefill?(target: EncodeTarget, conversation: Conversation | undefined): boolean
}

/** Ids that only a reading for facts sees. */
const noIds: DecodeContext = { createId: () => '' }

export function defineOllamaFormat(data: OllamaFormatData): Format {
  const { shape } = data
  const chat: ChatTranslation = {
    abilities: (target, conversation) => ({
      prefill: data.takesPrefill?.(target, conversation) === true ? 'plain' : undefined,
      jsonSchema: true,
      customTools: false,
      toolName: /^.+$/s,
      // Images stand in the request itself.
      takesUrl: () => false,
    }),
    ownFields: data.ownFields,
    understands: understoodFields,
    decodeRequest: data.decodeRequest,
    encodeRequest: data.encodeRequest,
    decodeResponse: (body, context) => decodeAnswer(body, context, shape),
    encodeResponse: (completion, context) => encodeAnswer(completion, context, shape),
    openDecoder: (context, emit) => new OllamaStreamDecoder(shape, context, emit),
    openEncoder: (context, write) => new OllamaStreamEncoder(shape, context, write),
  }
  return {
    name: shape.formatName,
    modelInBody: true,
    framing: jsonLines,
    clientHeaders: [],
    checkRequest: data.checkRequest,
    editsForUsage: () => ({}),
    readAnswer: body => factsOfCompletion(chat.decodeResponse(parseObject(body.toString()), noIds)),
    openTap: () => new PassThroughTap({ framing: jsonLines, chat }),
    decodeError,
    encodeError,
    encodeStreamError,
    // Blank lines are errors to clients; a blank before the next line is none.
    keepAlive: Buffer.from(' '),
    chat,
  }
}
