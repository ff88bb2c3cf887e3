// The wire formats by name.

import type { Format } from './format.ts'
import { openAiChat } from './openai-chat/index.ts'
import { openAiCompletions } from './openai-completions/index.ts'
import { openAiEmbeddings } from './openai-embeddings/index.ts'
import { openAiResponses } from './openai-responses/index.ts'
import { openAiResponsesCompact, openAiResponsesCount } from './openai-responses/side-routes.ts'

export const formats: Readonly<Record<string, Format>> = {
  [openAiChat.name]: openAiChat,
  [openAiCompletions.name]: openAiCompletions,
  [openAiEmbeddings.name]: openAiEmbeddings,
  [openAiResponses.name]: openAiResponses,
  [openAiResponsesCompact.name]: openAiResponsesCompact,
  [openAiResponsesCount.name]: openAiResponsesCount,
}
