// The wire formats by name.

import { anthropicMessages } from './anthropic-messages/index.ts'
import { anthropicTokenCount } from './anthropic-token-count/index.ts'
import { bedrockConverse } from './bedrock-converse/index.ts'
import { bedrockTokenCount } from './bedrock-token-count/index.ts'
import { cohereChat } from './cohere-chat/index.ts'
import { cohereEmbed } from './cohere-embed/index.ts'
import { cohereRerank, cohereRerankV1 } from './cohere-rerank/index.ts'
import type { Format } from './format.ts'
import { gemini } from './gemini/index.ts'
import { geminiJsonArray } from './gemini/json-array.ts'
import { geminiEmbedding, geminiEmbeddings, vertexEmbeddings } from './gemini-embeddings/index.ts'
import { geminiTokenCount } from './gemini-token-count/index.ts'
import { mistralChat } from './mistral-chat/index.ts'
import { mistralEmbeddings } from './mistral-embeddings/index.ts'
import { mistralFim } from './mistral-fim/index.ts'
import { ollamaChat } from './ollama-chat/index.ts'
import { ollamaEmbed, ollamaEmbeddings } from './ollama-embed/index.ts'
import { ollamaGenerate } from './ollama-generate/index.ts'
import { openAiSpeech, openAiTranscriptions, openAiTranslations } from './openai-audio/index.ts'
import { openAiChat } from './openai-chat/index.ts'
import { openAiCompletions } from './openai-completions/index.ts'
import { openAiEmbeddings } from './openai-embeddings/index.ts'
import { openAiImageEdits, openAiImages, openAiImageVariations } from './openai-images/index.ts'
import { openAiModerations } from './openai-moderations/index.ts'
import { openAiResponses } from './openai-responses/index.ts'
import { openAiResponsesCompact, openAiResponsesCount } from './openai-responses/side-routes.ts'

export const formats: Readonly<Record<string, Format>> = {
  [anthropicMessages.name]: anthropicMessages,
  [anthropicTokenCount.name]: anthropicTokenCount,
  [gemini.name]: gemini,
  [geminiJsonArray.name]: geminiJsonArray,
  [geminiTokenCount.name]: geminiTokenCount,
  [geminiEmbedding.name]: geminiEmbedding,
  [geminiEmbeddings.name]: geminiEmbeddings,
  [vertexEmbeddings.name]: vertexEmbeddings,
  [bedrockConverse.name]: bedrockConverse,
  [bedrockTokenCount.name]: bedrockTokenCount,
  [openAiChat.name]: openAiChat,
  [openAiCompletions.name]: openAiCompletions,
  [openAiEmbeddings.name]: openAiEmbeddings,
  [mistralChat.name]: mistralChat,
  [mistralEmbeddings.name]: mistralEmbeddings,
  [mistralFim.name]: mistralFim,
  [cohereChat.name]: cohereChat,
  [cohereEmbed.name]: cohereEmbed,
  [cohereRerank.name]: cohereRerank,
  [cohereRerankV1.name]: cohereRerankV1,
  [ollamaChat.name]: ollamaChat,
  [ollamaGenerate.name]: ollamaGenerate,
  [ollamaEmbed.name]: ollamaEmbed,
  [ollamaEmbeddings.name]: ollamaEmbeddings,
  [openAiResponses.name]: openAiResponses,
  [openAiResponsesCompact.name]: openAiResponsesCompact,
  [openAiResponsesCount.name]: openAiResponsesCount,
  [openAiModerations.name]: openAiModerations,
  [openAiImages.name]: openAiImages,
  [openAiImageEdits.name]: openAiImageEdits,
  [openAiImageVariations.name]: openAiImageVariations,
  [openAiSpeech.name]: openAiSpeech,
  [openAiTranscriptions.name]: openAiTranscriptions,
  [openAiTranslations.name]: openAiTranslations,
}
