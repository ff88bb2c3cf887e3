// Our errors in Mistral's shape, which is that of OpenAI without the wrapper.

import type { GatewayError } from '../../errors.ts'
import { describeError } from '../openai-shared/error-body.ts'

/** `{"object": "error", "message", "type", "param", "code"}` */
export function errorText(error: GatewayError): string {
  return JSON.stringify({ object: 'error', ...describeError(error) })
}

export function encodeError(error: GatewayError): Buffer {
  return Buffer.from(errorText(error))
}

/** The error as the last event of a stream: clients fail on it, as it is no chunk. */
export function encodeStreamError(error: GatewayError): Buffer {
  return Buffer.from(`data: ${errorText(error)}\n\n`)
}
