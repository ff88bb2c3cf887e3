// Reads a whole answer: an object, and not an error dressed up as a success.

import type { AnswerFacts } from '../../call.ts'
import { isObject, isText, type MutableJson } from '../../lib/json-value.ts'
import { malformed, objectIn, parseJson } from '../shared/answer-body.ts'
import { readSmallFields } from '../shared/bulky-answer.ts'
import { failureInSuccess, holdsError } from './errors.ts'
import { readUsage } from './usage.ts'

/** @throws GatewayError `upstream_malformed`, or the failure that an `{"error": …}` describes */
export function parseAnswer(body: Buffer): MutableJson {
  return refuseError(parseJson(body.toString()))
}

/** The answer itself, where it is an object and not an error. */
export function refuseError(value: unknown): MutableJson {
  if (Array.isArray(value) && isObject(value[0]) && holdsError(value[0])) throw failureInSuccess(value)
  const answer = objectIn(value)
  if (holdsError(answer)) throw failureInSuccess(answer)
  return answer
}

/**
 * An answer of which one field is most, and nobody here reads it: it is left empty.
 * @throws GatewayError as `parseAnswer`
 */
export function parseBulkyAnswer(body: Buffer, bulky: string): MutableJson {
  const small = readSmallFields(body, bulky)
  return small === null || small['error'] !== undefined ? parseAnswer(body) : small
}

/** The choices of an answer. One of them may carry an error. */
export function choicesOf(answer: MutableJson): readonly MutableJson[] {
  const choices = answer['choices']
  if (!Array.isArray(choices)) throw malformed('has no `choices`')
  const objects = choices.filter(isObject)
  for (const choice of objects) if (isObject(choice['error'])) throw failureInSuccess(choice)
  return objects
}

export function factsOf(
  answer: MutableJson,
  read: { finishReason: string | null; outputCharacters: number },
): AnswerFacts {
  return {
    usage: readUsage(answer['usage']),
    model: isText(answer['model']) ? answer['model'] : null,
    serviceTier: isText(answer['service_tier']) ? answer['service_tier'] : null,
    ...read,
  }
}

/** The reason of the first choice that gives one. */
export function finishReasonOf(choices: readonly MutableJson[]): string | null {
  for (const choice of choices) if (isText(choice['finish_reason'])) return choice['finish_reason']
  return null
}
