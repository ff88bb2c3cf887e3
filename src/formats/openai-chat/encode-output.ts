// The form of the answer: text, JSON, or JSON that fits a schema.

import type { Conversation, Message, OutputFormat } from '../../conversation/conversation.ts'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { present } from '../openai-shared/fields.ts'
import type { Writing } from './encode-content.ts'
import { schemaStyle } from './quirks.ts'

/** @throws GatewayError `unsupported_parameter` for a schema where only a tool could stand in for it */
export function encodeOutput(
  output: OutputFormat | undefined,
  model: string,
  { dialect }: Writing,
): JsonObject {
  if (output === undefined) return {}
  if (output.type === 'text') return { response_format: { type: 'text' } }
  const style = schemaStyle(dialect, model)
  if (output.type === 'json' || style === 'prompt') return { response_format: { type: 'json_object' } }
  if (style === 'tool')
    throw new GatewayError('unsupported_parameter', {
      message: 'This provider does not take a schema for its answer.',
      param: 'response_format',
    })
  const { name = 'response', description, schema, strict } = output
  return {
    response_format: { type: 'json_schema', json_schema: present({ name, description, schema, strict }) },
  }
}

/**
 * Shows the schema to a model whose provider knows only that JSON is wanted, and says that JSON is wanted where nobody
 * has: OpenAI and others refuse `json_object` without the word in the prompt.
 * https://platform.openai.com/docs/guides/structured-outputs#json-mode
 */
export function outputMessage(
  { output, messages }: Conversation,
  model: string,
  { dialect }: Writing,
): readonly JsonObject[] {
  if (output?.type === 'json')
    return messages.some(mentionsJson) ? [] : [{ role: 'system', content: 'Answer with a JSON object.' }]
  if (output?.type !== 'json_schema' || schemaStyle(dialect, model) !== 'prompt') return []
  const { description, schema } = output
  const about = description === undefined ? '' : ` (${description})`
  const content = `Answer with JSON${about} that fits this schema, and with nothing else: ${JSON.stringify(schema)}`
  return [{ role: 'system', content }]
}

function mentionsJson({ parts }: Message): boolean {
  return parts.some(part => part.type === 'text' && /json/i.test(part.text))
}
