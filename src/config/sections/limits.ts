// `circuit_breaker` and `rate_limit`: when a provider is left alone, and what a key may ask for.

import { duration, section, wholeNumber } from './fields.ts'

export function circuitBreakerSection() {
  return section({
    failure_threshold: wholeNumber(1)
      .default(5)
      .describe('Failures in a row after which a model of a provider rests. Default: 5.'),
    recovery_timeout: duration.prefault(60).describe('How long it rests; a duration. Default: 60s.'),
    half_open_max_calls: wholeNumber(1)
      .default(3)
      .describe('Requests that try it out afterwards. Default: 3.'),
  }).describe('When a failing provider is left alone, and for how long.')
}

export function rateLimitSection() {
  return section({
    requests_per_window: wholeNumber(1)
      .optional()
      .describe(
        'Requests of one key in a window. The variable RATE_LIMIT_REQUESTS wins. Required here or there.',
      ),
    window_seconds: duration.prefault(60).describe('Length of the window; a duration. Default: 60s.'),
    burst_limit: wholeNumber(1)
      .optional()
      .describe('Requests of one key at a stroke. Default: requests_per_window.'),
  }).describe('Limit for each key. Without this section: none.')
}
