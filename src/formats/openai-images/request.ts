// The shapes of requests for images. All values of a form are text.

import { isText } from '../../lib/json-value.ts'
import type { Address, JsonObject, RequestFacts } from '../format.ts'
import { isFlag, isOn } from '../openai-shared/form-checks.ts'
import { type Check, checkFields, checkModel, isString, refuse } from '../shared/checks.ts'

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['prompt', isString],
  ['size', isString],
  ['user', isString],
  ['stream', isFlag],
])

export function checkGeneration(body: JsonObject, address: Address): RequestFacts {
  return checkPrompted(body, address)
}

export function checkEdit(body: JsonObject, address: Address): RequestFacts {
  const images = ['image', 'image[]', 'images'].some(name => body[name] !== undefined)
  if (!images) refuse('image', 'is missing')
  return checkPrompted(body, address)
}

export function checkVariation(body: JsonObject, address: Address): RequestFacts {
  if (body['image'] === undefined) refuse('image', 'is missing')
  return { ...checkShape(body, address), streaming: false }
}

function checkPrompted(body: JsonObject, address: Address): RequestFacts {
  if (!isText(body['prompt']))
    refuse('prompt', body['prompt'] === undefined ? 'is missing' : 'must be a text')
  return checkShape(body, address)
}

function checkShape(body: JsonObject, address: Address): RequestFacts {
  const fields = Object.keys(body)
  const model = checkModel(address.model ?? body['model'])
  checkFields(body, fields, checks)
  return {
    model,
    streaming: isOn(body['stream']),
    wantsStreamUsage: false,
    inputCharacters: isText(body['prompt']) ? body['prompt'].length : 0,
    fields,
  }
}
