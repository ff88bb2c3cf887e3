// Thoughts as entries of `reasoning_details`, so that they can come back whole.
// https://openrouter.ai/docs/use-cases/reasoning-tokens#preserving-reasoning-blocks

import type { ReasoningPart } from '../../conversation/parts.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { formatName, ownExtra } from './name.ts'

/** The format in which a signature is meant, in the words of OpenRouter, which its client libraries check. */
const wordings: Readonly<Record<string, string>> = {
  'anthropic-messages': 'anthropic-claude-v1',
  'bedrock-converse': 'anthropic-claude-v1',
  gemini: 'google-gemini-v1',
  'openai-responses': 'openai-responses-v1',
}

/** Beside the wording stands the name of our format: only there does the thought go back. */
export function encodeDetail(part: ReasoningPart, index: number): JsonObject {
  const { text, signature, encrypted, summary } = part
  return {
    type: typeOf(part),
    ...(encrypted === undefined ? {} : { data: encrypted }),
    ...(text === '' && encrypted !== undefined ? {} : { [summary === true ? 'summary' : 'text']: text }),
    ...(signature === undefined ? {} : { signature }),
    ...placeOf(part, index),
  }
}

/** What the entries of one thought have in common: by it, its pieces find together. */
export function placeOf(thought: Pick<ReasoningPart, 'origin' | 'extra'>, index: number): JsonObject {
  const { origin = formatName } = thought
  const foreign = origin === formatName ? {} : { format: wordings[origin] ?? 'unknown', origin }
  return { index, ...foreign, ...ownExtra(thought) }
}

function typeOf({ encrypted, summary }: ReasoningPart): string {
  if (encrypted !== undefined) return 'reasoning.encrypted'
  return summary === true ? 'reasoning.summary' : 'reasoning.text'
}

/** Whether there is more to a thought than its text, or may be when it is whole. */
export function needsDetail({ origin = formatName, signature, encrypted, extra }: Thought): boolean {
  return (
    origin !== formatName ||
    signature !== undefined ||
    encrypted !== undefined ||
    extra?.[formatName] !== undefined
  )
}

type Thought = Partial<Pick<ReasoningPart, 'origin' | 'signature' | 'encrypted' | 'extra'>>
