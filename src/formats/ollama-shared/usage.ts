// Token counts and durations of Ollama. https://docs.ollama.com/api/usage

import type { Usage } from '../../call.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { countOf, inputOf, outputOf, plainUsage } from '../shared/answer-body.ts'

/** Null where nothing was counted. A prompt that was in the cache as a whole is not counted by older versions. */
export function decodeUsage(answer: JsonObject): Usage | null {
  const input = countOf(answer['prompt_eval_count'])
  const output = countOf(answer['eval_count'])
  return input === null && output === null ? null : plainUsage(input ?? 0, output ?? 0)
}

const nanosecondsPerMillisecond = 1_000_000

/** How long an answer took, in milliseconds. */
export interface Durations {
  readonly total: number
  /** Until the first content. */
  readonly beforeContent: number
}

/** Counts that are unknown are left out, as Ollama does. */
export function encodeFigures(usage: Usage | null, { total, beforeContent }: Durations): JsonObject {
  return {
    total_duration: nanoseconds(total),
    load_duration: 0,
    ...(usage === null ? {} : { prompt_eval_count: inputOf(usage) }),
    prompt_eval_duration: nanoseconds(beforeContent),
    ...(usage === null ? {} : { eval_count: outputOf(usage) }),
    eval_duration: nanoseconds(total - beforeContent),
  }
}

function nanoseconds(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds * nanosecondsPerMillisecond))
}
