// What a request needs of a model beside text, told by the shapes that all formats share.

import { isObject, type JsonObject } from '../../lib/json-value.ts'

export interface Needs {
  readonly tools: boolean
  readonly vision: boolean
  readonly json: boolean
  readonly reasoning: boolean
}

export function findNeeds(body: JsonObject): Needs {
  return {
    tools: asksFor(body['tools']) || asksFor(body['functions']) || asksFor(body['toolConfig']),
    vision: holdsImage(body['messages']) || holdsImage(body['input']) || holdsImage(body['contents']),
    json: wantsJson(body),
    reasoning: wantsReasoning(body),
  }
}

function asksFor(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  return value !== undefined && value !== null && value !== false
}

function wantsJson({ response_format, format, text, output_config, generationConfig }: JsonObject): boolean {
  if (isObject(response_format)) return response_format['type'] !== 'text'
  if (asksFor(format)) return format !== ''
  if (isObject(text) && isObject(text['format'])) return text['format']['type'] !== 'text'
  if (isObject(output_config)) return asksFor(output_config['format'])
  if (!isObject(generationConfig)) return false
  return (
    generationConfig['responseMimeType'] === 'application/json' ||
    asksFor(generationConfig['responseSchema']) ||
    asksFor(generationConfig['responseJsonSchema'])
  )
}

function wantsReasoning(body: JsonObject): boolean {
  const { reasoning_effort, reasoning, thinking, think, generationConfig } = body
  if (typeof reasoning_effort === 'string') return reasoning_effort !== 'none'
  if (isObject(thinking)) return thinking['type'] !== 'disabled'
  if (isObject(generationConfig) && isObject(generationConfig['thinkingConfig'])) return true
  return asksFor(reasoning) || asksFor(think)
}

const imageTypes: ReadonlySet<unknown> = new Set(['image_url', 'input_image', 'image'])
/** Fields of parts that have no type. */
const imageFields = ['image', 'inlineData', 'inline_data', 'fileData', 'file_data'] as const

function holdsImage(messages: unknown): boolean {
  if (!Array.isArray(messages)) return false
  for (const message of messages as readonly unknown[]) {
    if (!isObject(message)) continue
    const { content, parts, images } = message
    if (partsHoldImage(content) || partsHoldImage(parts) || asksFor(images)) return true
    // An item of a list of inputs may be an image itself.
    if (message['role'] === undefined && isImage(message)) return true
  }
  return false
}

function partsHoldImage(parts: unknown): boolean {
  if (!Array.isArray(parts)) return false
  for (const part of parts as readonly unknown[]) {
    if (!isObject(part)) continue
    if (isImage(part)) return true
    // Answers of tools have parts of their own.
    const { content } = part
    if (Array.isArray(content) && content.some(inner => isObject(inner) && isImage(inner))) return true
  }
  return false
}

function isImage(part: JsonObject): boolean {
  const { type } = part
  if (type !== undefined) return imageTypes.has(type)
  for (const field of imageFields) if (part[field] !== undefined) return true
  return false
}
