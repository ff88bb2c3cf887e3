// Token counts of OpenAI's formats and of the vendors that speak them with an accent.

import type { Usage } from '../../call.ts'
import { isObject, type MutableJson } from '../../lib/json-value.ts'

/** No answer is this long; a larger count is a fault. */
const maxCount = 1_000_000_000
const nothing: MutableJson = {}

/**
 * Tokens by kind, from a `usage` object. Zero stays zero; null where the object counts nothing, or nothing credible.
 * OpenAI counts cached and audio tokens inside `prompt_tokens`, reasoning and audio inside `completion_tokens`.
 */
export function readUsage(usage: unknown): Usage | null {
  if (!isObject(usage)) return null
  const prompt = countOf(usage['prompt_tokens'])
  const completion = countOf(usage['completion_tokens'])
  if (prompt === undefined && completion === undefined) return null
  if (prompt === null || completion === null) return null
  return { ...readInput(usage, prompt ?? 0), ...readOutput(usage, prompt ?? 0, completion ?? 0) }
}

type Input = Pick<Usage, 'inputUncached' | 'cacheRead' | 'cacheWrite5m' | 'cacheWrite1h' | 'audioInput'>

function readInput(usage: MutableJson, prompt: number): Input {
  // The second spelling is a vendor's mistake that has to be lived with.
  const details = objectOf(usage['prompt_tokens_details'] ?? usage['prompt_token_details'])
  const cacheRead = firstCount([
    details['cached_tokens'],
    usage['cached_tokens'],
    usage['num_cached_tokens'],
    usage['prompt_cache_hit_tokens'],
  ])
  const creation = objectOf(details['cache_creation'] ?? usage['cache_creation'])
  const cacheWrite1h = firstCount([creation['ephemeral_1h_input_tokens']])
  const cacheWrite = firstCount([
    details['cache_write_tokens'],
    details['cache_creation_input_tokens'],
    usage['cache_creation_input_tokens'],
    creation['ephemeral_5m_input_tokens'],
  ])
  const cacheWrite5m = cacheWrite >= cacheWrite1h ? cacheWrite - cacheWrite1h : cacheWrite
  const written = cacheWrite5m + cacheWrite1h
  // Some count only what was not cached: then more was cached than the prompt seems to hold.
  const afterRead = cacheRead > prompt ? prompt : prompt - cacheRead
  const afterWrite = written > afterRead ? afterRead : afterRead - written
  const audioInput = Math.min(firstCount([details['audio_tokens']]), afterWrite)
  return { inputUncached: afterWrite - audioInput, cacheRead, cacheWrite5m, cacheWrite1h, audioInput }
}

type Output = Pick<Usage, 'outputText' | 'outputReasoning' | 'audioOutput'>

function readOutput(usage: MutableJson, prompt: number, completion: number): Output {
  const details = objectOf(usage['completion_tokens_details'])
  const reasoning = firstCount([details['reasoning_tokens'], usage['reasoning_tokens']])
  // Some count reasoning beside the completion; the total gives that away.
  const beside = reasoning > 0 && usage['total_tokens'] === prompt + completion + reasoning
  const total = beside ? completion + reasoning : completion
  const outputReasoning = Math.min(reasoning, total)
  const audioOutput = Math.min(firstCount([details['audio_tokens']]), total - outputReasoning)
  return { outputText: total - outputReasoning - audioOutput, outputReasoning, audioOutput }
}

/** undefined: absent; null: present and not a count. */
function countOf(value: unknown): number | null | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maxCount
    ? value
    : null
}

/** The first of the values that is a count, or 0. */
function firstCount(values: readonly unknown[]): number {
  for (const value of values) {
    const count = countOf(value)
    if (typeof count === 'number') return count
  }
  return 0
}

function objectOf(value: unknown): MutableJson {
  return isObject(value) ? value : nothing
}
