// Ollama's completions of a prompt: a conversation of one message.

import { defineOllamaFormat } from '../ollama-shared/format.ts'
import { checkRequest, decodeRequest, encodeRequest } from './request.ts'
import { shape } from './shape.ts'

export const ollamaGenerate = defineOllamaFormat({ shape, checkRequest, decodeRequest, encodeRequest })
