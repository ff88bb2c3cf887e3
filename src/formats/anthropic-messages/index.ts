// Anthropic's Messages API, which coding agents speak, and many vendors beside its inventor.

import type { Conversation } from '../../conversation/conversation.ts'
import { wantsThoughts } from '../../conversation/wants-thoughts.ts'
import type { ChatTranslation, EncodeTarget, Format } from '../format.ts'
import { eventStream } from '../framing/event-stream.ts'
import { parseJson } from '../shared/answer-body.ts'
import { PassThroughTap } from '../streams/pass-through-tap.ts'
import { factsOfCompletion } from '../streams/stream-facts.ts'
import { decodeRequest, ownFields } from './decode-request.ts'
import { decodeResponse } from './decode-response.ts'
import { MessageStreamDecoder } from './decode-stream.ts'
import { hasEffects } from './effects.ts'
import { encodeRequest } from './encode-request.ts'
import { encodeResponse } from './encode-response.ts'
import { MessageStreamEncoder } from './encode-stream.ts'
import { decodeError, encodeError, encodeStreamError } from './errors.ts'
import { unpackSignature } from './foreign-reasoning.ts'
import { generationOf } from './generations.ts'
import { editsForPassing, passHeader } from './pass-through.ts'
import { checkRequest } from './request.ts'
import { formatName } from './wire.ts'

const chat: ChatTranslation = {
  abilities: ({ model, quirks }: EncodeTarget, conversation) => ({
    jsonSchema: generationOf(model).jsonSchema && quirks.anthropicMessages?.jsonSchema !== false,
    customTools: false,
    prefill: takesPrefill(model, conversation) ? 'plain' : undefined,
    toolName: /^[a-zA-Z0-9_-]{1,128}$/,
    takesUrl: (url, kind) =>
      kind !== 'audio' && url.startsWith('https:') && quirks.anthropicMessages?.inlineMedia !== true,
  }),
  ownFields,
  decodeRequest,
  encodeRequest,
  decodeResponse,
  encodeResponse,
  openDecoder: (_context, emit) => new MessageStreamDecoder(emit),
  openEncoder: (context, write) => new MessageStreamEncoder(context, write),
  isProof(packed) {
    const { signature, encrypted } = unpackSignature(packed)
    return signature !== undefined || encrypted !== undefined
  },
}

/** A model that is asked to think refuses to go on. A model that nobody here knows is not asked to. */
function takesPrefill(model: string, conversation: Conversation | undefined): boolean {
  return wantsThoughts(conversation) !== true && /claude-/.test(model) && generationOf(model).prefill
}

export const anthropicMessages: Format & { readonly chat: ChatTranslation } = {
  name: formatName,
  modelInBody: true,
  framing: eventStream,
  clientHeaders: ['anthropic-version', 'anthropic-beta'],
  checkRequest,
  editsForPassing,
  hasEffects,
  passHeader,
  // Its streams always end with the count.
  editsForUsage: () => ({}),
  readAnswer: body => factsOfCompletion(decodeResponse(parseJson(body.toString()))),
  openTap: () => new PassThroughTap(anthropicMessages),
  decodeError,
  encodeError,
  encodeStreamError,
  keepAlive: Buffer.from('event: ping\ndata: {"type": "ping"}\n\n'),
  chat,
}
