// GET /: says what this is and where to go on.

import type { ControlRoute } from './route.ts'

export interface WelcomeDeps {
  readonly name: string
  readonly version: string
}

export function welcomeRoutes({ name, version }: WelcomeDeps): ControlRoute[] {
  return [
    {
      method: 'GET',
      path: '/',
      access: 'open',
      answer: () => ({
        name,
        version,
        links: {
          models: '/v1/models',
          catalogue: '/api/models',
          chat: '/v1/chat/completions',
          health: '/health',
          metrics: '/metrics',
          prometheus: '/metrics/prometheus',
        },
      }),
    },
  ]
}
