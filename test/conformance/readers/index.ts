// The clients by the name of their wire format.

import type { Reader } from '../support/reading.ts'
import { anthropicMessagesReader } from './anthropic-messages.ts'
import { bedrockConverseReader } from './bedrock-converse.ts'
import { cohereChatReader } from './cohere-chat.ts'
import { geminiReader } from './gemini.ts'
import { ollamaChatReader } from './ollama-chat.ts'
import { openAiChatReader } from './openai-chat.ts'
import { openAiCompletionsReader } from './openai-completions.ts'
import { openAiResponsesReader } from './openai-responses.ts'

export const readers: Readonly<Record<string, Reader>> = {
  'openai-chat': openAiChatReader,
  'openai-responses': openAiResponsesReader,
  'anthropic-messages': anthropicMessagesReader,
  gemini: geminiReader,
  'cohere-chat': cohereChatReader,
  'bedrock-converse': bedrockConverseReader,
  'ollama-chat': ollamaChatReader,
  'openai-completions': openAiCompletionsReader,
}
