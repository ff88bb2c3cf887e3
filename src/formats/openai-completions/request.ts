// The shape of a request to the older completions: a prompt instead of messages.

import type { Address, JsonObject, RequestFacts } from '../format.ts'
import { measurePrompt } from '../openai-shared/prompt.ts'
import { wantsStreamUsage } from '../openai-shared/stream-usage.ts'
import {
  type Check,
  checkFields,
  checkModel,
  checksItself,
  isAnObject,
  isBoolean,
  isInteger,
  isNumber,
  isPositiveInteger,
  isStreamOptions,
  isString,
  isStringOrStrings,
  refuse,
} from '../shared/checks.ts'

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['prompt', checksItself],
  ['stream', isBoolean],
  ['stream_options', isStreamOptions],
  ['temperature', isNumber],
  ['top_p', isNumber],
  ['presence_penalty', isNumber],
  ['frequency_penalty', isNumber],
  ['n', isPositiveInteger],
  ['best_of', isPositiveInteger],
  ['max_tokens', isInteger],
  ['seed', isInteger],
  ['logit_bias', isAnObject],
  ['echo', isBoolean],
  ['stop', isStringOrStrings],
  ['suffix', isString],
  ['user', isString],
])

/** The model of a deployment's path counts; its clients leave the field out of the body. */
export function checkRequest(body: JsonObject, address: Address): RequestFacts {
  const fields = Object.keys(body)
  const model = checkModel(address.model ?? body['model'])
  if (body['prompt'] === undefined) refuse('prompt', 'is missing')
  const inputCharacters = measurePrompt(body['prompt'], 'prompt')
  checkFields(body, fields, checks)
  const streaming = body['stream'] === true
  return { model, streaming, wantsStreamUsage: wantsStreamUsage(body), inputCharacters, fields }
}
