// Errors of requests that never reached the gateway: no route, or not even HTTP. In the shape that all clients of the
// data plane understand.

import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type ErrorCode, GatewayError } from '../errors.ts'

/** @param body for clients of another format */
export function sendError(
  response: ServerResponse,
  error: GatewayError,
  body: string | Buffer = errorBody(error),
): void {
  response.writeHead(error.entry.status, [
    'content-type',
    'application/json',
    'content-length',
    String(Buffer.byteLength(body)),
  ])
  response.end(body)
}

interface ParserError extends Error {
  readonly code?: string
  /** What the parser says, without its own prefix. */
  readonly reason?: string
}

/** Answers bytes that are not a request, or not in time; the connection ends, because its framing is lost. */
export function answerBrokenRequest(cause: ParserError, socket: Socket): void {
  const answering = (socket as Socket & { _httpMessage?: ServerResponse })._httpMessage
  if (!socket.writable || cause.code === 'ECONNRESET' || answering?.headersSent === true) {
    socket.destroy()
    return
  }
  const error = describeBrokenRequest(cause)
  const body = errorBody(error)
  const { status } = error.entry
  socket.end(
    `HTTP/1.1 ${status} ${statusText[status] ?? 'Error'}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

const statusText: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

function describeBrokenRequest(cause: ParserError): GatewayError {
  const codes: Readonly<Record<string, [ErrorCode, string]>> = {
    ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'headers'],
    HPE_HEADER_OVERFLOW: ['headers_too_large', 'headers'],
    HPE_CHUNK_EXTENSIONS_OVERFLOW: ['body_too_large', 'transfer-encoding'],
  }
  const known = codes[cause.code ?? '']
  if (known !== undefined) return new GatewayError(known[0], { param: known[1] })
  if (cause.code === 'HPE_PAUSED_H2_UPGRADE') {
    const message = 'HTTP/2 is not spoken here: use HTTP/1.1.'
    return new GatewayError('invalid_request', { message, param: 'version' })
  }
  const reason = cause.reason ?? 'it cannot be parsed'
  const header =
    /transfer-encoding|content-length|host|header|method|url|version/i.exec(reason)?.[0] ?? 'headers'
  return new GatewayError('invalid_request', {
    message: `The request is not valid HTTP: ${reason}.`,
    param: header.toLowerCase(),
  })
}

function errorBody({ message, entry, param, code }: GatewayError): string {
  return JSON.stringify({ error: { message, type: entry.type, param, code } })
}
