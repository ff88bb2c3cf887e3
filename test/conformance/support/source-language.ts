// The cases of another gateway were written down in its own language: unions are objects with one field for each kind,
// what is not set is null, constants are left out. Here they become the JSON that a client or a provider sends.

import { type Json, objectAt } from './json.ts'

/** Without what is not set. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter(item => item !== null).map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([, inner]) => inner !== null)
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutNulls(inner)]))
}

/** The one kind of a union that is set: `{ auto: { type: 'auto' } }` means what stands inside. */
export function unionValue(value: unknown): unknown {
  return Object.values(value as Json)[0]
}

/** Content of messages: a text, or a list whose items are unions as well. */
export function blocksOf(content: unknown): unknown {
  if (typeof content !== 'object' || content === null) return content
  const { text, texts, array } = content as Json
  if (typeof text === 'string') return text
  const blocks = (texts ?? array) as Json[] | undefined
  return blocks?.flatMap(block => {
    const inner = texts === undefined ? unionValue(block) : block
    return inner === null ? [] : { type: 'text', ...(inner as Json) }
  })
}

/** A request of chat completions: content of one part stands without its list, and parts may lack their type. */
export function clientChat(body: Json): Json {
  const { messages, response_format: format } = body
  return {
    ...body,
    ...(Array.isArray(messages) && { messages: messages.map(clientMessage) }),
    ...(format !== undefined && { response_format: clientOutput(format as Json) }),
  }
}

export function clientMessage(message: Json): Json {
  const { content } = message
  if (Array.isArray(content)) return { ...message, content: content.map(clientPart) }
  if (typeof content !== 'object' || content === null) return message
  return { ...message, content: [clientPart(content)] }
}

function clientPart(part: unknown): unknown {
  if (typeof part !== 'object' || part === null || 'type' in part) return part
  const kind = ['text', 'image_url', 'refusal'].find(name => name in part)
  return kind === undefined ? part : { type: kind, ...part }
}

/** A schema is written as text there, and may have no name. */
function clientOutput(format: Json): Json {
  if (format['type'] !== 'json_schema') return format
  const { schema, ...rest } = objectAt(format, 'json_schema')
  return { ...format, json_schema: { name: 'answer', ...rest, schema: parsed(schema) } }
}

function parsed(schema: unknown): unknown {
  if (typeof schema !== 'string') return schema
  try {
    return JSON.parse(schema)
  } catch {
    return schema
  }
}
