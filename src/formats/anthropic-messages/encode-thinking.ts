// How much a model is to think, in the measure of its generation: tokens on the older ones, an effort on the newer.

import type { Conversation, Effort, ReasoningRequest } from '../../conversation/conversation.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { forcesCall } from './encode-tools.ts'
import { isOwnThought } from './foreign-reasoning.ts'
import type { Generation } from './generations.ts'

export interface EncodedThinking {
  readonly thinking?: JsonObject
  readonly effort?: Effort
  /** The model will think, as far as can be told. */
  readonly thinks: boolean
}

/** The least that may be asked for. */
const leastBudget = 1_024

/** Tokens of thinking for an effort, and the efforts that stand for tokens. */
const budgets: readonly (readonly [Effort, number])[] = [
  ['minimal', leastBudget],
  ['low', 2_048],
  ['medium', 8_192],
  ['high', 16_384],
  ['xhigh', 32_768],
  ['max', 65_536],
]

/**
 * @param maxTokens the longest answer, thinking included
 * @param warnings grows
 */
export function encodeThinking(
  conversation: Conversation,
  { generation, maxTokens }: { readonly generation: Generation; readonly maxTokens: number },
  warnings: string[],
): EncodedThinking {
  const { reasoning } = conversation
  if (reasoning === undefined) return unasked(conversation, generation)
  const { effort, budgetTokens } = reasoning
  if (effort === 'none' || budgetTokens === 0) return withoutThinking(generation, warnings)
  if (generation.adaptive && !(generation.budget && effort === undefined && (budgetTokens ?? -1) > 0))
    return adaptively(reasoning, generation)
  const efforts = effort === undefined ? {} : levelOf(effort, generation.efforts)
  const budget = fitBudget(budgetOf(reasoning), maxTokens)
  if (!generation.budget || budget === null || lacksThoughts(conversation)) {
    warnings.push('dropped parameter reasoning_effort')
    return { ...efforts, thinks: false }
  }
  return { thinking: { type: 'enabled', budget_tokens: budget }, ...efforts, thinks: true }
}

/** A call that has to be made leaves no room for thoughts that nobody asked for. */
function unasked(
  conversation: Conversation,
  { thinksByDefault, withoutThinking }: Generation,
): EncodedThinking {
  return thinksByDefault && withoutThinking === 'disabled' && forcesCall(conversation)
    ? { thinking: { type: 'disabled' }, thinks: false }
    : { thinks: thinksByDefault }
}

/** Some cannot be stopped from thinking: they are asked to do the least of it. */
function withoutThinking(generation: Generation, warnings: string[]): EncodedThinking {
  const { withoutThinking: type, adaptive, budget } = generation
  if (!adaptive && !budget) return { thinks: false }
  if (type !== null) return { thinking: { type }, thinks: type !== 'disabled' }
  warnings.push('dropped parameter reasoning_effort')
  return { effort: 'low', thinks: true }
}

/** What is shown of the thoughts is said each time: the defaults differ from model to model. */
function adaptively(reasoning: ReasoningRequest, { efforts }: Generation): EncodedThinking {
  const { effort, budgetTokens, visible } = reasoning
  const wanted = effort ?? effortFor(budgetTokens)
  return {
    thinking: { type: 'adaptive', display: visible === false ? 'omitted' : 'summarized' },
    ...(wanted !== undefined && levelOf(wanted, efforts)),
    thinks: true,
  }
}

function budgetOf({ effort, budgetTokens = -1 }: ReasoningRequest): number {
  if (budgetTokens > 0) return budgetTokens
  return budgets.find(([level]) => level === effort)?.[1] ?? 8_192
}

function effortFor(budgetTokens: number | undefined): Effort | undefined {
  if (budgetTokens === undefined || budgetTokens < 0) return undefined
  return budgets.find(([, tokens]) => budgetTokens <= tokens)?.[0] ?? 'max'
}

/** The level itself, or the next one down that the model has. */
function levelOf(wanted: Effort, efforts: readonly Effort[]): { readonly effort?: Effort } {
  const order = budgets.map(([level]) => level)
  const known = efforts.filter(level => order.indexOf(level) <= order.indexOf(wanted))
  const effort = known.at(-1) ?? efforts[0]
  return effort === undefined ? {} : { effort }
}

/** Thinking is part of the answer: a quarter of it is kept for what is said. Null where that leaves too little. */
function fitBudget(wanted: number, maxTokens: number): number | null {
  const room = Math.floor((maxTokens * 3) / 4)
  return room < leastBudget ? null : Math.min(Math.max(wanted, leastBudget), room)
}

/** With a budget, the turn that called the tools has to begin with a thought: one that another model made has none. */
function lacksThoughts({ messages }: Conversation): boolean {
  const last = messages.findLastIndex(({ parts }) => parts.some(({ type }) => type === 'tool_call'))
  const calling = messages[last]
  if (calling === undefined) return false
  const answered = messages.slice(last + 1)
  const inLoop = answered.every(
    ({ role, parts }) => role !== 'user' || parts.every(({ type }) => type === 'tool_result'),
  )
  return inLoop && !calling.parts.some(part => part.type === 'reasoning' && isOwnThought(part))
}
