// How much a model is to think, put as its family understands it.
// https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html

import type { Effort, ReasoningRequest } from '../../conversation/conversation.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { ModelFamily } from './families.ts'

export interface ReasoningWish {
  readonly reasoning: ReasoningRequest | undefined
  /** Tokens of the answer at most, thoughts included. */
  readonly maxTokens: number | undefined
  /** A tool must be called. */
  readonly forced: boolean
  /** The turn that goes on called tools, and its thoughts are not at hand. */
  readonly unthought: boolean
}

export interface ReasoningFields {
  /** For `additionalModelRequestFields`. */
  readonly fields: JsonObject
  /** The model thinks in a mode that bars it from sampling otherwise. */
  readonly thinks: boolean
  readonly warnings: readonly string[]
}

const smallestBudget = 1024
const budgets: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 24_576,
  max: 32_000,
}

const nothing: ReasoningFields = { fields: {}, thinks: false, warnings: [] }
const dropped: ReasoningFields = { ...nothing, warnings: ['dropped parameter reasoning_effort'] }

export function encodeReasoning(wish: ReasoningWish, family: ModelFamily): ReasoningFields {
  const { reasoning } = wish
  if (reasoning === undefined) return nothing
  const effort = reasoning.effort ?? effortOf(reasoning.budgetTokens)
  switch (family.reasoning) {
    case 'adaptive':
      return encodeAdaptive(wish, effort)
    case 'budget':
      return encodeBudget(wish, effort)
    case 'levels':
      return {
        ...nothing,
        fields: {
          reasoningConfig:
            effort === 'none'
              ? { type: 'disabled' }
              : { type: 'enabled', maxReasoningEffort: levelOf(effort) },
        },
      }
    case 'effort':
      // These cannot be kept from thinking: the least is what comes nearest.
      return { ...nothing, fields: { reasoning_effort: levelOf(effort) } }
    case 'config':
      return effort === 'none' ? nothing : { ...nothing, fields: { reasoning_config: levelOf(effort) } }
    case null:
      return effort === 'none' ? nothing : dropped
  }
}

function encodeAdaptive({ reasoning, forced }: ReasoningWish, effort: Effort): ReasoningFields {
  if (effort === 'none') return { ...nothing, fields: { thinking: { type: 'disabled' } } }
  // https://docs.claude.com/en/docs/build-with-claude/extended-thinking: no tool may be demanded of a thinking model.
  if (forced) return dropped
  const display =
    reasoning?.visible === undefined ? {} : { display: reasoning.visible ? 'summarized' : 'omitted' }
  const asked = reasoning?.effort ?? (reasoning?.budgetTokens === -1 ? undefined : effort)
  return {
    fields: {
      thinking: { type: 'adaptive', ...display },
      ...(asked !== undefined && { output_config: { effort: asked === 'minimal' ? 'low' : asked } }),
    },
    thinks: true,
    warnings: [],
  }
}

/** The budget is part of the answer's tokens, and the answer needs some of its own. */
function encodeBudget(wish: ReasoningWish, effort: Effort): ReasoningFields {
  const { reasoning, maxTokens, forced, unthought } = wish
  if (effort === 'none') return nothing
  if (forced || unthought) return dropped
  const asked = reasoning?.budgetTokens ?? budgets[effort]
  const wanted = Math.max(smallestBudget, asked === -1 ? budgets.medium : asked)
  const budget = maxTokens === undefined ? wanted : Math.min(wanted, maxTokens - 1)
  if (budget < smallestBudget) return dropped
  return {
    fields: { thinking: { type: 'enabled', budget_tokens: budget } },
    thinks: true,
    warnings: [],
  }
}

function effortOf(budgetTokens: number | undefined): Effort {
  if (budgetTokens === undefined || budgetTokens === -1) return 'medium'
  if (budgetTokens === 0) return 'none'
  if (budgetTokens <= 4096) return 'low'
  return budgetTokens <= 12_288 ? 'medium' : 'high'
}

function levelOf(effort: Effort): 'low' | 'medium' | 'high' {
  if (effort === 'medium') return 'medium'
  return effort === 'none' || effort === 'minimal' || effort === 'low' ? 'low' : 'high'
}
