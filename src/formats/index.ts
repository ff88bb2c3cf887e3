// The wire formats by name.

import type { Format } from './format.ts'
import { openAiSpeech, openAiTranscriptions, openAiTranslations } from './openai-audio/index.ts'
import { openAiChat } from './openai-chat/index.ts'
import { openAiCompletions } from './openai-completions/index.ts'
import { openAiEmbeddings } from './openai-embeddings/index.ts'
import { openAiImageEdits, openAiImages, openAiImageVariations } from './openai-images/index.ts'
import { openAiModerations } from './openai-moderations/index.ts'

export const formats: Readonly<Record<string, Format>> = {
  [openAiChat.name]: openAiChat,
  [openAiCompletions.name]: openAiCompletions,
  [openAiEmbeddings.name]: openAiEmbeddings,
  [openAiModerations.name]: openAiModerations,
  [openAiImages.name]: openAiImages,
  [openAiImageEdits.name]: openAiImageEdits,
  [openAiImageVariations.name]: openAiImageVariations,
  [openAiSpeech.name]: openAiSpeech,
  [openAiTranscriptions.name]: openAiTranscriptions,
  [openAiTranslations.name]: openAiTranslations,
}
