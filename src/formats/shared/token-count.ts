// What the formats that ask for a count of tokens have in common: it costs nothing, and is one number.

import { type AnswerFacts, noUsage } from '../../call.ts'
import { isObject } from '../../lib/json-value.ts'
import { malformed } from './answer-body.ts'

/** Of every answer that is a count. */
export const countFacts: AnswerFacts = {
  usage: noUsage,
  model: null,
  finishReason: null,
  serviceTier: null,
  outputCharacters: 0,
}

/**
 * @param field that holds the number
 * @throws GatewayError `upstream_malformed`
 */
export function readCount(body: Buffer, field: string): AnswerFacts {
  if (holdsNumber(body.toString(), field)) return countFacts
  throw malformed('holds no count')
}

function holdsNumber(text: string, field: string): boolean {
  try {
    const answer: unknown = JSON.parse(text)
    return isObject(answer) && typeof answer[field] === 'number'
  } catch {
    return false
  }
}
