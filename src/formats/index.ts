// The wire formats by name.

import { anthropicMessages } from './anthropic-messages/index.ts'
import type { Format } from './format.ts'
import { openAiChat } from './openai-chat/index.ts'
import { openAiCompletions } from './openai-completions/index.ts'
import { openAiEmbeddings } from './openai-embeddings/index.ts'

export const formats: Readonly<Record<string, Format>> = {
  [anthropicMessages.name]: anthropicMessages,
  [openAiChat.name]: openAiChat,
  [openAiCompletions.name]: openAiCompletions,
  [openAiEmbeddings.name]: openAiEmbeddings,
}
