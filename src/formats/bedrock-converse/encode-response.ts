// An answer as a client of Converse reads it.

import type { AnswerPart, Completion } from '../../conversation/completion.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { Citation, ReasoningPart, TextPart } from '../../conversation/parts.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import type { EncodeContext } from '../format.ts'
import { objectOf } from '../shared/object-pieces.ts'
import { markEncrypted, markSignature } from './foreign-thoughts.ts'
import { describeMedia } from './media.ts'
import { formatName } from './name.ts'
import { writeStopReason } from './stop-reasons.ts'
import { estimatedUsage, writeUsage } from './usage.ts'

/** The format has room for one answer: the first. */
export function encodeResponse(completion: Completion, context: EncodeContext<Conversation>): JsonObject {
  const { choices, usage, serviceTier, extra } = completion
  const { parts = [], finish = { reason: 'stop' as const } } = choices[0] ?? {}
  return {
    output: { message: { role: 'assistant', content: parts.flatMap(encodeAnswerPart) } },
    stopReason: writeStopReason(finish),
    usage: usage === null ? estimatedUsage(context.inputTokens) : writeUsage(usage),
    metrics: metricsOf(context),
    ...finish.extra?.[formatName],
    ...extra?.[formatName],
    ...(serviceTier !== undefined && { serviceTier: { type: serviceTier } }),
  }
}

/** Clients with types demand the field. */
export function metricsOf({ elapsedMs }: EncodeContext<Conversation>): JsonObject {
  return { latencyMs: Math.round(elapsedMs?.() ?? 0) }
}

/** No block for what the format has no word for. */
export function encodeAnswerPart(part: AnswerPart): JsonObject[] {
  switch (part.type) {
    case 'text':
      return [encodeText(part)]
    case 'refusal':
      return [{ text: part.text }]
    case 'reasoning':
      return encodeThought(part)
    case 'tool_call':
      return [{ toolUse: { toolUseId: part.id, name: part.name, input: objectOf(part) } }]
    case 'image':
    case 'audio':
    case 'file': {
      const { kind, format, source } = describeMedia(part)
      if (format === null || source === null) return []
      const name = part.type === 'file' && kind === 'document' ? { name: part.name ?? 'document' } : {}
      return [{ [kind]: { format, ...name, source } }]
    }
    case 'opaque':
      return part.format === formatName ? [part.value] : []
  }
}

function encodeText({ text, citations = [], extra }: TextPart): JsonObject {
  const block = extra?.[formatName]?.['block']
  if (isObject(block)) return block
  if (citations.length === 0) return { text }
  return { citationsContent: { content: [{ text }], citations: citations.map(encodeCitation) } }
}

export function encodeCitation({ url, title, quote, extra }: Citation): JsonObject {
  const own = extra?.[formatName]
  if (own !== undefined) return own
  return {
    ...(title !== undefined && { title }),
    ...(quote !== undefined && { sourceContent: [{ text: quote }] }),
    ...(url !== undefined && { location: { web: { url } } }),
  }
}

/** A thought that is both readable and encrypted becomes two blocks. */
function encodeThought({ text, signature, encrypted, origin }: ReasoningPart): JsonObject[] {
  const blocks: JsonObject[] = []
  if (text !== '' || signature !== undefined) {
    const signed = signature === undefined ? {} : { signature: markSignature(signature, origin) }
    blocks.push({ reasoningContent: { reasoningText: { text, ...signed } } })
  }
  if (encrypted !== undefined)
    blocks.push({ reasoningContent: { redactedContent: markEncrypted(encrypted, origin) } })
  return blocks
}
