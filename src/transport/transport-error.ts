// What undici and the operating system throw, in our vocabulary.

import type { Target } from '../call.ts'
import { type ErrorCode, GatewayError } from '../errors.ts'

export interface TransportFailure {
  readonly error: GatewayError
  /** A kept-alive socket that the other side had closed: the request was most likely never seen. */
  readonly stale: boolean
}

const codes: Readonly<Record<string, ErrorCode>> = {
  UND_ERR_CONNECT_TIMEOUT: 'upstream_timeout',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'upstream_truncated',
  UND_ERR_HEADERS_OVERFLOW: 'upstream_malformed',
  UND_ERR_ABORTED: 'client_disconnected',
  // The parser's error, whose own code (HPE_…) is not always there.
  HTTPParserError: 'upstream_malformed',
}

export function describeTransportError(
  cause: Error,
  seen: { readonly request: { readonly target: Pick<Target, 'connection'> }; readonly answerBegan: boolean },
): TransportFailure {
  // The body that is being sent has failed, and says why.
  if (cause instanceof GatewayError) return { error: cause, stale: false }
  const reason = (cause as NodeJS.ErrnoException).code ?? cause.name
  const { connection } = seen.request.target
  const code = codes[reason] ?? fallbackCode(reason, seen.answerBegan)
  const timers =
    code === 'upstream_timeout' ? ` within ${connection.timers.connectMs} ms (timer: connect)` : ''
  const words = seen.answerBegan
    ? `The connection to ${connection.provider} broke in the middle of its answer (${reason}).`
    : `${connection.provider} at ${connection.origin} cannot be reached${timers} (${reason}).`
  return {
    error: new GatewayError(code, { message: words, provider: connection.provider, cause }),
    stale: reason === 'UND_ERR_SOCKET' || reason === 'ECONNRESET' || reason === 'EPIPE',
  }
}

function fallbackCode(reason: string, answerBegan: boolean): ErrorCode {
  if (reason.startsWith('HPE_')) return 'upstream_malformed'
  return answerBegan ? 'upstream_truncated' : 'upstream_unreachable'
}
