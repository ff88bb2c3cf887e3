// `timeouts`, `http_client` and `retry`: how long the gateway waits for providers, and how it tries again.

import { z } from 'zod'
import { duration, section, wholeNumber } from './fields.ts'

export function timeoutsSection() {
  return section({
    ...timersOf('', {
      connect: '5s',
      headers: '300s',
      first_token: '60s',
      idle: '60s',
      min_tokens_per_second: '0',
      throughput_window: '10s',
    }),
    total: duration
      .prefault(600)
      .describe('For the whole request, all attempts together; a duration. Default: 600s.'),
  }).describe('How long the gateway waits for providers.')
}

/** The timers of an attempt. `fallback` tells in the descriptions what holds where none of its `own` defaults does. */
export function timersOf(fallback: string, own: Partial<Record<string, string>> = {}) {
  const words = (name: string) => (own[name] === undefined ? fallback : `Default: ${own[name]}.`)
  return {
    connect: duration
      .optional()
      .describe(`For the connection, TLS included; a duration. ${words('connect')}`),
    headers: duration
      .optional()
      .describe(
        `From the request to the answer's headers; minutes for a reasoning model that does not stream. A duration. ${words('headers')}`,
      ),
    first_token: duration
      .optional()
      .describe(`From the request to the first content of a stream; a duration. ${words('first_token')}`),
    idle: duration
      .optional()
      .describe(`Between two pieces of a stream or body; a duration. ${words('idle')}`),
    min_tokens_per_second: z
      .number()
      .min(0)
      .max(1_000_000)
      .optional()
      .describe(
        `A stream that is slower for a whole \`throughput_window\` counts as stalled; 0 for any pace. ${words('min_tokens_per_second')}`,
      ),
    throughput_window: duration
      .optional()
      .describe(`Over how long the pace of a stream is measured; a duration. ${words('throughput_window')}`),
  }
}

export function httpClientSection() {
  return section({
    timeout: duration
      .optional()
      .describe('Longest silence of a provider: headers, first_token and idle of `timeouts`. A duration.'),
    connect_timeout: duration.optional().describe('The same as `timeouts.connect`. A duration.'),
    read_timeout: duration.optional().describe('As `timeout`, and wins over it. A duration.'),
    pool_limits: section({
      max_connections: wholeNumber(1, 100_000)
        .optional()
        .describe(
          'Connections open at once to one provider. The variable HTTP_MAX_CONNECTIONS wins. Default: 10000.',
        ),
      max_keepalive_connections: wholeNumber(0)
        .optional()
        .describe('Understood, without effect: every connection is kept for reuse.'),
      keepalive_timeout: duration
        .optional()
        .describe('Understood, without effect: providers say how long they keep a connection. A duration.'),
    })
      .optional()
      .describe('Limits of the connections.'),
  }).describe('The client towards providers. `timeouts` wins over its timers.')
}

export function retrySection() {
  return section({
    base_ms: wholeNumber(1, 60_000).default(250).describe('Bound of the first pause, in ms. Default: 250.'),
    max_ms: wholeNumber(1, 600_000).default(8_000).describe('Bound of every pause, in ms. Default: 8000.'),
  })
    .superRefine(({ base_ms, max_ms }, context) => {
      if (max_ms < base_ms)
        context.addIssue({ code: 'custom', path: ['max_ms'], message: 'must not be less than `base_ms`' })
    })
    .describe('Pauses between attempts: random, up to a bound that doubles from `base_ms` to `max_ms`.')
}
