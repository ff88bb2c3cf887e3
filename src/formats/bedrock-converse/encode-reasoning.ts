// How much a model is to think, put as its family understands it.
// https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html

import type { Effort, ReasoningRequest } from '../../conversation/conversation.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { ModelFamily } from './families.ts'

export interface ReasoningContext {
  readonly family: ModelFamily
  /** Tokens of the answer at most, thoughts included. */
  readonly maxTokens: number | undefined
  /** A call is demanded, which leaves no room for thoughts. */
  readonly forced: boolean
  /** The turn that goes on called tools, and its thoughts are not at hand. */
  readonly unthought: boolean
  /** Grows. */
  readonly warnings: Set<string>
}

export interface ReasoningFields {
  /** For `additionalModelRequestFields`. */
  readonly fields: JsonObject
  /** The model thinks by a budget, beside which sampling is fixed. */
  readonly thinks: boolean
}

const nothing: ReasoningFields = { fields: {}, thinks: false }

/** The least that may be asked for. */
const leastBudget = 1024

/** Tokens of thinking for an effort, and the efforts that stand for tokens. */
const budgets: readonly (readonly [Effort, number])[] = [
  ['minimal', leastBudget],
  ['low', 2048],
  ['medium', 8192],
  ['high', 16_384],
  ['xhigh', 32_768],
  ['max', 65_536],
]

export function encodeReasoning(
  reasoning: ReasoningRequest | undefined,
  context: ReasoningContext,
): ReasoningFields {
  const { family, forced } = context
  if (reasoning === undefined) return forced && family.thinksByDefault ? withoutThinking(context) : nothing
  const { effort = effortFor(reasoning.budgetTokens) } = reasoning
  const none = effort === 'none'
  switch (family.reasoning) {
    case 'adaptive':
      return none ? withoutThinking(context) : encodeAdaptive(reasoning, effort, context)
    case 'budget':
      return none ? nothing : encodeBudget(reasoning, effort, context)
    case 'levels': {
      const level = { type: 'enabled', maxReasoningEffort: levelOf(effort ?? 'medium', family) }
      return only({ reasoningConfig: none ? { type: 'disabled' } : level })
    }
    case 'effort':
      // These cannot be kept from thinking: the least is what comes nearest.
      return only({ reasoning_effort: levelOf(effort ?? 'medium', family) })
    case 'config':
      return none ? nothing : only({ reasoning_config: levelOf(effort ?? 'medium', family) })
    case null:
      return none ? nothing : dropReasoning(context)
  }
}

function only(fields: JsonObject): ReasoningFields {
  return { fields, thinks: false }
}

function dropReasoning({ warnings }: ReasoningContext): ReasoningFields {
  warnings.add('dropped parameter reasoning_effort')
  return nothing
}

/** Some cannot be stopped from thinking: they are asked to do the least of it. */
function withoutThinking(context: ReasoningContext): ReasoningFields {
  const { withoutThinking: type } = context.family
  if (type !== null) return only({ thinking: { type } })
  return only({ ...dropReasoning(context).fields, output_config: { effort: 'low' } })
}

/** What is shown of the thoughts is said each time: the defaults differ from model to model. */
function encodeAdaptive(
  { visible }: ReasoningRequest,
  effort: Effort | undefined,
  context: ReasoningContext,
): ReasoningFields {
  if (context.forced) {
    dropReasoning(context)
    return withoutThinking(context)
  }
  return only({
    thinking: { type: 'adaptive', display: visible === false ? 'omitted' : 'summarized' },
    ...(effort !== undefined && { output_config: { effort: levelOf(effort, context.family) } }),
  })
}

function encodeBudget(
  { budgetTokens = -1 }: ReasoningRequest,
  effort: Effort | undefined,
  context: ReasoningContext,
): ReasoningFields {
  const { forced, unthought, maxTokens } = context
  const byEffort = budgets.find(([level]) => level === effort)?.[1] ?? 8192
  const budget = fitBudget(budgetTokens > 0 ? budgetTokens : byEffort, maxTokens)
  if (budget === null || forced || unthought) return dropReasoning(context)
  return { fields: { thinking: { type: 'enabled', budget_tokens: budget } }, thinks: true }
}

/** Thinking is part of the answer: a quarter of it is kept for what is said. Null where that leaves too little. */
function fitBudget(wanted: number, maxTokens: number | undefined): number | null {
  const least = Math.max(wanted, leastBudget)
  if (maxTokens === undefined) return least
  const room = Math.floor((maxTokens * 3) / 4)
  return room < leastBudget ? null : Math.min(least, room)
}

function effortFor(budgetTokens: number | undefined): Effort | undefined {
  if (budgetTokens === undefined || budgetTokens < 0) return undefined
  if (budgetTokens === 0) return 'none'
  return budgets.find(([, tokens]) => budgetTokens <= tokens)?.[0] ?? 'max'
}

/** The level itself, or the next one down that the family has; the least of all where there is none. */
function levelOf(wanted: Effort, { efforts }: ModelFamily): Effort {
  const order = budgets.map(([level]) => level)
  const below = efforts.filter(level => order.indexOf(level) <= order.indexOf(wanted))
  return below.at(-1) ?? efforts[0] ?? 'low'
}
