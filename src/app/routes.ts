// Which requests go where: the data plane by exact path, everything else to the control plane.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { listEndpoints } from '../endpoints/index.ts'
import { asGatewayError } from '../errors.ts'
import { formats } from '../formats/index.ts'
import type { Gateway } from '../gateway/exchange.ts'
import { handle } from '../gateway/handle.ts'
import { answerModels } from '../gateway/models.ts'
import { HttpCall } from '../server/http-call.ts'
import type { Handler, ListenerOptions, Methods } from '../server/listener.ts'
import { sendError } from '../server/write-error.ts'

export type Routes = Pick<ListenerOptions, 'routes' | 'prefixes' | 'fallback'>

/** @param fallback answers what is not of the data plane */
export function createRoutes(gateway: Gateway, fallback: Handler): Routes {
  const { alarms, clock } = gateway
  const routes = new Map<string, Methods>()
  for (const endpoint of listEndpoints(formats)) {
    routes.set(endpoint.route, {
      [endpoint.method]: (request, response) =>
        void handle(new HttpCall({ request, response, endpoint, alarms, clock }), gateway),
    })
  }
  const models: Methods = { GET: serveModels(gateway) }
  for (const path of ['/v1/models', '/v1beta/models']) routes.set(path, models)
  const prefixes = ['/v1/models/', '/v1beta/models/'].map(prefix => ({ prefix, methods: models }))
  return { routes, prefixes, fallback }
}

function serveModels(gateway: Gateway): Handler {
  return (request: IncomingMessage, response: ServerResponse, path: string) => {
    const { headers, socket } = request
    try {
      const question = { path, headers, remoteAddress: socket.remoteAddress }
      const body = JSON.stringify(answerModels(question, gateway.snapshot()))
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      })
      response.end(body)
    } catch (thrown) {
      sendError(response, asGatewayError(thrown))
    }
  }
}
