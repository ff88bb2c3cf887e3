// Counts of tokens. What was read from the cache and written to it stands beside `inputTokens`, not in it.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html

import type { Usage } from '../../call.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'

/** Null where nothing is counted, or nothing credible. */
export function readUsage(usage: unknown): Usage | null {
  if (!isObject(usage)) return null
  const input = countOf(usage['inputTokens'])
  const output = countOf(usage['outputTokens'])
  if (input === null && output === null) return null
  const written = countOf(usage['cacheWriteInputTokens']) ?? 0
  const cacheWrite1h = Math.min(writtenFor(usage['cacheDetails'], '1h'), written)
  return {
    inputUncached: input ?? 0,
    cacheRead: countOf(usage['cacheReadInputTokens']) ?? 0,
    cacheWrite5m: written - cacheWrite1h,
    cacheWrite1h,
    outputText: output ?? 0,
    outputReasoning: 0,
    audioInput: 0,
    audioOutput: 0,
  }
}

export function writeUsage(usage: Usage): JsonObject {
  const { cacheRead, cacheWrite5m, cacheWrite1h } = usage
  const inputTokens = usage.inputUncached + usage.audioInput
  const outputTokens = usage.outputText + usage.outputReasoning + usage.audioOutput
  const written = cacheWrite5m + cacheWrite1h
  const details = [
    ...(cacheWrite5m > 0 ? [{ ttl: '5m', inputTokens: cacheWrite5m }] : []),
    ...(cacheWrite1h > 0 ? [{ ttl: '1h', inputTokens: cacheWrite1h }] : []),
  ]
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens + cacheRead + written,
    ...(cacheRead + written > 0 && { cacheReadInputTokens: cacheRead, cacheWriteInputTokens: written }),
    ...(details.length > 0 && { cacheDetails: details }),
  }
}

/** For answers that nobody counted: the field is not optional. */
export function estimatedUsage(inputTokens: number): JsonObject {
  return { inputTokens, outputTokens: 0, totalTokens: inputTokens }
}

function writtenFor(details: unknown, ttl: string): number {
  if (!Array.isArray(details)) return 0
  let tokens = 0
  for (const detail of details)
    if (isObject(detail) && detail['ttl'] === ttl) tokens += countOf(detail['inputTokens']) ?? 0
  return tokens
}

function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}
