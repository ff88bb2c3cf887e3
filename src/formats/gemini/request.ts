// The shape of a request, checked by hand: what no server of Google could take is refused, naming the field.

import { isObject, isSet, type JsonObject, type MutableJson } from '../../lib/json-value.ts'
import type { Address, RequestFacts } from '../format.ts'
import { checkModel, measure, refuse } from '../shared/checks.ts'
import { camelKeys } from './wire.ts'

const maxContents = 10_000
const roles: ReadonlySet<unknown> = new Set(['user', 'model', 'function', 'tool'])
const objects = ['generationConfig', 'toolConfig'] as const

/** @throws GatewayError `invalid_request` whose `param` is the path of the field */
export function checkRequest(body: JsonObject, address: Address): RequestFacts {
  const request = camelKeys(body)
  const model = checkModel(address.model ?? request['model'])
  let inputCharacters = checkContents(request['contents'])
  const { systemInstruction: system, tools } = request
  if (typeof system === 'string') inputCharacters += system.length
  else if (isSet(system)) inputCharacters += checkContent(system, 'systemInstruction')
  if (isSet(tools)) inputCharacters += checkTools(tools)
  for (const field of objects)
    if (isSet(request[field]) && !isObject(request[field])) refuse(field, 'must be an object')
  for (const field in request)
    if (field !== 'contents' && field !== 'systemInstruction' && field !== 'tools')
      measure(request[field], field, 1)
  return {
    model,
    streaming: address.streaming === true,
    wantsStreamUsage: true,
    inputCharacters,
    fields: Object.keys(body),
  }
}

/** @returns the UTF-16 units of the prompt's text */
function checkContents(contents: unknown): number {
  if (!isSet(contents)) refuse('contents', 'is missing')
  if (isObject(contents)) return checkContent(contents, 'contents')
  if (!Array.isArray(contents)) refuse('contents', 'must be a list')
  if (contents.length === 0) refuse('contents', 'must hold at least one content')
  if (contents.length > maxContents) refuse('contents', `must hold at most ${maxContents} contents`)
  let characters = 0
  for (let index = 0; index < contents.length; index++)
    characters += checkContent(contents[index], `contents[${index}]`)
  return characters
}

export function checkContent(content: unknown, path: string): number {
  if (!isObject(content)) refuse(path, 'must be an object with parts')
  const { role, parts } = content
  if (isSet(role) && role !== '' && !roles.has(role) && path !== 'systemInstruction')
    refuse(`${path}.role`, 'must be user or model')
  if (!isSet(parts)) return 0
  const list: readonly unknown[] = Array.isArray(parts) ? parts : [parts]
  let characters = 0
  for (let index = 0; index < list.length; index++)
    characters += checkPart(list[index], `${path}.parts[${index}]`)
  return characters
}

function checkPart(value: unknown, path: string): number {
  if (!isObject(value)) refuse(path, 'must be an object')
  const part = camelKeys(value)
  if (isSet(part['text']) && typeof part['text'] !== 'string') refuse(`${path}.text`, 'must be a string')
  let characters = 0
  for (const field in part) {
    const said = part[field]
    if (field === 'text' && typeof said === 'string') characters += said.length
    else if (field === 'inlineData' || field === 'fileData') checkObject(said, `${path}.${field}`)
    else if (field === 'functionCall' || field === 'functionResponse')
      characters += checkNamed(said, `${path}.${field}`)
    else if (field !== 'thoughtSignature') measure(said, `${path}.${field}`, 3)
  }
  return characters
}

function checkNamed(value: unknown, path: string): number {
  const { name, args } = checkObject(value, path)
  if (isSet(name) && typeof name !== 'string') refuse(`${path}.name`, 'must be a string')
  if (isSet(args) && !isObject(args)) refuse(`${path}.args`, 'must be an object')
  return measure(value, path, 4)
}

function checkObject(value: unknown, path: string): MutableJson {
  if (!isObject(value)) refuse(path, 'must be an object')
  return value
}

/** @returns the UTF-16 units of the definitions */
function checkTools(tools: unknown): number {
  const list: readonly unknown[] = Array.isArray(tools) ? tools : [tools]
  let characters = 0
  for (let index = 0; index < list.length; index++) {
    const path = `tools[${index}]`
    const tool = camelKeys(checkObject(list[index], path))
    const { functionDeclarations: declared } = tool
    const functions: readonly unknown[] = Array.isArray(declared)
      ? declared
      : isSet(declared)
        ? [declared]
        : []
    functions.forEach((declaration, place) => {
      const at = `${path}.functionDeclarations[${place}]`
      const { name } = checkObject(declaration, at)
      if (typeof name !== 'string' || name === '') refuse(`${at}.name`, 'must be a non-empty string')
    })
    characters += measure(tool, path, 2)
  }
  return characters
}
