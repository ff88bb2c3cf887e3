// Clients of one vendor who ask at the addresses of another, and read answers by a schema of their own: they say who they
// are in `user-agent`.

import type { IncomingHttpHeaders } from 'node:http'
import type { Endpoint } from './endpoint.ts'

/** How the SDKs of Mistral, in every language, begin to name themselves. */
const mistralClients = 'mistral-client-'

export function isClientOfMistral(headers: Readonly<Record<string, unknown>>): boolean {
  const { 'user-agent': agent } = headers
  return typeof agent === 'string' && agent.startsWith(mistralClients)
}

/** The endpoint as this client means it. */
export function inDialect(endpoint: Endpoint, headers: IncomingHttpHeaders): Endpoint {
  const { forMistral } = endpoint
  return forMistral !== undefined && isClientOfMistral(headers) ? forMistral : endpoint
}
