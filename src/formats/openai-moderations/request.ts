// The shape of a request for moderation.

import { isObject } from '../../lib/json-value.ts'
import type { Address, JsonObject, RequestFacts } from '../format.ts'
import { checkFields, checkModel, checksItself, measure, refuse } from '../shared/checks.ts'

/** The model that OpenAI takes where a request names none. */
const defaultModel = 'omni-moderation-latest'

const checks = new Map([['input', checksItself]])

export function checkRequest(body: JsonObject, address: Address): RequestFacts {
  const fields = Object.keys(body)
  const model = checkModel(address.model ?? body['model'] ?? defaultModel)
  const inputCharacters = measureInput(body['input'])
  checkFields(body, fields, checks)
  return { model, streaming: false, wantsStreamUsage: false, inputCharacters, fields }
}

function measureInput(input: unknown): number {
  if (input === undefined || input === null) refuse('input', 'is missing')
  if (typeof input === 'string') return input.length
  if (isObject(input)) return measure(input, 'input', 1)
  if (!Array.isArray(input)) refuse('input', 'must be a string, a list of strings, or a list of parts')
  if (input.length === 0) refuse('input', 'must not be empty')
  let characters = 0
  input.forEach((item: unknown, index) => {
    const path = `input[${index}]`
    if (typeof item === 'string') characters += item.length
    else if (!isObject(item)) refuse(path, 'must be a string or an object')
    else characters += measurePart(item, path)
  })
  return characters
}

/** An image is no text: a data URL would count as millions of characters. */
function measurePart(part: JsonObject, path: string): number {
  const nested = measure(part, path, 2)
  if (part['type'] === 'image_url') return 0
  return typeof part['text'] === 'string' ? part['text'].length : nested
}
