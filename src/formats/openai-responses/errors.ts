// Our errors inside a stream of this format, in the order in which OpenAI tells them. A client that waits for exceptions
// gets one from the first event; one that watches the response sees it fail in the second, with what had been said.
// https://platform.openai.com/docs/api-reference/responses-streaming

import type { ErrorCode, GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { WireEvent } from '../format.ts'
import { eventStream } from '../framing/event-stream.ts'
import { encodeError } from '../openai-shared/error-body.ts'

/** Those that clients act upon; for all others it is the server's fault. */
const codes: Readonly<Partial<Record<ErrorCode, string>>> = {
  context_length_exceeded: 'context_length_exceeded',
  content_filter: 'invalid_prompt',
  invalid_request: 'invalid_prompt',
  upstream_invalid_request: 'invalid_prompt',
  rate_limit_exceeded: 'rate_limit_exceeded',
  upstream_rate_limited: 'rate_limit_exceeded',
  upstream_quota_exceeded: 'insufficient_quota',
}

/** The `error` of a response that failed. */
export function responseError({ code, message }: GatewayError): JsonObject {
  return { code: codes[code] ?? 'server_error', message }
}

/** The last two events of a stream that failed. @param sequence the number of the first */
export function failureEvents(
  error: GatewayError,
  response: JsonObject,
  sequence: number,
): readonly WireEvent[] {
  const { error: body } = JSON.parse(encodeError(error).toString()) as { error: JsonObject }
  const told = {
    type: 'error',
    code: body['code'],
    message: error.message,
    param: error.param,
    sequence_number: sequence,
    error: body,
  }
  const failed = { type: 'response.failed', response, sequence_number: sequence + 1 }
  return [
    { name: 'error', data: JSON.stringify(told) },
    { name: 'response.failed', data: JSON.stringify(failed) },
  ]
}

/** For a stream of which nothing is known: it had said nothing yet. */
export function encodeStreamError(error: GatewayError): Buffer {
  const response = {
    id: 'resp_failed',
    object: 'response',
    created_at: 0,
    status: 'failed',
    error: responseError(error),
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model: '',
    output: [],
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
  }
  return eventStream.frame(failureEvents(error, response, 0))
}
