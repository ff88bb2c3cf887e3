// GET /health: for people and monitors. /health/live: is the process alive. /health/ready: does it take requests.

import type { ControlRoute } from './route.ts'

export interface HealthDeps {
  readonly health: () => { readonly status: 'healthy' | 'degraded' | 'unhealthy' }
  /** false while starting and while shutting down. */
  readonly ready: () => boolean
}

export function healthRoutes({ health, ready }: HealthDeps): ControlRoute[] {
  return [
    {
      method: 'GET',
      path: '/health',
      access: 'open',
      answer(_, reply) {
        const document = health()
        // A degraded gateway still serves: taking it out of rotation would make matters worse.
        return reply.code(document.status === 'unhealthy' ? 503 : 200).send(document)
      },
    },
    { method: 'GET', path: '/health/live', access: 'open', answer: () => ({ status: 'alive' }) },
    {
      method: 'GET',
      path: '/health/ready',
      access: 'open',
      answer: (_, reply) => (ready() ? { status: 'ready' } : reply.code(503).send({ status: 'not_ready' })),
    },
  ]
}
