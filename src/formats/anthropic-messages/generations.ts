// What the generations of models that are asked in this format take and refuse, as their makers document it:
// https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
// https://platform.claude.com/docs/en/build-with-claude/effort
// https://platform.claude.com/docs/en/build-with-claude/structured-outputs
// https://platform.claude.com/docs/en/about-claude/models/migration-guide

import type { Effort } from '../../conversation/conversation.ts'

export interface Generation {
  /** Tokens of the longest answer. */
  readonly maxOutput: number
  /** Thinks as much as it sees fit. */
  readonly adaptive: boolean
  /** Takes `thinking.budget_tokens`. */
  readonly budget: boolean
  /** How it is told not to think; null where it always does. */
  readonly withoutThinking: 'disabled' | 'between_tools' | null
  /** Thinks where the request says nothing of it, and then refuses a tool choice that forces a call. */
  readonly thinksByDefault: boolean
  /** Levels of `output_config.effort`, rising; empty where it has none. */
  readonly efforts: readonly Effort[]
  /** Takes `temperature`, `top_p` and `top_k`. */
  readonly sampling: boolean
  /** Takes a tool choice that forces a call. */
  readonly forcedTools: boolean
  /** Goes on with a last message of the assistant. */
  readonly prefill: boolean
  /** Takes `output_config.format`, and `strict` of tools. */
  readonly jsonSchema: boolean
}

const first: Generation = {
  maxOutput: 4096,
  adaptive: false,
  budget: false,
  withoutThinking: 'disabled',
  thinksByDefault: false,
  efforts: [],
  sampling: true,
  forcedTools: true,
  prefill: true,
  jsonSchema: false,
}
const claude4: Generation = { ...first, maxOutput: 32_000, budget: true }
const claude45: Generation = { ...claude4, maxOutput: 64_000, jsonSchema: true }
const claude46: Generation = {
  ...claude45,
  maxOutput: 128_000,
  adaptive: true,
  efforts: ['low', 'medium', 'high', 'max'],
  prefill: false,
}
const claude47: Generation = {
  ...claude46,
  budget: false,
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
  sampling: false,
}
const claude5: Generation = { ...claude47, thinksByDefault: true }
const claude55: Generation = { ...claude5, withoutThinking: null, forcedTools: false }

/** Servers of other vendors that speak this format. */
const other: Generation = { ...claude4, maxOutput: 8_192 }

/** In order; names of models as Bedrock, Vertex and OpenRouter write them fit as well. */
const byName: readonly (readonly [RegExp, Generation])[] = [
  [/claude-sonnet-5-5/, { ...claude55, withoutThinking: 'between_tools' }],
  [/claude-opus-5-5|claude-(?:fable|mythos)-5-[12]/, claude55],
  [/claude-haiku-5-5/, claude5],
  [/claude-(?:fable|mythos)-/, { ...claude5, withoutThinking: null }],
  [/claude-(?:opus|sonnet)-5/, claude5],
  [/claude-opus-4-[78]/, claude47],
  [/claude-(?:opus|sonnet)-4-6/, claude46],
  [/claude-opus-4-5/, { ...claude45, efforts: ['low', 'medium', 'high'] }],
  [/claude-(?:sonnet|haiku)-4-5/, claude45],
  [/claude-opus-4-1/, { ...claude4, jsonSchema: true }],
  [/claude-opus-4(?!-\d(?!\d))|claude-4-opus/, claude4],
  [/claude-sonnet-4(?!-\d(?!\d))|claude-4-sonnet/, { ...claude4, maxOutput: 64_000 }],
  [/claude-3-7/, { ...claude4, maxOutput: 64_000 }],
  [/claude-3-5/, { ...first, maxOutput: 8_192 }],
  [/claude-(?:3|v?2|instant)/, first],
  // A model newer than this table.
  [/claude-/, claude5],
]

/** @param model as the upstream names it */
export function generationOf(model: string): Generation {
  const name = model.toLowerCase().replace(/(\d)\.(?=\d)/g, '$1-')
  return byName.find(([pattern]) => pattern.test(name))?.[1] ?? other
}
