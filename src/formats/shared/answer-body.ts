// Narrowing of what an upstream sent: everything that is not as the format says is the upstream's fault.

import type { Usage } from '../../call.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, type MutableJson } from '../../lib/json-value.ts'

export function malformed(what: string, cause?: unknown): GatewayError {
  return new GatewayError('upstream_malformed', { message: `The answer of the provider ${what}.`, cause })
}

/**
 * An answer that contradicts itself, or holds two: leaving out the event that shows it would make something whole of what
 * is not. `upstream_malformed` like a malformed event, but the end of its stream.
 */
export class ContradictoryAnswer extends GatewayError {
  constructor(what: string) {
    super('upstream_malformed', { message: `The answer of the provider ${what}.` })
  }
}

/** @throws GatewayError `upstream_malformed` */
export function objectIn(value: unknown): MutableJson {
  if (!isObject(value)) throw malformed('is not a JSON object')
  return value
}

/** @throws GatewayError `upstream_malformed` */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw malformed('is not JSON', cause)
  }
}

/** @throws GatewayError `upstream_malformed` */
export function parseObject(text: string): MutableJson {
  return objectIn(parseJson(text))
}

/** The text itself where it is not JSON. */
export function parseLeniently(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** A whole number from 0, or null. */
export function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

/** @param cacheRead tokens of the input that were read from a cache */
export function plainUsage(input: number, output: number, cacheRead = 0): Usage {
  const cached = Math.min(cacheRead, input)
  return {
    inputUncached: input - cached,
    cacheRead: cached,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    outputText: output,
    outputReasoning: 0,
    audioInput: 0,
    audioOutput: 0,
  }
}

/** Everything that was sent, cached or not. */
export function inputOf(usage: Usage): number {
  const { inputUncached, cacheRead, cacheWrite5m, cacheWrite1h, audioInput } = usage
  return inputUncached + cacheRead + cacheWrite5m + cacheWrite1h + audioInput
}

export function outputOf({ outputText, outputReasoning, audioOutput }: Usage): number {
  return outputText + outputReasoning + audioOutput
}
