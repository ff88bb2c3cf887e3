// How providers that speak this format differ from OpenAI, its inventor: what is absent here is as at OpenAI.

import type { PrefillModels } from '../shared/prefill.ts'

export interface OpenAiChatQuirks {
  /** The field that limits the answer; `max_completion_tokens` where absent. */
  readonly maxTokens?: 'max_tokens' | 'max_completion_tokens'
  /** Names of models that think, and refuse sampling parameters for it; null where no model does. */
  readonly reasoningModels?: RegExp | null
  /** Names of models that do not think, and refuse to be asked for it; null where none is known. */
  readonly plainModels?: RegExp | null
  /** How thinking is asked for; `none` where it cannot be. */
  readonly reasoningRequest?: ReasoningRequestStyle
  /** Efforts that the provider knows; others are sent as the nearest of them. Highest last. */
  readonly efforts?: readonly string[]
  /** The same by names of models, first match wins. */
  readonly effortsOf?: readonly { readonly models: RegExp; readonly efforts: readonly string[] }[]
  /** How the thoughts of earlier answers go back; they stay out where absent. */
  readonly reasoningHistory?: ReasoningHistoryStyle
  /** Names of models to which thoughts must not go back all the same. */
  readonly forgetsReasoning?: RegExp
  /** What stands for the thought of an answer that called tools, where it is lost and the provider insists on one. */
  readonly lostReasoning?: string
  /** Which ids of tool calls are taken; others are replaced by ids of letters and digits of this length. */
  readonly toolCallIds?: { readonly accepts: RegExp; readonly length: number }
  /** The word for "some tool must be called". */
  readonly requiredChoice?: 'required' | 'any'
  /** Whether `tool_choice` may be a list of tools. Without it, the other tools are left out. */
  readonly allowedTools?: boolean
  readonly customTools?: boolean
  /** Whether the role `developer` is known. */
  readonly developerRole?: boolean
  /** Whether a refusal stands in a field of its own; it is text otherwise. */
  readonly refusals?: boolean
  /** Whether a message may carry the name of its speaker. */
  readonly names?: boolean
  /**
   * How an answer is made to fit a schema: by `response_format`; by a system message that shows it, beside
   * `json_object`; or by a tool that has to be called.
   */
  readonly jsonSchema?: 'field' | 'prompt' | 'tool'
  /** Names of the models for which that holds; for others it is the tool. All where absent. */
  readonly schemaModels?: RegExp
  /** Whether images are fetched by the provider from their addresses. */
  readonly imageUrls?: boolean
  /** How documents are sent: as OpenAI does, by the URL of a `document_url` part, or not at all. */
  readonly files?: 'file' | 'document_url' | 'none'
  /** Whether documents are fetched by the provider from their addresses. */
  readonly fileUrls?: boolean
  /** Whether films are taken, as `video_url` parts. */
  readonly videos?: boolean
  /** Whether parts carry `cache_control`. */
  readonly cacheControl?: boolean
  /** Whether `top_k` is a parameter. */
  readonly topK?: boolean
  /** Whether a content without media has to be a string. */
  readonly plainText?: boolean
  /** Whether user and assistant have to alternate, behind the system message. */
  readonly alternate?: boolean
  /** Who goes on from a last message of the assistant, and how that is asked for; absent where nobody knows. */
  readonly prefill?: Prefill
  /** Values of `service_tier` that are known. */
  readonly serviceTiers?: readonly string[]
  /** Whether `prompt_cache_key` is a parameter. */
  readonly cacheKey?: boolean
  /** Whether the signature of a tool call goes back as `extra_content.google.thought_signature`. */
  readonly thoughtSignatures?: boolean
}

/**
 * - `effort`: `reasoning_effort`
 * - `object`: `reasoning: { effort, max_tokens, enabled, exclude }`
 * - `switch`: `thinking: { type: 'disabled' }` for none at all, `reasoning_effort` for more or less of it
 * - `enable_thinking`: `enable_thinking` and `thinking_budget`
 */
export type ReasoningRequestStyle = 'effort' | 'object' | 'switch' | 'enable_thinking' | 'none'

/**
 * - `reasoning_content`, `reasoning`: the text, under this name
 * - `reasoning_details`: whole, with signatures and encrypted thoughts
 * - `thinking_chunks`: as parts of the content
 */
export type ReasoningHistoryStyle =
  | 'reasoning_content'
  | 'reasoning'
  | 'reasoning_details'
  | 'thinking_chunks'

export interface Prefill extends PrefillModels {
  readonly style: PrefillStyle
  /** The answer may begin with the message itself. */
  readonly echoes?: true
}

/**
 * - `plain`: by nothing but its place
 * - `prefix`: `prefix: true` in the message
 * - `partial`: `partial: true` in the message
 * - `continue_final_message`: a field of the request, beside `add_generation_prompt: false`
 */
export type PrefillStyle = 'plain' | 'prefix' | 'partial' | 'continue_final_message'

export type ChatDialect = Required<Omit<OpenAiChatQuirks, OptionalQuirk>> &
  Pick<OpenAiChatQuirks, OptionalQuirk>

type OptionalQuirk = 'reasoningHistory' | 'forgetsReasoning' | 'lostReasoning' | 'schemaModels' | 'prefill'

/** https://platform.openai.com/docs/guides/reasoning and the reference of chat completions. */
const openAi: ChatDialect = {
  maxTokens: 'max_completion_tokens',
  reasoningModels: /(?:^|\/)(?:o\d|gpt-[5-9](?!.*chat)|codex-)/,
  plainModels: /(?:^|\/)(?:gpt-[34]|chatgpt|gpt-5.*chat)/,
  reasoningRequest: 'effort',
  effortsOf: [
    { models: /(?:^|\/)o\d/, efforts: ['low', 'medium', 'high'] },
    { models: /gpt-5(?!\.)/, efforts: ['minimal', 'low', 'medium', 'high'] },
    { models: /gpt-5\.1/, efforts: ['none', 'low', 'medium', 'high'] },
    { models: /gpt-5\.[2-5]/, efforts: ['none', 'low', 'medium', 'high', 'xhigh'] },
  ],
  efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
  toolCallIds: { accepts: /^.{1,40}$/s, length: 24 },
  requiredChoice: 'required',
  allowedTools: true,
  customTools: true,
  developerRole: true,
  refusals: true,
  names: true,
  jsonSchema: 'field',
  imageUrls: true,
  files: 'file',
  fileUrls: false,
  videos: false,
  cacheControl: false,
  topK: false,
  plainText: false,
  alternate: false,
  serviceTiers: ['auto', 'default', 'flex', 'scale', 'priority', 'fast'],
  cacheKey: true,
  thoughtSignatures: false,
}

/**
 * What can be relied on at a vendor or server of which nothing is known but that it is compatible: the fields that
 * OpenAI invented last are not understood.
 */
export const compatibleChat: OpenAiChatQuirks = {
  maxTokens: 'max_tokens',
  reasoningModels: null,
  plainModels: null,
  effortsOf: [],
  allowedTools: false,
  customTools: false,
  developerRole: false,
  refusals: false,
  serviceTiers: [],
  cacheKey: false,
}

export function dialectOf(quirks: OpenAiChatQuirks | undefined): ChatDialect {
  return quirks === undefined ? openAi : { ...openAi, ...quirks }
}

export function schemaStyle(
  { jsonSchema, schemaModels }: ChatDialect,
  model: string,
): ChatDialect['jsonSchema'] {
  return schemaModels === undefined || schemaModels.test(model) ? jsonSchema : 'tool'
}
