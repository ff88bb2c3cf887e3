// What the models behind this one API can do, told by their ids. The API is the same for all; what they refuse is not.
// https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html

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
  /** Where `top_k` belongs; null where there is no place for it. */
  readonly topK: 'top_k' | 'inferenceConfig' | null
  readonly reasoning: ReasoningStyle | null
  /** False: temperature and the like are refused. */
  readonly sampling: boolean
  /** It can tell which stop sequence it met. */
  readonly tellsStopSequence: boolean
  /** What the id of a call may be. */
  readonly callId: RegExp
}

const unknown: ModelFamily = {
  system: true,
  cachePlaces: [],
  cacheTtl: false,
  jsonSchema: false,
  namedTool: false,
  topK: null,
  reasoning: null,
  sampling: true,
  tellsStopSequence: false,
  callId: /^[a-zA-Z0-9_-]{1,64}$/,
}

const claude: ModelFamily = {
  ...unknown,
  cachePlaces: ['system', 'messages', 'tools'],
  namedTool: true,
  topK: 'top_k',
  tellsStopSequence: true,
}
const thinkingClaude: ModelFamily = { ...claude, reasoning: 'budget' }
const schemaClaude: ModelFamily = { ...thinkingClaude, jsonSchema: true, cacheTtl: true }
const adaptiveClaude: ModelFamily = { ...schemaClaude, reasoning: 'adaptive' }
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
  [/^anthropic\.claude-(?:v2|instant)/, { ...claude, cachePlaces: [] }],
  [/^anthropic\.claude-3-(?:opus|sonnet|haiku|5-sonnet)/, { ...claude, cachePlaces: [] }],
  [/^anthropic\.claude-3-5-haiku/, claude],
  [/^anthropic\.claude-(?:3-7-sonnet|(?:opus|sonnet)-4-(?:1|2\d{7})\b)/, thinkingClaude],
  [/^anthropic\.claude-(?:opus|sonnet|haiku)-4-5/, schemaClaude],
  [/^anthropic\.claude-(?:opus|sonnet|haiku)-4-6/, adaptiveClaude],
  // From here on they have no use for sampling parameters either.
  [/^anthropic\.claude-/, { ...adaptiveClaude, sampling: false }],
  [/^amazon\.nova-2/, { ...nova, reasoning: 'levels' }],
  [/^amazon\.nova/, nova],
  [
    /^amazon\.titan|^mistral\.(?:mistral-7b|mixtral-8x7b)|^cohere\.command-(?:text|light)|^ai21\.j2/,
    withoutSystem,
  ],
  [/^openai\.gpt-oss/, { ...withSchema, reasoning: 'effort' }],
  [/^qwen\.qwen3/, { ...withSchema, reasoning: 'config' }],
  [/^mistral\.(?:mistral-large-3|magistral|ministral|devstral|voxtral)/, withSchema],
  [/^moonshot(?:ai)?\./, kimi],
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
