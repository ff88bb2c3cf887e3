// The policies of routes as the configuration has them. A program whose configuration has no such section yet is asked
// without: the board shows what it lacks.

import { configurationSchema } from '../../../src/config/schema.ts'
import type { RescuePolicy } from '../../../src/gateway/route-policy.ts'
import type { Sections } from '../../support/scene.ts'

/** The kind of failure after which a list of its own is asked. */
export type Fallback = 'context_length' | 'content_filter'

export interface Policies {
  /** For all routes. */
  readonly rescue: RescuePolicy | undefined
  readonly rules: readonly FallbackRule[]
}

export interface FallbackRule {
  /** The name that clients ask for. */
  readonly models: string
  readonly fallback: Fallback
  readonly use: string
}

export function routing({ rescue, rules }: Policies): Sections {
  const known = 'routing' in configurationSchema(null).shape
  if (!known || (rescue === undefined && rules.length === 0)) return {}
  return {
    routing: {
      ...(rescue !== undefined && { defaults: { rescue } }),
      rules: rules.map(({ models, fallback, use }) => ({
        name: models,
        models: [models],
        fallbacks: { [fallback]: [use] },
      })),
    },
  }
}
