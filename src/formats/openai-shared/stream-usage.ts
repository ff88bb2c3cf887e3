// Asking for the token counts of a stream, which OpenAI sends only on request.

import { isObject } from '../../lib/json-value.ts'
import type { FieldEdits, JsonObject } from '../format.ts'

/** Whether the client itself asked. */
export function wantsStreamUsage(body: JsonObject): boolean {
  const options = body['stream_options']
  return isObject(options) && options['include_usage'] === true
}

/** Other options of the stream stay as the client set them. */
export function editsForUsage(body: JsonObject): FieldEdits {
  if (body['stream'] !== true) return {}
  const options = body['stream_options']
  if (!isObject(options)) return { stream_options: '{"include_usage":true}' }
  if (options['include_usage'] === true) return {}
  return { stream_options: JSON.stringify({ ...options, include_usage: true }) }
}
