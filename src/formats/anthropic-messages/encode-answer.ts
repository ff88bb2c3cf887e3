// What both kinds of answers to a client of this format are made of: blocks, and the frame of a message.

import type { Usage } from '../../call.ts'
import type { AnswerPart } from '../../conversation/completion.ts'
import type { Extra } from '../../conversation/parts.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { linkTo } from '../shared/media-link.ts'
import { objectOf } from '../shared/object-pieces.ts'
import { encodeCitation } from './citations.ts'
import { packSignature } from './foreign-reasoning.ts'
import { writeUsage } from './usage.ts'
import { formatName, ownExtra } from './wire.ts'

/** Null for what a message of this format cannot hold. */
export function encodeAnswerPart(part: AnswerPart): JsonObject | null {
  switch (part.type) {
    case 'text': {
      const citations = (part.citations ?? []).map(encodeCitation).filter(citation => citation !== null)
      if (part.text === '' && citations.length === 0) return null
      return textBlock(part.text, citations)
    }
    case 'refusal':
      return part.text === '' ? null : textBlock(part.text)
    case 'reasoning':
      return encodeReasoning(part)
    case 'tool_call':
      return {
        type: 'tool_use',
        id: part.id,
        name: part.name,
        input: objectOf(part),
        ...ownExtra(part.extra),
      }
    case 'image':
      return textBlock(linkTo(part.source, 'image'))
    case 'audio':
      return textBlock(part.transcript ?? linkTo(part.source, 'audio'))
    case 'file':
      return textBlock(linkTo(part.source, part.name ?? 'file'))
    case 'opaque':
      return part.format === formatName ? part.value : null
  }
}

function textBlock(text: string, citations: readonly JsonObject[] = []): JsonObject {
  return { type: 'text', text, citations: citations.length === 0 ? null : citations }
}

function encodeReasoning(part: AnswerPart & { readonly type: 'reasoning' }): JsonObject | null {
  const { text, encrypted, signature, origin } = part
  if (origin === formatName && encrypted !== undefined) return { type: 'redacted_thinking', data: encrypted }
  if (text === '' && signature === undefined && encrypted === undefined) return null
  return { type: 'thinking', thinking: text, signature: packSignature(part) }
}

export interface MessageFrame {
  readonly id: string
  readonly model: string
  readonly content: readonly JsonObject[]
  /** `stop_reason` and what belongs to it. */
  readonly ending: JsonObject
  readonly usage: Usage
  readonly serviceTier?: string | undefined
  readonly extra?: Extra | undefined
}

export function frameMessage(frame: MessageFrame): JsonObject {
  const { id, model, content, ending, usage, serviceTier, extra } = frame
  const { container = null, context_management: management = null } = ownExtra(extra)
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content,
    ...ending,
    container,
    context_management: management,
    diagnostics: null,
    usage: { ...writeUsage(usage), ...nothingFurther, service_tier: writeTier(serviceTier) },
  }
}

const nothingFurther = { fallback_credit: null, inference_geo: null, iterations: null, speed: null }

const tiers: Readonly<Record<string, string>> = { default: 'standard', priority: 'priority', batch: 'batch' }

function writeTier(tier: string | undefined): string | null {
  return (tier === undefined ? null : tiers[tier]) ?? null
}

/** The id under which a client knows the answer: the upstream's, where it has one. */
export function messageId(id: string, exchange: string): string {
  return id === '' ? `msg_${exchange}` : id
}

/** Where the upstream counted nothing: estimates, so that no count is zero that cannot be. */
export function estimateUsage(inputTokens: number, outputCharacters: number): Usage {
  return {
    inputUncached: Math.max(1, inputTokens),
    cacheRead: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    outputText: Math.ceil(outputCharacters / charactersPerToken),
    outputReasoning: 0,
    audioInput: 0,
    audioOutput: 0,
  }
}

const charactersPerToken = 4
