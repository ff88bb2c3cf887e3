// A whole answer of the AI SDK in the neutral form.

import type { AnswerPart, Completion } from '../../conversation/completion.ts'
import type { Citation } from '../../conversation/parts.ts'
import { decodePart, decodeSourcePart } from './answer-part.ts'
import type { SdkResult } from './model.ts'
import { readFinish, readUsage } from './outcome.ts'

/** @throws GatewayError `upstream_error` for an answer that failed */
export function decodeResult({ content, finishReason, usage, response }: SdkResult): Completion {
  const parts = attach(
    content.flatMap(part => decodePart(part) ?? []),
    content.flatMap(part => (part.type === 'source' ? (decodeSourcePart(part) ?? []) : [])),
  )
  const timestamp = response?.timestamp
  return {
    id: response?.id ?? '',
    model: response?.modelId ?? '',
    ...(timestamp === undefined ? {} : { created: Math.floor(timestamp.getTime() / 1000) }),
    choices: [
      {
        parts,
        finish: readFinish(finishReason, {
          hasContent: parts.length > 0,
          hasCalls: parts.some(({ type }) => type === 'tool_call'),
        }),
      },
    ],
    usage: readUsage(usage),
  }
}

/** Sources stand beside the text that rests on them. */
function attach(parts: readonly AnswerPart[], citations: readonly Citation[]): readonly AnswerPart[] {
  if (citations.length === 0) return parts
  const place = parts.findLastIndex(({ type }) => type === 'text')
  return parts.map((part, index) => (index === place && part.type === 'text' ? { ...part, citations } : part))
}
