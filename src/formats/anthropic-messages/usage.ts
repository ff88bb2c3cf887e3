// Token counts of Anthropic: its input leaves out what was read from the cache and written to it.
// https://platform.claude.com/docs/en/build-with-claude/prompt-caching#tracking-cache-performance

import type { Usage } from '../../call.ts'
import { isObject, isSet, type JsonObject, type MutableJson } from '../../lib/json-value.ts'

/** No answer is this long; a larger count is a fault. */
const maxCount = 1_000_000_000

/** Null where the object counts nothing, or nothing credible. */
export function readUsage(usage: unknown): Usage | null {
  if (!isObject(usage)) return null
  const { input_tokens: said, output_tokens: written } = usage
  if (countOf(said) === null && countOf(written) === null) return null
  if (isIncredible(said) || isIncredible(written)) return null
  const counted = sumIterations(usage['iterations']) ?? readCounts(usage)
  const { input, cacheRead, cacheWrite, cacheWrite1h, output } = counted
  const details = usage['output_tokens_details']
  const reasoning = isObject(details) ? (countOf(details['thinking_tokens']) ?? 0) : 0
  const outputReasoning = Math.min(reasoning, output)
  const longLived = Math.min(cacheWrite1h, cacheWrite)
  return {
    inputUncached: input,
    cacheRead,
    cacheWrite5m: cacheWrite - longLived,
    cacheWrite1h: longLived,
    outputText: output - outputReasoning,
    outputReasoning,
    audioInput: 0,
    audioOutput: 0,
  }
}

interface Counts {
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly cacheWrite1h: number
  readonly output: number
}

function readCounts(usage: MutableJson): Counts {
  const creation = isObject(usage['cache_creation']) ? usage['cache_creation'] : {}
  const cacheWrite1h = countOf(creation['ephemeral_1h_input_tokens']) ?? 0
  const cacheWrite5m = countOf(creation['ephemeral_5m_input_tokens']) ?? 0
  return {
    input: countOf(usage['input_tokens']) ?? 0,
    cacheRead: countOf(usage['cache_read_input_tokens']) ?? 0,
    cacheWrite: countOf(usage['cache_creation_input_tokens']) ?? cacheWrite5m + cacheWrite1h,
    cacheWrite1h,
    output: countOf(usage['output_tokens']) ?? 0,
  }
}

/**
 * A request that compacted its prompt ran the model more than once, and the totals leave the first run out. Runs of
 * other models (advisors) have a price of their own; where a fallback model answered, the totals are right.
 */
function sumIterations(iterations: unknown): Counts | null {
  if (!Array.isArray(iterations)) return null
  const runs = iterations.filter(isObject)
  if (!runs.some(({ type }) => type === 'compaction')) return null
  if (runs.some(({ type }) => type === 'fallback_message')) return null
  const own = runs.filter(({ type }) => type === 'message' || type === 'compaction').map(readCounts)
  const sum = (field: keyof Counts): number => own.reduce((total, counts) => total + counts[field], 0)
  return {
    input: sum('input'),
    cacheRead: sum('cacheRead'),
    cacheWrite: sum('cacheWrite'),
    cacheWrite1h: sum('cacheWrite1h'),
    output: sum('output'),
  }
}

function isIncredible(value: unknown): boolean {
  return typeof value === 'number' && (value < 0 || value > maxCount)
}

function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maxCount
    ? value
    : null
}

/** The later count of a stream over the earlier one: each field holds what was last said of it, and none adds up. */
export function mergeUsage(earlier: JsonObject, later: unknown): JsonObject {
  if (!isObject(later)) return earlier
  const merged: MutableJson = { ...earlier }
  for (const field in later) if (isSet(later[field]) && field !== '__proto__') merged[field] = later[field]
  return merged
}

/** The counts as a message has them. */
export function writeUsage(usage: Usage): JsonObject {
  const { cacheWrite5m, cacheWrite1h } = usage
  return {
    ...writeUsageSoFar(usage),
    cache_creation: {
      ephemeral_1h_input_tokens: cacheWrite1h,
      ephemeral_5m_input_tokens: cacheWrite5m,
    },
  }
}

/** The counts as the end of a stream has them. */
export function writeUsageSoFar(usage: Usage): JsonObject {
  const { inputUncached, audioInput, outputText, outputReasoning, audioOutput } = usage
  return {
    input_tokens: inputUncached + audioInput,
    cache_creation_input_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
    cache_read_input_tokens: usage.cacheRead,
    output_tokens: outputText + outputReasoning + audioOutput,
    output_tokens_details: outputReasoning === 0 ? null : { thinking_tokens: outputReasoning },
    server_tool_use: null,
  }
}
