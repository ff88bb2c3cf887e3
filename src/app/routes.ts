// Which requests go where: the data plane by its paths, everything else to the control plane.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { inDialect } from '../endpoints/dialect.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { listEndpoints } from '../endpoints/index.ts'
import { modelPaths, shapeOfModels, takesKeyInQuery } from '../endpoints/models.ts'
import { listRelays, type RelayEndpoint } from '../endpoints/relays.ts'
import { compileRoute, hasPlaceholder } from '../endpoints/route.ts'
import { asGatewayError } from '../errors.ts'
import type { Address, Format } from '../formats/format.ts'
import { formats } from '../formats/index.ts'
import type { Gateway } from '../gateway/exchange.ts'
import { handle } from '../gateway/handle.ts'
import { answerModels } from '../gateway/models.ts'
import { relay } from '../gateway/relay/relay.ts'
import { HttpCall, HttpRelayCall } from '../server/http-call.ts'
import type { Handler, ListenerOptions, Methods } from '../server/listener.ts'
import { sendError } from '../server/write-error.ts'
import { sendJson } from '../server/write-json.ts'
import { localModelRoutes } from './local-models.ts'
import { queryOf } from './query.ts'
import { responsePrefixes } from './response-routes.ts'

export type Routes = Pick<ListenerOptions, 'routes' | 'prefixes' | 'fallback'>

/** The body says it all. */
const noAddress: Address = { model: null, streaming: null }

/** @param fallback answers what is not of the data plane */
export function createRoutes(gateway: Gateway, fallback: Handler): Routes {
  const endpoints = listEndpoints(formats)
  const serve: ServeCall = ({ request, response, endpoint: declared, address }) => {
    const { alarms, clock } = gateway
    const endpoint = inDialect(declared, request.headers)
    const call = new HttpCall({ request, response, endpoint, address, alarms, clock })
    void handle(call, gateway)
  }
  const routes = new Map<string, Methods>()
  for (const endpoint of endpoints) {
    if (hasPlaceholder(endpoint.route)) continue
    routes.set(endpoint.route, {
      [endpoint.method]: (request, response) => serve({ request, response, endpoint, address: noAddress }),
    })
  }
  const local = endpoints.find(({ route }) => route === '/api/chat')
  if (local !== undefined)
    for (const [path, methods] of localModelRoutes(gateway, local)) routes.set(path, methods)
  const models: Methods = { GET: serveModels(gateway) }
  for (const path of modelPaths) routes.set(path, models)
  const patterns = groupByPrefix(endpoints.filter(({ route }) => hasPlaceholder(route)))
  const single = modelPaths.map(path => `${path}/`)
  for (const prefix of single) if (!patterns.has(prefix)) patterns.set(prefix, [])
  const patternPrefixes = [...patterns].map(([prefix, group]) => ({
    prefix,
    methods: {
      ...(single.includes(prefix) && models),
      ...(group.length > 0 && { POST: serveGroup(group, serve, fallback) }),
    },
  }))
  const prefixes = [...patternPrefixes, ...responsePrefixes(gateway)]
  for (const endpoint of listRelays(findErrorFormat())) {
    const methods = serveRelay(endpoint, gateway)
    if (endpoint.at.endsWith('/')) prefixes.push({ prefix: endpoint.at, methods })
    else routes.set(endpoint.at, methods)
  }
  // The longest one that fits is meant.
  prefixes.sort((left, right) => right.prefix.length - left.prefix.length)
  return { routes, prefixes, fallback }
}

interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly endpoint: Endpoint
  readonly address: Address
}

type ServeCall = (call: Call) => void

function groupByPrefix(endpoints: readonly Endpoint[]): Map<string, Endpoint[]> {
  const groups = new Map<string, Endpoint[]>()
  for (const endpoint of endpoints) {
    const { prefix } = compileRoute(endpoint.route)
    groups.set(prefix, [...(groups.get(prefix) ?? []), endpoint])
  }
  return groups
}

/** Serves the endpoints whose paths begin alike. */
function serveGroup(group: readonly Endpoint[], serve: ServeCall, fallback: Handler): Handler {
  const compiled = group.map(endpoint => ({ endpoint, route: compileRoute(endpoint.route) }))
  return (request, response, path) => {
    const query = queryOf(request)
    for (const { endpoint, route } of compiled) {
      const model = route.readModel(path)
      if (model === null || !fits(endpoint, query)) continue
      if (endpoint.keyInQuery === true) takeKey(request, query)
      serve({ request, response, endpoint, address: { model, streaming: endpoint.streaming ?? null } })
      return
    }
    fallback(request, response, path)
  }
}

function fits({ query: wanted }: Endpoint, query: URLSearchParams): boolean {
  return wanted === undefined || query.get(wanted.name) === wanted.value
}

/** A key in the query counts as one in the header of the same family of SDKs. */
function takeKey({ headers }: IncomingMessage, query: URLSearchParams): void {
  const key = query.get('key')
  if (key !== null && headers['x-goog-api-key'] === undefined) headers['x-goog-api-key'] = key
}

/** All methods of the endpoint. */
function serveRelay(endpoint: RelayEndpoint, gateway: Gateway): Methods {
  const { alarms, clock } = gateway
  const handler: Handler = (request, response, path) => {
    const call = { request, response, endpoint, path, address: noAddress, alarms, clock }
    void relay(new HttpRelayCall(call), gateway)
  }
  return Object.fromEntries(endpoint.methods.map(method => [method, handler]))
}

/** In which failures are told where no format is spoken. */
function findErrorFormat(): Format {
  const format = formats['openai-chat']
  if (format === undefined) throw new Error('the format of errors is missing')
  return format
}

function serveModels(gateway: Gateway): Handler {
  return (request: IncomingMessage, response: ServerResponse, path: string) => {
    const { headers, socket } = request
    const query = queryOf(request)
    if (takesKeyInQuery(path)) takeKey(request, query)
    const question = { path, query, headers, remoteAddress: socket.remoteAddress }
    answerModels(question, gateway).then(
      document => sendJson(response, document),
      (thrown: unknown) => {
        const error = asGatewayError(thrown)
        const { format } = shapeOfModels(path, headers)
        sendError(response, error, formats[format]?.encodeError(error))
      },
    )
  }
}
