// `server`: where the gateway listens, and its patience with clients.

import { z } from 'zod'
import { duration, mebibytes, section, wholeNumber } from './fields.ts'

export const hostPattern = /^[\w.:-]+$/
export const hostMessage = 'must be a host name or an address'

export function serverSection() {
  return section({
    host: z
      .string()
      .regex(hostPattern, hostMessage)
      .default('127.0.0.1')
      .describe(
        'Address to listen on; `0.0.0.0` for every interface. The variable HOST wins. Default: 127.0.0.1.',
      ),
    port: wholeNumber(0, 65_535)
      .default(8000)
      .describe('Port; 0 takes a free one. The variable PORT wins. Default: 8000.'),
    debug: z.boolean().default(false).describe('`true` sets the log level to debug. Default: false.'),
    reload: z
      .boolean()
      .default(true)
      .describe('Watch this file and take over a valid change without a restart. Default: true.'),
    max_body_mb: mebibytes(1_024)
      .prefault(16)
      .describe('Largest request body, in MiB; a larger one is answered with 413. Default: 16.'),
    max_upload_mb: mebibytes(10_240)
      .prefault(512)
      .describe(
        'Largest body of a file or a raw request, in MiB: these are passed on while they come. Default: 512.',
      ),
    headers_timeout: duration
      .prefault(20)
      .describe("Time for a request's headers to arrive whole; a duration. Default: 20s."),
    body_timeout: duration
      .prefault(60)
      .describe("Time for a request's body to arrive whole; a duration. Default: 60s."),
    keep_alive: duration
      .prefault(65)
      .describe('How long an idle connection of a client stays open; a duration. Default: 65s.'),
    ping_after: duration
      .prefault(15)
      .describe('A waiting stream gets a comment after this long without bytes; a duration. Default: 15s.'),
    shutdown_timeout: duration
      .prefault(30)
      .describe('How long requests in flight may go on at shutdown; a duration. Default: 30s.'),
  }).describe('Where the gateway listens, and its patience with clients.')
}
