// What differs between providers that speak the same format: data of the provider, read by the format's encoder.

import type { AnthropicMessagesQuirks } from './anthropic-messages/quirks.ts'
import type { BedrockConverseQuirks } from './bedrock-converse/quirks.ts'
import type { CohereChatQuirks } from './cohere-chat/quirks.ts'
import type { GeminiQuirks } from './gemini/quirks.ts'
import type { OllamaChatQuirks } from './ollama-chat/quirks.ts'
import type { OpenAiChatQuirks } from './openai-chat/quirks.ts'
import type { OpenAiResponsesQuirks } from './openai-responses/quirks.ts'

/** Each is the business of one format; absent for its own inventor. */
export interface Quirks {
  readonly openAiChat?: OpenAiChatQuirks
  readonly openAiResponses?: OpenAiResponsesQuirks
  readonly anthropicMessages?: AnthropicMessagesQuirks
  readonly gemini?: GeminiQuirks
  readonly cohereChat?: CohereChatQuirks
  readonly bedrockConverse?: BedrockConverseQuirks
  readonly ollamaChat?: OllamaChatQuirks
}
