// Everything on the port that is not an LLM request. Imported when it is first needed, because Fastify takes longer
// to load than the rest of the start.

import type { IncomingMessage, ServerResponse } from 'node:http'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { GatewayError } from '../errors.ts'
import { parseJsonValue } from '../formats/json-body.ts'
import { nameFailure, sendError } from './error-reply.ts'
import { type HealthDeps, healthRoutes } from './health.ts'
import { type MetricsDeps, metricsRoutes } from './metrics.ts'
import type { ModelsDeps } from './models/library.ts'
import { modelRoutes } from './models/routes.ts'
import type { ControlRoute } from './route.ts'
import { type ExplainRouteDeps, explainRoutes } from './route-explain.ts'
import { type WelcomeDeps, welcomeRoutes } from './welcome.ts'

export interface ControlPlaneDeps extends ExplainRouteDeps, HealthDeps, MetricsDeps, ModelsDeps, WelcomeDeps {
  /**
   * Called before every route that is not open.
   * @throws GatewayError where the request may not pass
   */
  readonly authorize: (
    request: IncomingMessage,
    access: Exclude<ControlRoute['access'], 'open' | undefined>,
  ) => void | Promise<void>
  /** Told of failures that are mistakes of the gateway. */
  readonly report: (error: GatewayError) => void
}

export interface ControlPlane {
  handle(request: IncomingMessage, response: ServerResponse): void
  close(): Promise<void>
  readonly routes: readonly ControlRoute[]
}

export async function createControlPlane(deps: ControlPlaneDeps): Promise<ControlPlane> {
  const routes = [
    ...welcomeRoutes(deps),
    ...healthRoutes(deps),
    ...metricsRoutes(deps),
    ...explainRoutes(deps),
    ...modelRoutes(deps),
  ]
  const app = Fastify({
    logger: false,
    bodyLimit: 1024 * 1024,
    return503OnClosing: false,
    schemaController: { compilersFactory: { buildValidator: refuseSchemas, buildSerializer: refuseSchemas } },
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: (thrown, _request, reply) => {
      void sendError(reply, nameFailure(thrown))
    },
  })
  readBodies(app)
  guard(app, routes, deps)
  handleFailures(app, routes, deps)
  for (const { method, path, answer } of routes) app.route({ method, url: path, handler: answer })
  await app.ready()
  return {
    handle: (request, response) => app.routing(request, response),
    close: () => app.close(),
    routes,
  }
}

/** Routes check their own input. Fastify's schema compilers would cost 40 ms of the start without being used. */
function refuseSchemas(): never {
  throw new Error('Routes of the control plane have no Fastify schemas.')
}

/** As everywhere in the gateway: what is no JSON is told with its place, and an empty body is none. */
function readBodies(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) => (body.length === 0 ? undefined : parseJsonValue(body)),
  )
}

/** Denies by default: only what a route table calls open passes without `authorize`. */
function guard(app: FastifyInstance, routes: readonly ControlRoute[], deps: ControlPlaneDeps): void {
  const accesses = new Map(routes.map(({ method, path, access }) => [`${method} ${path}`, access]))
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('cache-control', 'no-store')
    // Before its body is read: what is sent to nowhere deserves no parsing.
    if (request.is404) return refuseAddress(request, reply, routes)
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const access = accesses.get(`${method} ${request.routeOptions.url}`) ?? 'guarded'
    if (access !== 'open') await deps.authorize(request.raw, access)
    return undefined
  })
}

function handleFailures(app: FastifyInstance, routes: readonly ControlRoute[], deps: ControlPlaneDeps): void {
  app.setErrorHandler((thrown, _request, reply) => {
    const error = nameFailure(thrown)
    if (error.code === 'internal_error') deps.report(error)
    return sendError(reply, error)
  })
  app.setNotFoundHandler((request, reply) => refuseAddress(request, reply, routes))
}

function refuseAddress(
  request: FastifyRequest,
  reply: FastifyReply,
  routes: readonly ControlRoute[],
): FastifyReply {
  const path = pathOf(request.url)
  const methods = findMethods(routes, request.url)
  if (methods.length === 0)
    return sendError(reply, new GatewayError('not_found', { message: describeNowhere(path) }))
  void reply.header('allow', methods.join(', '))
  const message = `${path} does not take ${request.method}, but ${methods.join(', ')}.`
  return sendError(reply, new GatewayError('method_not_allowed', { message }))
}

function describeNowhere(path: string): string {
  // The commonest mistake: a base URL without its last part.
  const hint = /^\/(chat|completions|embeddings|models)\b/.test(path) ? ` Did you mean /v1${path}?` : ''
  return `There is nothing at ${path}.${hint}`
}

/** The methods that an address takes; empty where it is unknown. */
function findMethods(routes: readonly ControlRoute[], url: string): string[] {
  const wanted = pathOf(url).split('/')
  const methods = routes.filter(({ path }) => fits(path.split('/'), wanted)).map(route => route.method)
  return [...new Set(methods)].flatMap(method => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
}

/** `:name` stands for one part of a path, a last `*` for all that follow. */
function fits(parts: readonly string[], wanted: readonly string[]): boolean {
  const open = parts.at(-1) === '*'
  if (open ? wanted.length < parts.length : wanted.length !== parts.length) return false
  return parts.every((part, at) => part === '*' || part.startsWith(':') || part === wanted[at])
}

/** The path of an address, without query and trailing slash, cut to what fits a message. */
function pathOf(url: string): string {
  const path = (url.split('?')[0] ?? '').slice(0, 200)
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}
