// The shape of a request of Ollama's chat. https://docs.ollama.com/api/chat

import { isObject, isSet, isText, type MutableJson } from '../../lib/json-value.ts'
import type { JsonObject, RequestFacts } from '../format.ts'
import { checkImages, restChecks } from '../ollama-shared/checks.ts'
import { checkFields, checkModel, isString, listIn, measure, refuse, refuseRole } from '../shared/checks.ts'

const roles: ReadonlySet<unknown> = new Set(['system', 'developer', 'user', 'assistant', 'tool'])

/** Without messages, the model is loaded and nothing else. */
export function checkRequest(body: JsonObject): RequestFacts {
  const fields = Object.keys(body)
  const model = checkModel(body['model'])
  const inputCharacters = checkMessages(body['messages']) + checkTools(body['tools'])
  checkFields(body, fields, restChecks)
  return {
    model,
    // Streams unless told not to.
    streaming: body['stream'] !== false,
    wantsStreamUsage: true,
    inputCharacters,
    fields,
  }
}

function checkMessages(value: unknown): number {
  const messages = listIn(value, 'messages')
  let characters = 0
  for (let index = 0; index < messages.length; index++) {
    const message: unknown = messages[index]
    if (!isObject(message)) refuse(`messages[${index}]`, 'must be an object')
    characters += checkMessage(message, `messages[${index}]`)
  }
  return characters
}

function checkMessage(message: MutableJson, path: string): number {
  const { role, content, thinking, images } = message
  if (!roles.has(role)) refuseRole(role, `${path}.role`, roles)
  if (isSet(content)) isString(content, `${path}.content`)
  if (isSet(thinking)) isString(thinking, `${path}.thinking`)
  checkImages(images, `${path}.images`)
  checkToolCalls(message['tool_calls'], `${path}.tool_calls`)
  return measure(content, path, 2) + measure(message['tool_calls'], `${path}.tool_calls`, 2)
}

function checkToolCalls(value: unknown, path: string): void {
  const calls = listIn(value, path)
  for (let index = 0; index < calls.length; index++) {
    const call = calls[index]
    const called = isObject(call) ? call['function'] : undefined
    if (!isObject(called)) refuse(`${path}[${index}].function`, 'must be an object with name and arguments')
    if (!isText(called['name'])) refuse(`${path}[${index}].function.name`, 'must be a non-empty string')
  }
}

/** @returns the UTF-16 units of the definitions */
function checkTools(tools: unknown): number {
  listIn(tools, 'tools').forEach((tool, index) => {
    const definition = isObject(tool) ? tool['function'] : undefined
    if (!isObject(definition)) refuse(`tools[${index}].function`, 'must be an object with a name')
    if (!isText(definition['name'])) refuse(`tools[${index}].function.name`, 'must be a non-empty string')
  })
  return measure(tools, 'tools', 1)
}
