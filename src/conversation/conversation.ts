// A request to a model in the neutral form: what was said so far, and how the answer is wanted. What the client did
// not say is absent, so that no format has to guess whether a value is the client's or a default.

import type { JsonObject } from '../lib/json-value.ts'
import type { CacheMarker, Extra, Part } from './parts.ts'

export interface Conversation {
  /** As the client named it. */
  readonly model: string
  readonly streaming: boolean
  readonly messages: readonly Message[]
  /** In the client's order: the provider's prompt cache depends on it. */
  readonly tools: readonly Tool[]
  readonly toolChoice?: ToolChoice
  /** False: at most one call in an answer. */
  readonly parallelToolCalls?: boolean
  readonly sampling: Sampling
  readonly output?: OutputFormat
  readonly reasoning?: ReasoningRequest
  /** Who the end user is, for the provider's own abuse detection. */
  readonly user?: string
  readonly serviceTier?: string
  /** Short texts that the provider keeps with the request. */
  readonly metadata?: JsonObject
  /** Routes requests of the same prompt to the same cache. */
  readonly cacheKey?: string
  /** The client asked for the usage of a stream; formats that always send it leave this out. */
  readonly wantsStreamUsage?: boolean
  /** Further fields of the client's format. */
  readonly extra?: Extra
}

/**
 * A turn. Tool results stand in user messages, before anything else that the user says, and system messages where the
 * client put them. Messages of the same role may follow one another: see `mergeTurns`.
 */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant'
  readonly parts: readonly Part[]
  /** The name of who speaks, where there are several. */
  readonly name?: string
  readonly extra?: Extra
}

export type Tool = FunctionTool | CustomTool | ProviderTool

/** A function of the client, called with JSON. */
export interface FunctionTool {
  readonly type: 'function'
  readonly name: string
  readonly description?: string
  /** JSON Schema of the arguments, whole; absent for a function without any. */
  readonly parameters?: JsonObject
  readonly strict?: boolean
  readonly cache?: CacheMarker
  readonly extra?: Extra
}

/** A function of the client, called with free text. */
export interface CustomTool {
  readonly type: 'custom'
  readonly name: string
  readonly description?: string
  readonly extra?: Extra
}

/** A tool that the provider runs itself (web search, code execution), in the shape of its format. */
export interface ProviderTool {
  readonly type: 'provider'
  /** The name of the format in whose shape the value is. */
  readonly format: string
  /** What kind of tool it is, for messages: `web_search`. */
  readonly name: string
  readonly value: JsonObject
}

/** `required`: some tool must be called. A list of names limits the choice to them. */
export type ToolChoice =
  | { readonly mode: 'auto' | 'none' }
  | { readonly mode: 'required'; readonly names?: readonly string[] }
  | { readonly mode: 'auto'; readonly names: readonly string[] }

export interface Sampling {
  /** Tokens of the answer at most, reasoning included. */
  readonly maxTokens?: number
  /** On the scale of 0 to 2. */
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly stop?: readonly string[]
  readonly seed?: number
  readonly frequencyPenalty?: number
  readonly presencePenalty?: number
  /** How many answers are wanted; absent for one. */
  readonly choices?: number
  /** How many alternatives to report for each token; 0 for the chosen token alone. */
  readonly logprobs?: number
  readonly logitBias?: JsonObject
}

export type OutputFormat =
  | { readonly type: 'text' }
  /** Any JSON object. */
  | { readonly type: 'json' }
  | {
      readonly type: 'json_schema'
      /** Absent where the client's format has no name for it. */
      readonly name?: string
      readonly description?: string
      readonly schema: JsonObject
      readonly strict?: boolean
    }

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'

/** How much the model is to think, in the client's own measure: an effort, a number of tokens, or both. */
export interface ReasoningRequest {
  /** `none` forbids it. */
  readonly effort?: Effort
  /** Tokens for thinking at most; -1 lets the model choose. */
  readonly budgetTokens?: number
  /** Whether the client wants to read it; absent for the default of its format. */
  readonly visible?: boolean
  readonly extra?: Extra
}
