// The shape of a request for embeddings.

import type { Address, JsonObject, RequestFacts } from '../format.ts'
import { measurePrompt } from '../openai-shared/prompt.ts'
import {
  type Check,
  checkFields,
  checkModel,
  checksItself,
  isPositiveInteger,
  isString,
  refuse,
} from '../shared/checks.ts'

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['input', checksItself],
  ['dimensions', isPositiveInteger],
  ['encoding_format', isString],
  ['user', isString],
  ['stream', isNotTrue],
])

/** The model of a deployment's path counts; its clients leave the field out of the body. */
export function checkRequest(body: JsonObject, address: Address): RequestFacts {
  const fields = Object.keys(body)
  const model = checkModel(address.model ?? body['model'])
  if (body['input'] === undefined) refuse('input', 'is missing')
  const inputCharacters = measurePrompt(body['input'], 'input')
  checkFields(body, fields, checks)
  return { model, streaming: false, wantsStreamUsage: false, inputCharacters, fields }
}

function isNotTrue(value: unknown, path: string): void {
  if (value === true) refuse(path, 'cannot be true: embeddings have no stream')
}
