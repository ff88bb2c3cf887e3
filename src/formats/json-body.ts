// Reads a request's body as JSON and says in plain words what is wrong with one that is not.

import { isUtf8 } from 'node:buffer'
import { GatewayError } from '../errors.ts'
import { isObject } from '../lib/json-value.ts'
import type { JsonObject } from './format.ts'
import { findJsonFault } from './json-fault.ts'

/**
 * The object that the body holds. A byte order mark is tolerated. A key `__proto__` becomes a field like any other.
 * @throws GatewayError `invalid_json` with line and column
 */
export function parseJsonBody(body: Buffer): JsonObject {
  const value = parseJsonValue(body)
  if (isObject(value)) return value
  const kind = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`
  throw new GatewayError('invalid_json', { message: `The body must be a JSON object, but it is ${kind}.` })
}

/**
 * Whatever the body holds.
 * @throws GatewayError `invalid_json` with line and column
 */
export function parseJsonValue(body: Buffer): unknown {
  if (!isUtf8(body)) throw new GatewayError('invalid_json', { message: 'The body is not valid UTF-8.' })
  const marked = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf
  const text = body.toString('utf8', marked ? 3 : 0)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new GatewayError('invalid_json', { message: describeFault(text), cause })
  }
}

function describeFault(text: string): string {
  const { offset, what } = findJsonFault(text)
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  const column = offset - before.lastIndexOf('\n')
  return `The body is not valid JSON: ${what} at line ${line}, column ${column}.`
}
