// The `meta` of Cohere's answers other than chats: what was counted and what is billed.

import type { Usage } from '../../call.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import { countOf, inputOf, malformed, outputOf, plainUsage } from '../shared/answer-body.ts'
import { failureInAnswer } from './errors.ts'

const nothing: JsonObject = {}

/** Tokens read and written; null where none were counted. */
export function usageOfMeta(meta: unknown): Usage | null {
  const { tokens, billed_units: billed, cached_tokens: cached } = isObject(meta) ? meta : nothing
  const counted = isObject(tokens) ? tokens : isObject(billed) ? billed : nothing
  const texts = countOf(counted['input_tokens'])
  const images = countOf(counted['image_tokens'])
  const output = countOf(counted['output_tokens'])
  if (texts === null && images === null && output === null) return null
  return plainUsage((texts ?? 0) + (images ?? 0), output ?? 0, countOf(cached) ?? 0)
}

export function searchUnitsOfMeta(meta: unknown): number | null {
  const billed = isObject(meta) ? meta['billed_units'] : undefined
  return isObject(billed) ? countOf(billed['search_units']) : null
}

/** @param version of the API that the client speaks */
export function writeMeta(version: string, usage: Usage | null, searchUnits?: number): JsonObject {
  const tokens = usage === null ? {} : { input_tokens: inputOf(usage) }
  const output = usage === null || outputOf(usage) === 0 ? {} : { output_tokens: outputOf(usage) }
  const searches = searchUnits === undefined ? {} : { search_units: searchUnits }
  return {
    api_version: { version },
    billed_units: { ...tokens, ...output, ...searches },
    ...(usage === null ? {} : { tokens: { ...tokens, ...output } }),
  }
}

/**
 * Refuses an answer without the field that makes it one.
 * @throws GatewayError `upstream_malformed`, or the failure that it tells of
 */
export function checkHolds(answer: JsonObject, field: string): void {
  if (answer[field] !== undefined && answer[field] !== null) return
  if (isText(answer['message']) || isText(answer['error'])) throw failureInAnswer(answer)
  throw malformed(`has no \`${field}\``)
}
