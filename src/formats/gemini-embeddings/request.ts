// The shape of a request for embeddings.

import { isObject, type JsonObject } from '../../lib/json-value.ts'
import type { Address, RequestFacts } from '../format.ts'
import { checkContent } from '../gemini/request.ts'
import { camelKeys } from '../gemini/wire.ts'
import { checkModel, measure, refuse } from '../shared/checks.ts'
import { itemsOf, type Shape } from './shapes.ts'

const lists: Readonly<Record<Exclude<Shape, 'single'>, string>> = { batch: 'requests', predict: 'instances' }

/** @throws GatewayError `invalid_request` whose `param` is the path of the field */
export function checkRequest(body: JsonObject, { model }: Address, shape: Shape): RequestFacts {
  const named = checkModel(model ?? body['model'])
  if (shape === 'single') checkItem(body, '')
  else checkList(body[lists[shape]], lists[shape], shape)
  for (const field of Object.keys(body)) measure(body[field], field, 1)
  let inputCharacters = 0
  for (const { text } of itemsOf(body, shape)) inputCharacters += text?.length ?? 0
  return {
    model: named,
    streaming: false,
    wantsStreamUsage: false,
    inputCharacters,
    fields: Object.keys(body),
  }
}

function checkList(list: unknown, path: string, shape: Shape): void {
  if (list === undefined || list === null) refuse(path, 'is missing')
  if (!Array.isArray(list)) refuse(path, 'must be a list')
  list.forEach((item: unknown, index) => {
    if (!isObject(item)) refuse(`${path}[${index}]`, 'must be an object')
    if (shape === 'batch') checkItem(item, `${path}[${index}].`)
  })
}

/** @param prefix of the path of its fields */
function checkItem(item: JsonObject, prefix: string): void {
  const { content } = camelKeys(item)
  if (content === undefined || content === null) refuse(`${prefix}content`, 'is missing')
  if (typeof content !== 'string') checkContent(content, `${prefix}content`)
}
