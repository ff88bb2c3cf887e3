// The wire formats by name.

import { bedrockConverse } from './bedrock-converse/index.ts'
import type { Format } from './format.ts'
import { openAiChat } from './openai-chat/index.ts'
import { openAiCompletions } from './openai-completions/index.ts'
import { openAiEmbeddings } from './openai-embeddings/index.ts'

export const formats: Readonly<Record<string, Format>> = {
  [bedrockConverse.name]: bedrockConverse,
  [openAiChat.name]: openAiChat,
  [openAiCompletions.name]: openAiCompletions,
  [openAiEmbeddings.name]: openAiEmbeddings,
}
