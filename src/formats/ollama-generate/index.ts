// Ollama's completions of a prompt: a conversation of one message.

import { defineOllamaFormat } from '../ollama-shared/format.ts'
import { checkRequest, decodeRequest, encodeRequest, ownFields } from './request.ts'
import { shape } from './shape.ts'

export const ollamaGenerate = defineOllamaFormat({
  shape,
  ownFields,
  checkRequest,
  decodeRequest,
  encodeRequest,
})
