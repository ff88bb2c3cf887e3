// Checks of a request's shape: what is of a type that no provider can take is refused, naming the field.
// Values in range are the provider's affair.

import { GatewayError } from '../../errors.ts'
import { isObject, isSet, isText, type MutableJson } from '../../lib/json-value.ts'

const maxDepth = 100
const maxModelLength = 256

/** Checks one field; null stands for "not set" everywhere, as SDKs send it. */
export type Check = (value: unknown, path: string) => void

export function refuse(path: string, what: string): never {
  throw new GatewayError('invalid_request', { message: `\`${path}\` ${what}.`, param: path })
}

export function checkModel(value: unknown, longest = maxModelLength): string {
  if (value === undefined) refuse('model', 'is missing')
  if (!isText(value)) refuse('model', 'must be a non-empty string')
  if (value.length > longest) refuse('model', `must have at most ${longest} characters`)
  // Half of a pair can stand neither in a path nor in a header.
  if (!value.isWellFormed()) refuse('model', 'holds half of a surrogate pair')
  return value
}

export const isNumber: Check = (value, path) => {
  if (typeof value !== 'number') refuse(path, 'must be a number')
}

export const isInteger: Check = (value, path) => {
  if (!Number.isInteger(value)) refuse(path, 'must be a whole number')
}

export const isPositiveInteger: Check = (value, path) => {
  if (!Number.isInteger(value) || (value as number) < 1) refuse(path, 'must be a whole number from 1')
}

export const isBoolean: Check = (value, path) => {
  if (typeof value !== 'boolean') refuse(path, 'must be true or false')
}

export const isString: Check = (value, path) => {
  if (typeof value !== 'string') refuse(path, 'must be a string')
}

export const isAnObject: Check = (value, path) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(path, 'must be an object')
}

export const isList: Check = (value, path) => {
  if (!Array.isArray(value)) refuse(path, 'must be a list')
}

export const isStringOrObject: Check = (value, path) => {
  if (typeof value !== 'string') isAnObject(value, path)
}

export const isStringOrStrings: Check = (value, path) => {
  if (typeof value === 'string') return
  if (!Array.isArray(value)) refuse(path, 'must be a string or a list of strings')
  areStrings(value, path)
}

export const isStrings: Check = (value, path) => {
  if (!Array.isArray(value)) refuse(path, 'must be a list of strings')
  areStrings(value, path)
}

function areStrings(items: readonly unknown[], path: string): void {
  for (let index = 0; index < items.length; index++) isString(items[index], `${path}[${index}]`)
}

export const isStreamOptions: Check = (value, path) => {
  isAnObject(value, path)
  const include = (value as { include_usage?: unknown }).include_usage
  if (isSet(include)) isBoolean(include, `${path}.include_usage`)
}

export const isTyped: Check = (value, path) => {
  isAnObject(value, path)
  if (!isText((value as MutableJson)['type'])) refuse(`${path}.type`, 'must be a non-empty string')
}

/** A function that the model may call, as OpenAI describes it, and others after it. */
export const isFunctionDefinition: Check = (value, path) => {
  if (!isObject(value)) refuse(path, 'must be an object with a name')
  if (!isText(value['name'])) refuse(`${path}.name`, 'must be a non-empty string')
  const { parameters } = value
  if (isSet(parameters)) isAnObject(parameters, `${path}.parameters`)
}

/** The messages of a conversation, of which there has to be one. */
export function messagesIn(value: unknown, most = Number.POSITIVE_INFINITY): readonly unknown[] {
  if (value === undefined) refuse('messages', 'is missing')
  if (!Array.isArray(value)) refuse('messages', 'must be a list')
  if (value.length === 0) refuse('messages', 'must hold at least one message')
  if (value.length > most) refuse('messages', `must hold at most ${most} messages`)
  return value
}

/** A list that may be left out. */
export function listIn(value: unknown, path: string): readonly unknown[] {
  if (!isSet(value)) return nothing
  if (!Array.isArray(value)) refuse(path, 'must be a list')
  return value
}

const nothing: readonly unknown[] = []

export function refuseRole(role: unknown, path: string, known: ReadonlySet<unknown>): never {
  refuse(path, role === undefined ? 'is missing' : `must be one of ${Array.from(known).join(', ')}`)
}

/**
 * UTF-16 units of all keys and strings in a value.
 * @param depth levels above the value; more than 100 in all are refused
 */
export function measure(value: unknown, path: string, depth: number): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 0
  if (depth >= maxDepth) refuse(path, `is nested more than ${maxDepth} levels deep`)
  let characters = 0
  if (Array.isArray(value)) {
    for (const item of value) characters += measure(item, path, depth + 1)
    return characters
  }
  for (const key in value) {
    characters += key.length + measure((value as Record<string, unknown>)[key], path, depth + 1)
  }
  return characters
}

/** Applies the checks to the fields that are there, and bounds the depth of those that nothing else looks into. */
export function checkFields(
  body: Readonly<Record<string, unknown>>,
  fields: readonly string[],
  checks: ReadonlyMap<string, Check>,
): void {
  for (const field of fields) {
    const value = body[field]
    if (value === null) continue
    const check = checks.get(field)
    if (check !== undefined) check(value, field)
    if (typeof value === 'object' && check !== checksItself) measure(value, field, 1)
  }
}

/** Stands for a field that is checked with its depth elsewhere. */
export const checksItself: Check = () => {}
