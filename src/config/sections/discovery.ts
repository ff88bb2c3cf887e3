// `discovery`: how often providers are asked for the models that they have.

import { z } from 'zod'
import { duration, fraction, section } from './fields.ts'

export function discoverySection() {
  return section({
    enabled: z
      .boolean()
      .default(true)
      .describe(
        '`false` asks no provider: the names that are built in, or configured, are served. Default: true.',
      ),
    interval: duration.prefault(3_600).describe('Between two questions; a duration. Default: 1h.'),
    timeout: duration.prefault(10).describe('For each request of a question; a duration. Default: 10s.'),
    jitter: fraction
      .default(0.1)
      .describe('By which share the interval is longer or shorter by chance, 0 to 1. Default: 0.1.'),
  }).describe('Which models the providers have: asked at the start and then again and again.')
}
