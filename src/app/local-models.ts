// Answers what clients of a server on one's own machine ask before they chat: which models there are, what one can do,
// and how new the server is.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { listSteps as describeSteps, loadedModels, showModel, version } from '../endpoints/local-models.ts'
import { asGatewayError, GatewayError } from '../errors.ts'
import { parseJsonBody } from '../formats/json-body.ts'
import type { Gateway } from '../gateway/exchange.ts'
import { type Asking, findModel, listSteps } from '../gateway/models.ts'
import { isText } from '../lib/json-value.ts'
import { runInSlices } from '../lib/slices.ts'
import { HttpCall } from '../server/http-call.ts'
import type { Methods } from '../server/listener.ts'
import { sendError } from '../server/write-error.ts'
import { sendJson } from '../server/write-json.ts'

/** @param endpoint the chat of the same clients: its format says how they are told errors */
export function localModelRoutes(
  gateway: Gateway,
  endpoint: Endpoint,
): readonly (readonly [string, Methods])[] {
  const answer =
    (make: (request: IncomingMessage, response: ServerResponse) => object | Promise<object>) =>
    (request: IncomingMessage, response: ServerResponse): void => {
      void Promise.resolve()
        .then(() => make(request, response))
        .then(
          body => sendJson(response, body),
          (thrown: unknown) => {
            const error = asGatewayError(thrown)
            sendError(response, error, endpoint.format.encodeError(error))
          },
        )
    }
  const authenticated = ({ headers, socket }: IncomingMessage): Asking => {
    const snapshot = gateway.snapshot()
    const principal = snapshot.authenticate(headers, socket.remoteAddress)
    return { principal, snapshot, gateway }
  }
  const list = async (request: IncomingMessage): Promise<object> => {
    const asking = authenticated(request)
    await gateway.models.ready()
    return runInSlices(listSteps(asking, describeSteps))
  }
  const show = async (request: IncomingMessage, response: ServerResponse) => {
    const asking = authenticated(request)
    const { snapshot } = asking
    const { alarms, clock } = gateway
    const address = { model: null, streaming: null }
    const call = new HttpCall({ request, response, endpoint, address, alarms, clock })
    const bounds = { maxBytes: snapshot.maxBodyBytes, timeoutMs: snapshot.bodyTimeoutMs }
    const body = parseJsonBody(await call.readBody(bounds))
    const name = body['model'] ?? body['name']
    if (!isText(name))
      throw new GatewayError('invalid_request', { message: '`model` is missing.', param: 'model' })
    await gateway.models.ready()
    return showModel(findModel(name, asking))
  }
  return [
    ['/api/tags', { GET: answer(list) }],
    [
      '/api/ps',
      {
        GET: answer(request => {
          authenticated(request)
          return loadedModels
        }),
      },
    ],
    ['/api/show', { POST: answer(show) }],
    ['/api/version', { GET: answer(() => version) }],
  ]
}
