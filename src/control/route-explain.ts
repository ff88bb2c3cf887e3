// POST /api/route/explain: which way a request would go, and why, without sending it.

import type { ControlRoute } from './route.ts'

export interface ExplainRouteDeps {
  /** @throws GatewayError 400, 404 */
  readonly explainRoute: (question: unknown) => object
}

export function explainRoutes({ explainRoute }: ExplainRouteDeps): ControlRoute[] {
  return [{ method: 'POST', path: '/api/route/explain', answer: ({ body }) => explainRoute(body) }]
}
