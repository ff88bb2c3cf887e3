// Which headers of a relayed request go to the provider, and which of its answer come back.

import type { IncomingHttpHeaders } from 'node:http'
import type { ReplyHeaders } from '../../call.ts'

/** They belong to one connection. https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const ofTheConnection = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
] as const

/** The client's credentials are for the gateway; where it comes from, and what it asks the gateway, is nobody else's. */
const keptHere: ReadonlySet<string> = new Set([
  ...ofTheConnection,
  'authorization',
  'api-key',
  'x-api-key',
  'x-goog-api-key',
  // What signs a request to the gateway, in AWS' way.
  'x-amz-date',
  'x-amz-content-sha256',
  'x-amz-security-token',
  'cookie',
  'host',
  // Set anew for the body that is really sent.
  'content-length',
  'expect',
  'origin',
  'referer',
  'via',
  'forwarded',
  'x-real-ip',
  // Answers are read for their usage, and would have to be unpacked.
  'accept-encoding',
])

/**
 * @param fixed what the provider's own configuration sets, name and value in turn: it wins
 * @param keyHeader the configured header of the gateway's keys
 */
export function requestHeaders(
  headers: IncomingHttpHeaders,
  fixed: readonly string[],
  keyHeader: string,
): readonly string[] {
  const refused = namesIn(headers.connection)
  const set = new Set(fixed.filter((_, index) => index % 2 === 0))
  const passed = ['accept-encoding', 'identity']
  for (const [name, value] of Object.entries(headers)) {
    if (keptHere.has(name) || name === keyHeader || set.has(name) || refused.has(name)) continue
    if (name.startsWith('x-llm-proxy-') || name.startsWith('x-forwarded-')) continue
    if (typeof value === 'string') passed.push(name, value)
  }
  return passed
}

/** A session of the gateway with the provider is not the client's, and neither are promises about the provider's address. */
const notPassedBack: ReadonlySet<string> = new Set([
  ...ofTheConnection,
  'set-cookie',
  'alt-svc',
  'strict-transport-security',
  'server',
  'via',
])

export function replyHeaders(headers: ReplyHeaders): string[] {
  const refused = namesIn(headers['connection'])
  const passed: string[] = []
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || notPassedBack.has(name) || refused.has(name)) continue
    if (name.startsWith('x-llm-proxy-') || name.startsWith('access-control-')) continue
    // Ours is the one by which a request is found here.
    const told = name === 'x-request-id' ? 'x-upstream-request-id' : name
    for (const each of typeof value === 'string' ? [value] : value) passed.push(told, each)
  }
  return passed
}

function namesIn(connection: string | readonly string[] | undefined): ReadonlySet<string> {
  return new Set(
    String(connection ?? '')
      .split(',')
      .map(name => name.trim().toLowerCase()),
  )
}
