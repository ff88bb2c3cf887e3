// Usage and reasons to finish, which every version of the AI SDK has in another shape.

import { noUsage, type Usage } from '../../call.ts'
import type { Finish, FinishReason } from '../../conversation/completion.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'

/** Null where the vendor counted nothing. */
export function readUsage(usage: unknown): Usage | null {
  if (!isObject(usage)) return null
  return isObject(usage['inputTokens']) || isObject(usage['outputTokens'])
    ? readParts(objectOf(usage['inputTokens']), objectOf(usage['outputTokens']))
    : readTotals(usage)
}

function readParts(input: JsonObject, output: JsonObject): Usage | null {
  const cacheRead = countOf(input['cacheRead']) ?? 0
  const cacheWrite = countOf(input['cacheWrite']) ?? 0
  const uncached = countOf(input['noCache'])
  const total = countOf(input['total'])
  const written = countOf(output['total'])
  if (total === null && uncached === null && written === null) return null
  const reasoning = countOf(output['reasoning']) ?? 0
  return {
    ...noUsage,
    inputUncached: uncached ?? Math.max(0, (total ?? 0) - cacheRead - cacheWrite),
    cacheRead,
    cacheWrite5m: cacheWrite,
    outputText: countOf(output['text']) ?? Math.max(0, (written ?? 0) - reasoning),
    outputReasoning: reasoning,
  }
}

/** Version 2. Some vendors count what was cached within the input, others beside it: more than all tells. */
function readTotals(usage: JsonObject): Usage | null {
  const input = countOf(usage['inputTokens'])
  const output = countOf(usage['outputTokens'])
  if (input === null && output === null) return null
  const cacheRead = countOf(usage['cachedInputTokens']) ?? 0
  const reasoning = Math.min(countOf(usage['reasoningTokens']) ?? 0, output ?? 0)
  return {
    ...noUsage,
    inputUncached: cacheRead > (input ?? 0) ? (input ?? 0) : (input ?? 0) - cacheRead,
    cacheRead,
    outputText: (output ?? 0) - reasoning,
    outputReasoning: reasoning,
  }
}

const reasons: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
  ['tool-calls', 'tool_calls'],
  ['content-filter', 'content_filter'],
])

/**
 * @param seen what the answer holds
 * @throws GatewayError `upstream_error` for an answer that failed, or ended for no known reason with nothing in it
 */
export function readFinish(
  reason: unknown,
  seen: { readonly hasContent: boolean; readonly hasCalls: boolean },
): Finish {
  const unified = isObject(reason) ? String(reason['unified']) : String(reason)
  const raw = isObject(reason) ? reason['raw'] : undefined
  const known = reasons.get(unified)
  if (unified === 'error' || (known === undefined && !seen.hasContent))
    throw new GatewayError('upstream_error', { message: `The provider ended its answer with: ${unified}.` })
  const native = isText(raw) && raw !== unified ? { native: raw } : {}
  return { reason: seen.hasCalls && unified === 'stop' ? 'tool_calls' : (known ?? 'stop'), ...native }
}

function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}
