// The shape of a request of Ollama's chat. https://docs.ollama.com/api/chat

import { isObject, isText, type MutableJson } from '../../lib/json-value.ts'
import type { JsonObject, RequestFacts } from '../format.ts'
import { checkImages, restChecks } from '../ollama-shared/checks.ts'
import { checkFields, checkModel, isString, measure, refuse } from '../shared/checks.ts'

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

function checkMessages(messages: unknown): number {
  if (messages === undefined || messages === null) return 0
  if (!Array.isArray(messages)) refuse('messages', 'must be a list')
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
  if (role === undefined) refuse(`${path}.role`, 'is missing')
  if (!roles.has(role)) refuse(`${path}.role`, `must be one of ${Array.from(roles).join(', ')}`)
  if ((content ?? null) !== null) isString(content, `${path}.content`)
  if ((thinking ?? null) !== null) isString(thinking, `${path}.thinking`)
  checkImages(images, `${path}.images`)
  checkToolCalls(message['tool_calls'], `${path}.tool_calls`)
  return measure(content, path, 2) + measure(message['tool_calls'], `${path}.tool_calls`, 2)
}

function checkToolCalls(calls: unknown, path: string): void {
  if (calls === undefined || calls === null) return
  if (!Array.isArray(calls)) refuse(path, 'must be a list')
  calls.forEach((call: unknown, index) => {
    const called = isObject(call) ? call['function'] : undefined
    if (!isObject(called)) refuse(`${path}[${index}].function`, 'must be an object with name and arguments')
    if (!isText(called['name'])) refuse(`${path}[${index}].function.name`, 'must be a non-empty string')
  })
}

/** @returns the UTF-16 units of the definitions */
function checkTools(tools: unknown): number {
  if (tools === undefined || tools === null) return 0
  if (!Array.isArray(tools)) refuse('tools', 'must be a list')
  tools.forEach((tool: unknown, index) => {
    const definition = isObject(tool) ? tool['function'] : undefined
    if (!isObject(definition)) refuse(`tools[${index}].function`, 'must be an object with a name')
    if (!isText(definition['name'])) refuse(`tools[${index}].function.name`, 'must be a non-empty string')
  })
  return measure(tools, 'tools', 1)
}
