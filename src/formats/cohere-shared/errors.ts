// Cohere's errors: `{"id": "…", "message": "…"}`. https://docs.cohere.com/reference/errors

import type { ReplyHeaders } from '../../call.ts'
import type { GatewayError } from '../../errors.ts'
import type { UpstreamFailure } from '../format.ts'
import { decodeError as decodeCommonError, failureOf } from '../openai-shared/errors.ts'
import { errorOf } from '../shared/errors.ts'

const promptTooLong = /^too many tokens: (?!max[ _]tokens must)/i
/** Status of an answer in which a blocked word was sent or would have been. */
const blocked = 498

export function decodeError(answer: {
  status: number
  headers: ReplyHeaders
  body: Buffer
}): UpstreamFailure {
  const failure = decodeCommonError(answer)
  const { status } = answer
  if (status === blocked) return { ...failure, code: 'content_filter' }
  if (status < 500 && promptTooLong.test(failure.message))
    return { ...failure, code: 'context_length_exceeded' }
  return failure
}

export function encodeError(error: GatewayError): Buffer {
  return Buffer.from(JSON.stringify(describeError(error)))
}

function describeError({ message, code, param }: GatewayError) {
  return { message, code, ...(param !== null && { param }) }
}

/** What an answer says that is an error in spite of its status: a message, and nothing of an answer. */
export function failureInAnswer(said: unknown): GatewayError {
  return errorOf({ ...failureOf(said, 500), code: 'upstream_error' })
}
