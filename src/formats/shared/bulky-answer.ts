// Answers that are mostly numbers: their small fields can be read without parsing those.

import { findTopLevel } from '../../lib/json-splice.ts'
import { isObject, type MutableJson } from '../../lib/json-value.ts'

const closers: Readonly<Record<string, string>> = { '[': ']', '{': '}' }

/**
 * The answer with an empty list or object in place of its bulky field.
 * @returns null where the body is not an object with such a field, whole as far as can be seen
 */
export function readSmallFields(body: Buffer, bulky: string): MutableJson | null {
  const field = findTopLevel(body).find(({ key }) => key === bulky)
  if (field === undefined) return null
  const opener = String.fromCharCode(body[field.valueStart] ?? 0)
  const closer = String.fromCharCode(body[field.valueEnd - 1] ?? 0)
  if (closers[opener] !== closer) return null
  const head = body.toString('utf8', 0, field.valueStart + 1)
  const tail = body.toString('utf8', field.valueEnd - 1)
  try {
    const answer: unknown = JSON.parse(head + tail)
    return isObject(answer) ? answer : null
  } catch {
    return null
  }
}
