// The orders of events by the name of the format.

import { anthropicMessagesGrammar } from './anthropic-messages.ts'
import { bedrockConverseGrammar } from './bedrock-converse.ts'
import { cohereChatGrammar } from './cohere-chat.ts'
import { geminiGrammar } from './gemini.ts'
import type { Grammar } from './grammar.ts'
import { ollamaChatGrammar } from './ollama-chat.ts'
import { openAiChatGrammar } from './openai-chat.ts'
import { openAiCompletionsGrammar } from './openai-completions.ts'
import { openAiResponsesGrammar } from './openai-responses.ts'

export const grammars: Readonly<Record<string, Grammar>> = {
  'openai-chat': openAiChatGrammar,
  'openai-responses': openAiResponsesGrammar,
  'anthropic-messages': anthropicMessagesGrammar,
  gemini: geminiGrammar,
  'cohere-chat': cohereChatGrammar,
  'bedrock-converse': bedrockConverseGrammar,
  'ollama-chat': ollamaChatGrammar,
  'openai-completions': openAiCompletionsGrammar,
}
