// `auth`: who may use the gateway.

import { z } from 'zod'
import { headerName, secret, section } from './fields.ts'

export function authSection() {
  return section({
    required: z
      .boolean()
      .default(true)
      .describe(
        'Whether a key is needed. `false` only on a loopback host. The variable API_KEYS_REQUIRED wins. Default: true.',
      ),
    api_keys: z
      .array(secret)
      .default([])
      .describe('Keys of the clients. The variable LLM_PROXY_API_KEYS (comma list) replaces them.'),
    api_key_header: headerName
      .prefault('X-API-Key')
      .describe(
        'Header that may hold the key, beside `Authorization: Bearer`, `api-key`, `x-api-key` and `x-goog-api-key`, which are always read. Default: X-API-Key.',
      ),
  }).describe('Who may use the gateway.')
}
