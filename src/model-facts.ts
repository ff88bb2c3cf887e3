// What can be known of a model at one provider, and how what several sources say becomes one record. A source that does
// not know a thing leaves it out; what nobody knows is null, never a guess.

/** Prices by kind in pico US dollars per token; what is absent has no price of its own. */
export interface Prices {
  readonly input?: number
  readonly cacheRead?: number
  /** Cache that lives for 5 minutes, or for as long as a vendor with one lifetime keeps it. */
  readonly cacheWrite5m?: number
  readonly cacheWrite1h?: number
  readonly output?: number
  readonly reasoning?: number
  readonly audioInput?: number
  readonly audioOutput?: number
  /** A fee for each request beside its tokens, in pico US dollars. */
  readonly request?: number
}

export type PriceKind = keyof Prices

/** Prices of requests whose whole prompt is longer than `above` tokens; a kind that is absent costs as before. */
export interface PriceTier extends Prices {
  readonly above: number
}

/** Prices for a time. Of several periods the last one that applies holds; the first holds where none applies. */
export interface PricePeriod extends Prices {
  /** Ascending by `above`. */
  readonly tiers?: readonly PriceTier[]
  /** `YYYY-MM-DD`, UTC: holds from the start of that day. */
  readonly from?: string
  /** Start and end of a span of every day, `HH:MM:SS` in UTC; the end is outside. */
  readonly daily?: readonly string[]
}

/** What a model is for. */
export const modelKinds = [
  'chat',
  'completion',
  'embedding',
  'rerank',
  'moderation',
  'image',
  'speech',
  'transcription',
  'video',
  'other',
] as const

export type ModelKind = (typeof modelKinds)[number]

export const modalities = ['text', 'image', 'pdf', 'audio', 'video', 'embedding'] as const

export type Modality = (typeof modalities)[number]

/** Sizes in tokens; days as `YYYY-MM-DD`, or `YYYY-MM` where only the month is known. */
export interface ModelFacts {
  /** As people write it: `Claude Haiku 4.5`. */
  readonly title: string | null
  /** Its maker, also where others serve it. */
  readonly ownedBy: string | null
  readonly kind: ModelKind | null
  readonly contextWindow: number | null
  readonly maxOutput: number | null
  readonly input: readonly Modality[] | null
  readonly output: readonly Modality[] | null
  readonly tools: boolean | null
  readonly parallelTools: boolean | null
  readonly jsonSchema: boolean | null
  readonly reasoning: boolean | null
  /** Names of the levels of effort, least first; empty for a model that thinks without a choice. */
  readonly reasoningLevels: readonly string[] | null
  readonly streaming: boolean | null
  readonly promptCaching: boolean | null
  readonly batch: boolean | null
  readonly knowledgeCutoff: string | null
  readonly releasedOn: string | null
  /** From then on its maker advises against it. */
  readonly deprecatedOn: string | null
  /** From then on it does not answer. */
  readonly retiresOn: string | null
  /** What its maker names as its successor. */
  readonly replacedBy: string | null
  /** An SPDX identifier where there is one, else its name; `proprietary` for models that nobody may copy. */
  readonly license: string | null
  /** Further names of the same model at the same provider. */
  readonly aliases: readonly string[] | null
  /** Prices in pico US dollars per token, as in the price table. */
  readonly prices: readonly PricePeriod[] | null
}

/** What one source says. */
export type SaidFacts = { readonly [Name in keyof ModelFacts]?: NonNullable<ModelFacts[Name]> }

/** The sources, the one that is believed first. */
export const factSources = ['configuration', 'override', 'listing', 'snapshot'] as const

export type FactSource = (typeof factSources)[number]

/** A model as a provider lists it. */
export interface ListedFacts extends SaidFacts {
  /** The name by which this provider is asked for it. */
  readonly id: string
}

/** How a fact is written: a text, a list of texts, a whole number of tokens, a day or a month, yes or no. */
export type FactType = 'text' | 'texts' | 'tokens' | 'day' | 'answer' | 'kind' | 'modalities'

export interface FactField {
  readonly name: Exclude<keyof ModelFacts, 'prices'>
  readonly type: FactType
}

/** What people may write of a model, in the configuration and in a file, by the word for it. Prices have a file. */
export const factFields: Readonly<Record<string, FactField>> = {
  title: { name: 'title', type: 'text' },
  owned_by: { name: 'ownedBy', type: 'text' },
  kind: { name: 'kind', type: 'kind' },
  context_window: { name: 'contextWindow', type: 'tokens' },
  max_output: { name: 'maxOutput', type: 'tokens' },
  input: { name: 'input', type: 'modalities' },
  output: { name: 'output', type: 'modalities' },
  tools: { name: 'tools', type: 'answer' },
  parallel_tools: { name: 'parallelTools', type: 'answer' },
  json_schema: { name: 'jsonSchema', type: 'answer' },
  reasoning: { name: 'reasoning', type: 'answer' },
  reasoning_levels: { name: 'reasoningLevels', type: 'texts' },
  streaming: { name: 'streaming', type: 'answer' },
  prompt_caching: { name: 'promptCaching', type: 'answer' },
  batch: { name: 'batch', type: 'answer' },
  knowledge_cutoff: { name: 'knowledgeCutoff', type: 'day' },
  released_on: { name: 'releasedOn', type: 'day' },
  deprecated_on: { name: 'deprecatedOn', type: 'day' },
  retires_on: { name: 'retiresOn', type: 'day' },
  replaced_by: { name: 'replacedBy', type: 'text' },
  license: { name: 'license', type: 'text' },
  aliases: { name: 'aliases', type: 'texts' },
}

/** Its maker advises against it by now, or has announced its end. @param day `YYYY-MM-DD` */
export function isDeprecated(
  { deprecatedOn, retiresOn }: Pick<ModelFacts, 'deprecatedOn' | 'retiresOn'>,
  day: string,
): boolean {
  return retiresOn !== null || (deprecatedOn !== null && deprecatedOn <= day)
}

/** `2026-03-31`, or `2026-03` where only the month is known. */
export const dayPattern = /^20\d\d-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?$/
