// The shape of a request of Cohere's embeddings. https://docs.cohere.com/reference/embed

import { isObject } from '../../lib/json-value.ts'
import type { JsonObject, RequestFacts } from '../format.ts'
import {
  type Check,
  checkFields,
  checkModel,
  checksItself,
  isInteger,
  isList,
  isPositiveInteger,
  isString,
  measure,
  refuse,
} from '../shared/checks.ts'

const contents = ['texts', 'images', 'inputs'] as const

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['texts', checksItself],
  ['images', areStrings],
  ['inputs', areInputs],
  ['input_type', isString],
  ['embedding_types', areStrings],
  ['output_dimension', isPositiveInteger],
  ['max_tokens', isInteger],
  ['truncate', isString],
  ['priority', isInteger],
])

export function checkRequest(body: JsonObject): RequestFacts {
  const fields = Object.keys(body)
  const model = checkModel(body['model'])
  if (contents.every(field => (body[field] ?? null) === null)) refuse('texts', 'is missing')
  const texts = body['texts'] ?? []
  areStrings(texts, 'texts')
  checkFields(body, fields, checks)
  const inputCharacters = measure(texts, 'texts', 1) + measure(body['inputs'], 'inputs', 1)
  return { model, streaming: false, wantsStreamUsage: false, inputCharacters, fields }
}

function areStrings(value: unknown, path: string): void {
  isList(value, path)
  for (const [index, item] of (value as readonly unknown[]).entries()) isString(item, `${path}[${index}]`)
}

function areInputs(value: unknown, path: string): void {
  isList(value, path)
  for (const [index, item] of (value as readonly unknown[]).entries())
    if (!isObject(item) || !Array.isArray(item['content']))
      refuse(`${path}[${index}].content`, 'must be a list of parts')
}
