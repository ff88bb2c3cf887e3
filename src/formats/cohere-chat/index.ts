// Cohere's chat, version 2.

import { decodeError, encodeError } from '../cohere-shared/errors.ts'
import type { ChatTranslation, DecodeContext, Format } from '../format.ts'
import { eventStream } from '../framing/event-stream.ts'
import { parseObject } from '../shared/answer-body.ts'
import { PassThroughTap } from '../streams/pass-through-tap.ts'
import { factsOfCompletion } from '../streams/stream-facts.ts'
import { decodeRequest, ownFields } from './decode-request.ts'
import { decodeResponse } from './decode-response.ts'
import { CohereStreamDecoder } from './decode-stream.ts'
import { encodeRequest } from './encode-request.ts'
import { encodeResponse } from './encode-response.ts'
import { CohereStreamEncoder, encodeStreamError } from './encode-stream.ts'
import { formatName } from './name.ts'
import { checkRequest } from './request.ts'
import { resumeEncoder } from './resume.ts'

const chat: ChatTranslation = {
  abilities: (_target, conversation) => ({
    // "response_format" is not taken together with tools: there, a tool stands in for it.
    jsonSchema: conversation === undefined || conversation.tools.length === 0,
    customTools: false,
    // No prefill: a last message of the assistant is taken, and the answer begins anew.
    // https://github.com/SillyTavern/SillyTavern/issues/3692
    toolName: /^[A-Za-z_][A-Za-z0-9_]*$/,
    takesUrl: (url, kind) => kind === 'image' && /^https?:/i.test(url),
  }),
  ownFields,
  decodeRequest,
  encodeRequest,
  decodeResponse,
  encodeResponse,
  openDecoder: (context, emit) => new CohereStreamDecoder(context, emit),
  openEncoder: (context, write) => new CohereStreamEncoder(context, write),
  resumeEncoder,
}

/** Ids that only this reading sees. */
const noIds: DecodeContext = { createId: () => '' }

export const cohereChat: Format = {
  name: formatName,
  modelInBody: true,
  framing: eventStream,
  clientHeaders: ['x-client-name'],
  checkRequest,
  editsForUsage: () => ({}),
  readAnswer: body => factsOfCompletion(decodeResponse(parseObject(body.toString()), noIds)),
  openTap: () => new PassThroughTap({ framing: eventStream, chat }),
  decodeError,
  encodeError,
  encodeStreamError,
  keepAlive: Buffer.from(': keep-alive\n\n'),
  chat,
}
