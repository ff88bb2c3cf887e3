// How much a model is to think: a number of tokens for one generation of models, a level for the next. Never both.

import type { Effort, ReasoningRequest } from '../../conversation/conversation.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import { budgetOfEffort, levelOfEffort, type ModelTraits, type ThinkingLevel } from './model-traits.ts'
import { defined, formatName, numberIn, objectIn, ownExtra, textIn } from './wire.ts'

const knownFields = new Set(['thinkingBudget', 'thinkingLevel', 'includeThoughts'])
const efforts: Readonly<Record<string, Effort>> = {
  MINIMAL: 'minimal',
  LOW: 'low',
  MEDIUM: 'medium',
  HIGH: 'high',
}

export function decodeThinking(generationConfig: JsonObject): ReasoningRequest | undefined {
  if (generationConfig['thinkingConfig'] === undefined) return undefined
  const config = objectIn(generationConfig, 'thinkingConfig')
  const budgetTokens = numberIn(config, 'thinkingBudget')
  const level = (textIn(config, 'thinkingLevel') ?? '').toUpperCase()
  const effort = budgetTokens === 0 ? 'none' : Object.hasOwn(efforts, level) ? efforts[level] : undefined
  const { includeThoughts } = config
  return {
    ...(effort === undefined ? {} : { effort }),
    ...(budgetTokens === undefined || budgetTokens === 0 ? {} : { budgetTokens }),
    ...(typeof includeThoughts === 'boolean' ? { visible: includeThoughts } : {}),
    ...putAside(formatName, otherFields(config, knownFields)),
  }
}

/**
 * @param maxTokens the limit of the answer: thoughts count towards it
 * @returns undefined where nothing is to be said
 */
export function encodeThinking(
  asked: ReasoningRequest | undefined,
  { thinking }: ModelTraits,
  { maxTokens, warnings }: { readonly maxTokens: number | undefined; readonly warnings: string[] },
): JsonObject | undefined {
  if (asked === undefined) return undefined
  const { effort, budgetTokens, visible } = asked
  if (thinking.by === 'none') {
    if (effort !== 'none') warnings.push('dropped parameter reasoning_effort')
    return undefined
  }
  const includeThoughts = visible === false || effort === 'none' ? undefined : true
  const own = ownExtra(asked.extra)
  if (thinking.by === 'level') {
    const wanted = effort ?? effortOfBudget(budgetTokens)
    const thinkingLevel = wanted === undefined ? undefined : nearestLevel(thinking.levels, wanted)
    if (wanted === 'none' && thinkingLevel !== 'MINIMAL') warnings.push('dropped parameter reasoning_effort')
    return defined({ thinkingLevel, includeThoughts, ...own })
  }
  let budget = budgetTokens ?? (effort === undefined ? undefined : budgetOfEffort[effort])
  if (effort === 'none') budget = 0
  if (budget === 0 && !thinking.canStop) {
    warnings.push('dropped parameter reasoning_effort')
    budget = thinking.least
  }
  if (budget !== undefined && budget > 0) budget = fitBudget(budget, thinking, maxTokens)
  return defined({ thinkingBudget: budget, includeThoughts, ...own })
}

/** Within the bounds of the model, and so that half of a short answer is left for its words. */
function fitBudget(
  budget: number,
  { least, most }: { readonly least: number; readonly most: number },
  maxTokens: number | undefined,
): number {
  const room = maxTokens === undefined || budget < maxTokens ? budget : Math.floor(maxTokens / 2)
  return Math.max(least, Math.min(room, most))
}

/** -1 leaves it to the model. */
function effortOfBudget(budget: number | undefined): Effort | undefined {
  if (budget === undefined || budget < 0) return undefined
  if (budget === 0) return 'none'
  if (budget < budgetOfEffort.low) return 'minimal'
  if (budget < budgetOfEffort.medium / 2) return 'low'
  return budget <= budgetOfEffort.medium * 2 ? 'medium' : 'high'
}

const order: readonly ThinkingLevel[] = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH']

/** The wanted level, or the next one above it that the model has. */
function nearestLevel(levels: readonly ThinkingLevel[], effort: Effort): ThinkingLevel | undefined {
  const wanted = order.indexOf(levelOfEffort[effort])
  return levels.find(level => order.indexOf(level) >= wanted) ?? levels.at(-1)
}
