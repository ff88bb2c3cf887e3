// `redis`: where several instances of the gateway share what they know.

import { z } from 'zod'
import { duration, secret, section, text } from './fields.ts'

export function redisSection() {
  return section({
    url: redisAddress
      .optional()
      .describe(
        '`redis://HOST:PORT/DATABASE`, or `rediss://` for TLS. The variable REDIS_URL wins. Required here or there.',
      ),
    username: text.optional().describe('User of the server. Default: that of the address, else none.'),
    password: secret.optional().describe('Its password. Default: that of the address, else none.'),
    tls: tlsSection().optional(),
    prefix: z
      .string()
      .regex(/^[!-~]{1,64}$/, 'must be 1 to 64 printable characters without blanks')
      .default('llm-proxy')
      .describe(
        'What every key begins with; gateways that share nothing have different ones. Default: llm-proxy.',
      ),
    timeout: duration
      .prefault('50ms')
      .describe('A server that does not answer in this time is done without; a duration. Default: 50ms.'),
  }).describe('Sharing between several instances. Without this section and REDIS_URL: none.')
}

const certificateRule = 'needs `cert_file` and `key_file`, or neither'

function tlsSection() {
  return section({
    ca_file: text
      .optional()
      .describe(
        'Certificates of the authorities to trust in place of the public ones, as PEM. Default: the public ones.',
      ),
    cert_file: text
      .optional()
      .describe('Certificate to show, with those that vouch for it, as PEM. Default: none.'),
    key_file: text.optional().describe('Its private key, as PEM. Required with `cert_file`.'),
    server_name: text
      .optional()
      .describe('Name for which the certificate of the server must stand. Default: the host of the address.'),
  })
    .refine(
      ({ cert_file: certificate, key_file: key }) => (certificate === undefined) === (key === undefined),
      {
        error: certificateRule,
      },
    )
    .describe('How a `rediss://` server is trusted. The files are read with each new connection.')
}

export const redisAddressMessage =
  'must be a redis:// or rediss:// address: redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]'

const redisAddress = z.string().refine(value => readRedisAddress(value) !== null, redisAddressMessage)

export interface RedisAddress {
  /** Without user and password. */
  readonly url: string
  readonly username: string | null
  readonly password: string | null
}

/** Null where it is none. */
export function readRedisAddress(value: string): RedisAddress | null {
  const url = URL.parse(value)
  if (url === null || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '') return null
  if (!/^(\/\d*)?$/.test(url.pathname) || url.search !== '' || url.hash !== '') return null
  const username = readPart(url.username)
  const password = readPart(url.password)
  if (username === null || password === null) return null
  url.username = ''
  url.password = ''
  return { url: url.href.replace(/\/$/, ''), username: username || null, password: password || null }
}

function readPart(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}
