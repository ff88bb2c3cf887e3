// Checks of the fields that all of Ollama's requests have.

import {
  type Check,
  checksItself,
  isAnObject,
  isBoolean,
  isInteger,
  isString,
  listIn,
  refuse,
} from '../shared/checks.ts'

export const restChecks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['messages', checksItself],
  ['tools', checksItself],
  ['images', checksItself],
  ['stream', isBoolean],
  ['options', isAnObject],
  ['format', isFormat],
  ['think', isThink],
  ['keep_alive', isDuration],
  ['logprobs', isBoolean],
  ['top_logprobs', isInteger],
  ['truncate', isBoolean],
  ['system', isString],
  ['suffix', isString],
  ['template', isString],
  ['raw', isBoolean],
])

export function checkImages(value: unknown, path: string): void {
  const images = listIn(value, path)
  for (let index = 0; index < images.length; index++)
    if (typeof images[index] !== 'string') refuse(`${path}[${index}]`, 'must be base64')
}

function isFormat(value: unknown, path: string): void {
  if (typeof value === 'string') {
    if (value !== '' && value !== 'json') refuse(path, 'must be "json" or a JSON schema')
  } else isAnObject(value, path)
}

function isThink(value: unknown, path: string): void {
  if (typeof value === 'boolean') return
  if (value !== 'low' && value !== 'medium' && value !== 'high')
    refuse(path, 'must be true, false, "low", "medium" or "high"')
}

function isDuration(value: unknown, path: string): void {
  if (typeof value !== 'number' && typeof value !== 'string') refuse(path, 'must be a number or a duration')
}
