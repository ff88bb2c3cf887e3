// Ollama's chat: the only one of its surfaces on which a client has a say over the context window and over thinking.

import { defineOllamaFormat } from '../ollama-shared/format.ts'
import { goesOn } from '../shared/prefill.ts'
import { decodeRequest, ownFields } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'
import { checkRequest } from './request.ts'
import { shape } from './shape.ts'

export const ollamaChat = defineOllamaFormat({
  shape,
  ownFields,
  checkRequest,
  decodeRequest,
  encodeRequest,
  takesPrefill({ model, quirks }, conversation) {
    const prefill = quirks.ollamaChat?.prefill
    return prefill !== undefined && goesOn(prefill, model, conversation)
  },
})
