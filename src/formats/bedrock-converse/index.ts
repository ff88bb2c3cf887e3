// Amazon Bedrock's Converse and ConverseStream: one wire format for the models of many vendors.
// https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html

import type { ChatTranslation, Format } from '../format.ts'
import { awsEventStream } from '../framing/aws-event-stream.ts'
import { PassThroughTap } from '../streams/pass-through-tap.ts'
import { decodeRequest } from './decode-request.ts'
import { decodeResponse, readAnswer } from './decode-response.ts'
import { ConverseStreamDecoder } from './decode-stream.ts'
import { hasEffects } from './effects.ts'
import { abilities, encodeRequest } from './encode-request.ts'
import { encodeResponse } from './encode-response.ts'
import { ConverseStreamEncoder } from './encode-stream.ts'
import { decodeError, encodeError, encodeStreamError, errorHeaders } from './errors.ts'
import { formatName } from './name.ts'
import { ownFieldRules } from './own-fields.ts'
import { editsForPassing } from './pass-through.ts'
import { checkRequest } from './request.ts'

const chat: ChatTranslation = {
  ownFields: ownFieldRules,
  decodeRequest,
  encodeRequest,
  decodeResponse,
  encodeResponse,
  abilities,
  openDecoder: (_context, emit) => new ConverseStreamDecoder(emit),
  openEncoder: (context, write) => new ConverseStreamEncoder(context, write),
}

export const bedrockConverse: Format & { readonly chat: ChatTranslation } = {
  name: formatName,
  modelInBody: false,
  framing: awsEventStream,
  clientHeaders: [],
  checkRequest,
  editsForPassing,
  hasEffects,
  // A stream counts its tokens unasked.
  editsForUsage: () => ({}),
  readAnswer,
  openTap: () => new PassThroughTap({ framing: awsEventStream, chat }),
  decodeError,
  encodeError,
  errorHeaders,
  encodeStreamError,
  // An event that means nothing is not known to this format.
  keepAlive: Buffer.alloc(0),
  chat,
}
