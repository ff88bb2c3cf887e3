// `simulator`: the built-in provider that answers without a network.

import { z } from 'zod'
import { section, wholeNumber } from './fields.ts'

export function simulatorSection() {
  return section({
    seed: wholeNumber(0).default(1).describe('The same seed gives the same answers. Default: 1.'),
    first_token_ms: z
      .number()
      .min(0)
      .max(600_000)
      .default(100)
      .describe('Before the first token, in ms. Default: 100.'),
    token_ms: z.number().min(0).max(60_000).default(10).describe('Between tokens, in ms. Default: 10.'),
  }).describe('The built-in provider `simulator`, which answers without a network.')
}
