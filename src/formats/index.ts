// The wire formats by name.

import type { Format } from './format.ts'
import { gemini } from './gemini/index.ts'
import { geminiJsonArray } from './gemini/json-array.ts'
import { openAiChat } from './openai-chat/index.ts'
import { openAiCompletions } from './openai-completions/index.ts'
import { openAiEmbeddings } from './openai-embeddings/index.ts'

export const formats: Readonly<Record<string, Format>> = {
  [gemini.name]: gemini,
  [geminiJsonArray.name]: geminiJsonArray,
  [openAiChat.name]: openAiChat,
  [openAiCompletions.name]: openAiCompletions,
  [openAiEmbeddings.name]: openAiEmbeddings,
}
