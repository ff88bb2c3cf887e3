// GET /metrics as JSON, and /metrics/prometheus as text for a scraper.

import { GatewayError } from '../errors.ts'
import type { ControlRoute } from './route.ts'

export interface MetricsDeps {
  readonly metricsDocument: () => object
  /** null where metrics are switched off. */
  readonly prometheus: { readonly contentType: string; render(): string } | null
}

export function metricsRoutes({ metricsDocument, prometheus }: MetricsDeps): ControlRoute[] {
  return [
    { method: 'GET', path: '/metrics', answer: () => metricsDocument() },
    {
      method: 'GET',
      path: '/metrics/prometheus',
      answer(_, reply) {
        if (prometheus === null)
          throw new GatewayError('not_found', {
            message: 'Metrics are switched off: set `metrics.enabled` to true in the configuration.',
          })
        return reply.type(prometheus.contentType).send(prometheus.render())
      },
    },
  ]
}
