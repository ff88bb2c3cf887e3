// Parses an answer without the list that is most of it: embeddings, images.

import { findTopLevel } from '../../lib/json-splice.ts'
import { isObject, type MutableJson } from '../../lib/json-value.ts'
import { parseAnswer } from './answer.ts'

const openBracket = 0x5b
const closeBracket = 0x5d

/**
 * The answer, with the named list empty.
 * @throws GatewayError `upstream_malformed`, or the failure that an `{"error": …}` describes
 */
export function parseWithoutList(body: Buffer, list: string): MutableJson {
  return parseSmallFields(body, list) ?? parseAnswer(body)
}

/** Null where the body is not the usual answer. */
function parseSmallFields(body: Buffer, list: string): MutableJson | null {
  const place = findTopLevel(body).find(field => field.key === list)
  if (
    place === undefined ||
    body[place.valueStart] !== openBracket ||
    body[place.valueEnd - 1] !== closeBracket
  )
    return null
  const head = body.toString('utf8', 0, place.valueStart + 1)
  const tail = body.toString('utf8', place.valueEnd - 1)
  try {
    const answer: unknown = JSON.parse(head + tail)
    return isObject(answer) && answer['error'] === undefined ? answer : null
  } catch {
    return null
  }
}
