// One event of a stream of OpenAI's formats: an object, the mark of the end, an error, or nothing at all.

import { GatewayError } from '../../errors.ts'
import { isObject, type MutableJson } from '../../lib/json-value.ts'
import { failureInSuccess, holdsError } from './errors.ts'

const none: readonly MutableJson[] = []

/** @throws GatewayError `upstream_malformed` where they are not what a client would look into */
export function choicesOf({ choices }: MutableJson): readonly MutableJson[] {
  if (choices === undefined || choices === null) return none
  if (Array.isArray(choices) && choices.every(isObject)) return choices
  throw new GatewayError('upstream_malformed', {
    message: 'The provider sent an event whose choices are no list of objects.',
  })
}

/** `[DONE]`, or nothing at all, which some servers send to keep a connection open. */
export function isMarkOrBlank(data: string): boolean {
  if (data.charCodeAt(0) === 0x7b) return false
  const word = data.trim()
  return word === '' || word === '[DONE]'
}

/** @throws GatewayError `upstream_malformed`, or what an event named `error` says */
export function parseEvent(text: string, name: string): MutableJson {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    if (name === 'error') throw failureInSuccess(text)
    throw new GatewayError('upstream_malformed', {
      message: 'The provider sent an event that is not JSON.',
      cause,
    })
  }
  if (isObject(value)) return value
  if (name === 'error' || (Array.isArray(value) && isObject(value[0]) && holdsError(value[0])))
    throw failureInSuccess(value)
  throw new GatewayError('upstream_malformed', {
    message: 'The provider sent an event that is not a JSON object.',
  })
}
