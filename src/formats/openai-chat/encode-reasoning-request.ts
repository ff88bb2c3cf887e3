// How much the model is to think, in the words of the provider.

import type { Effort, ReasoningRequest } from '../../conversation/conversation.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { present } from '../openai-shared/fields.ts'
import type { Writing } from './encode-content.ts'
import { ownExtra } from './name.ts'

export function encodeReasoningRequest(
  reasoning: ReasoningRequest | undefined,
  model: string,
  writing: Writing,
): JsonObject {
  if (reasoning === undefined) return {}
  const { dialect } = writing
  switch (dialect.reasoningRequest) {
    case 'effort':
      return encodeEffort(reasoning, model, writing)
    case 'object':
      return encodeObject(reasoning, dialect.efforts)
    case 'switch':
      return encodeSwitch(reasoning, dialect.efforts)
    case 'enable_thinking':
      return encodeEnabling(reasoning)
    case 'none':
      return drop(reasoning, writing)
  }
}

/** OpenAI's models that do not think refuse the parameter. */
function encodeEffort(reasoning: ReasoningRequest, model: string, writing: Writing): JsonObject {
  const { plainModels, efforts, effortsOf } = writing.dialect
  const effort = effortOf(reasoning)
  if (effort === undefined) return {}
  if (plainModels?.test(model) === true) return effort === 'none' ? {} : drop(reasoning, writing)
  const known = effortsOf.find(({ models }) => models.test(model))?.efforts ?? efforts
  return { reasoning_effort: nearest(effort, known) }
}

/** Either an effort or a number of tokens is taken, not both. */
function encodeObject(reasoning: ReasoningRequest, efforts: readonly string[]): JsonObject {
  const { effort, budgetTokens, visible } = reasoning
  const exclude = visible === undefined ? undefined : !visible
  const tokens = budgetTokens !== undefined && budgetTokens > 0 ? budgetTokens : undefined
  const limit =
    effort !== undefined
      ? { effort: nearest(effort, efforts) }
      : tokens !== undefined
        ? { max_tokens: tokens }
        : budgetTokens === undefined
          ? {}
          : { enabled: budgetTokens !== 0 }
  const fields = present({ ...limit, exclude, ...ownExtra(reasoning) })
  return Object.keys(fields).length === 0 ? {} : { reasoning: fields }
}

function encodeSwitch(reasoning: ReasoningRequest, efforts: readonly string[]): JsonObject {
  const state = wanted(reasoning)
  if (state === undefined) return {}
  const effort = effortOf(reasoning)
  const known = effort === undefined || effort === 'none' ? undefined : nearest(effort, efforts)
  return known === undefined ? { thinking: { type: state } } : { reasoning_effort: known }
}

function encodeEnabling(reasoning: ReasoningRequest): JsonObject {
  const state = wanted(reasoning)
  if (state === undefined) return {}
  const { budgetTokens } = reasoning
  const limited = state === 'enabled' && budgetTokens !== undefined && budgetTokens > 0
  return { enable_thinking: state === 'enabled', ...(limited ? { thinking_budget: budgetTokens } : {}) }
}

/** For providers that can only be told whether to think. */
function wanted({ effort, budgetTokens }: ReasoningRequest): 'enabled' | 'disabled' | undefined {
  if (effort !== undefined) return effort === 'none' ? 'disabled' : 'enabled'
  if (budgetTokens !== undefined) return budgetTokens === 0 ? 'disabled' : 'enabled'
  return undefined
}

function drop({ effort, budgetTokens }: ReasoningRequest, { dropped }: Writing): JsonObject {
  if (effort !== undefined || budgetTokens !== undefined) dropped.add('dropped parameter reasoning_effort')
  return {}
}

/** The efforts by the tokens that clients give for them; undefined where the model is to choose. */
function effortOf({ effort, budgetTokens }: ReasoningRequest): Effort | undefined {
  if (effort !== undefined) return effort
  if (budgetTokens === undefined || budgetTokens < 0) return undefined
  if (budgetTokens === 0) return 'none'
  if (budgetTokens < 4096) return 'low'
  return budgetTokens < 16_384 ? 'medium' : 'high'
}

const scale: readonly string[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** The nearest of the known efforts; thinking that is wanted is not forbidden by it. */
function nearest(effort: Effort, known: readonly string[]): string {
  if (known.includes(effort)) return effort
  const place = scale.indexOf(effort)
  const candidates = known.filter(name => name !== 'none')
  const distance = (name: string): number => Math.abs(scale.indexOf(name) - place)
  return candidates.toSorted((left, right) => distance(left) - distance(right))[0] ?? effort
}
