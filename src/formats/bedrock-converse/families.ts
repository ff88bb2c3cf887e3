// What the models behind this one API can do, told by their ids. The API is the same for all; what they refuse is not.
// https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html

import type { Effort } from '../../conversation/conversation.ts'

export type CachePlace = 'system' | 'messages' | 'tools'

/**
 * How a model is told how much to think, in `additionalModelRequestFields`:
 * - `adaptive`: `thinking: {type: adaptive}` and an effort; `budget`: `thinking` with a number of tokens;
 * - `levels`: `reasoningConfig` with three levels;
 * - `effort` and `config`: one of three words in `reasoning_effort` or `reasoning_config`.
 */
export type ReasoningStyle = 'adaptive' | 'budget' | 'levels' | 'effort' | 'config'

export interface ModelFamily {
  /** False: what the system says has to stand before what the user says. */
  readonly system: boolean
  /** https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html */
  readonly cachePlaces: readonly CachePlace[]
  /** A cache point may say how long it lasts. */
  readonly cacheTtl: boolean
  /** `outputConfig.textFormat`, and strict tools. */
  readonly jsonSchema: boolean
  /** Whether one tool may be demanded by its name; others take `any` alone. */
  readonly namedTool: boolean
  /** Whether a call may be demanded at all. */
  readonly forcedTools: boolean
  /** Where `top_k` belongs; null where there is no place for it. */
  readonly topK: 'top_k' | 'inferenceConfig' | null
  /** What is taken of temperature and top_p: both, one of them, or neither. */
  readonly sampling: 'both' | 'one' | 'none'
  readonly reasoning: ReasoningStyle | null
  /** Levels of its effort, rising. */
  readonly efforts: readonly Effort[]
  /** Thinks where the request says nothing of it, and then lets no call be demanded. */
  readonly thinksByDefault: boolean
  /** How it is told not to think; null where it always does. */
  readonly withoutThinking: 'disabled' | 'between_tools' | null
  /** It can tell which stop sequence it met. */
  readonly tellsStopSequence: boolean
  /** What the id of a call may be. */
  readonly callId: RegExp
}

const levels: readonly Effort[] = ['low', 'medium', 'high']

const unknown: ModelFamily = {
  system: true,
  cachePlaces: [],
  cacheTtl: false,
  jsonSchema: false,
  namedTool: false,
  forcedTools: true,
  topK: null,
  sampling: 'both',
  reasoning: null,
  efforts: levels,
  thinksByDefault: false,
  withoutThinking: 'disabled',
  tellsStopSequence: false,
  callId: /^[a-zA-Z0-9_-]{1,64}$/,
}

const claude: ModelFamily = { ...unknown, namedTool: true, topK: 'top_k', tellsStopSequence: true }
const cachingClaude: ModelFamily = { ...claude, cachePlaces: ['system', 'messages', 'tools'] }
const claude4: ModelFamily = { ...cachingClaude, reasoning: 'budget' }
const claude45: ModelFamily = { ...claude4, jsonSchema: true, cacheTtl: true, sampling: 'one' }
const claude46: ModelFamily = { ...claude45, reasoning: 'adaptive', efforts: [...levels, 'max'] }
const claude47: ModelFamily = { ...claude46, efforts: [...levels, 'xhigh', 'max'], sampling: 'none' }
const claude5: ModelFamily = { ...claude47, thinksByDefault: true }
const claude55: ModelFamily = { ...claude5, withoutThinking: null, forcedTools: false }

const nova: ModelFamily = {
  ...unknown,
  cachePlaces: ['system', 'messages'],
  namedTool: true,
  topK: 'inferenceConfig',
}
const withSchema: ModelFamily = { ...unknown, jsonSchema: true }
/** Its own ids are like `functions.get_weather:0`, and mean something to it. */
const kimi: ModelFamily = { ...withSchema, callId: /^[a-zA-Z0-9_.:-]{1,64}$/ }
const withoutSystem: ModelFamily = { ...unknown, system: false }

/** The first row that fits an id without its region. */
const rows: readonly (readonly [RegExp, ModelFamily])[] = [
  [/^anthropic\.claude-(?:v2|instant|3-(?:opus|sonnet|haiku|5-sonnet))/, claude],
  [/^anthropic\.claude-3-5-haiku/, cachingClaude],
  [/^anthropic\.claude-(?:3-7|(?:opus|sonnet)-4-20\d{6})/, claude4],
  [/^anthropic\.claude-opus-4-1/, { ...claude4, sampling: 'one' }],
  [/^anthropic\.claude-(?:opus|sonnet|haiku)-4-5/, claude45],
  [/^anthropic\.claude-(?:opus|sonnet)-4-6/, claude46],
  [/^anthropic\.claude-opus-4-[78]/, claude47],
  [/^anthropic\.claude-sonnet-5-5/, { ...claude55, withoutThinking: 'between_tools' }],
  [/^anthropic\.claude-(?:opus-5-5|fable-5-[12]|mythos-5-[12])/, claude55],
  [/^anthropic\.claude-(?:fable|mythos)-/, { ...claude5, withoutThinking: null }],
  [/^anthropic\.claude-/, claude5],
  [/^amazon\.nova-2/, { ...nova, reasoning: 'levels' }],
  [/^amazon\.nova/, nova],
  [
    /^amazon\.titan|^mistral\.mi[sx]tral-(?:7b|8x7b)|^cohere\.command-(?:text|light)|^ai21\.j2/,
    withoutSystem,
  ],
  [/^openai\./, { ...withSchema, reasoning: 'effort' }],
  [/^qwen\.qwen3/, { ...withSchema, reasoning: 'config' }],
  [/^moonshot(?:ai)?\./, kimi],
  [/^mistral\.(?:mistral-large-3|magistral|ministral|devstral|voxtral)/, withSchema],
  [/^deepseek\.v3|^google\.gemma-3|^minimax\.|^nvidia\.nemotron|^zai\.glm/, withSchema],
]

/** Prefixes of inference profiles that span regions. */
const region = /^(?:us-gov|us|eu|apac|jp|au|ca|in|sa|global)\./

/** The id of the model behind an inference profile or an ARN; itself where neither tells. */
export function bareModelId(model: string): string {
  const id = model.startsWith('arn:') ? model.slice(model.lastIndexOf('/') + 1) : model
  return id.replace(region, '')
}

export function familyOf(model: string): ModelFamily {
  const id = bareModelId(model)
  return rows.find(([pattern]) => pattern.test(id))?.[1] ?? unknown
}
