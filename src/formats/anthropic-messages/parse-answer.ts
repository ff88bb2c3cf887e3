// The body of an answer as JSON.

import { malformed } from './decode-response.ts'

/** @throws GatewayError `upstream_malformed` */
export function parseAnswer(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    throw malformed('is not JSON')
  }
}
