// Ollama's errors: `{"error": "…"}`, in an answer and as the last line of a stream.

import { GatewayError } from '../../errors.ts'
import { isText, type JsonObject } from '../../lib/json-value.ts'
import { failureOf } from '../openai-shared/errors.ts'

export function encodeError({ message }: GatewayError): Buffer {
  return Buffer.from(JSON.stringify({ error: message }))
}

export function encodeStreamError({ message }: GatewayError): Buffer {
  return Buffer.from(`${JSON.stringify({ error: message })}\n`)
}

/** @throws GatewayError where an answer is an error in spite of its status */
export function checkAnswer(answer: JsonObject): void {
  if (!isText(answer['error'])) return
  const { message } = failureOf(answer, 500)
  throw new GatewayError('upstream_error', { message })
}
