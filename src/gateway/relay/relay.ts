// The story of a request that is passed on as it came: a file, a batch, or any path of a provider. Its body and its
// answer are streams, and nobody here reads them but to count.

import type { Readable } from 'node:stream'
import type { RelayedOperation, RelayReply } from '../../call.ts'
import { type RelayEndpoint, type RelayPlace, readRelayPath } from '../../endpoints/relays.ts'
import { type AttemptRecord, asGatewayError, GatewayError } from '../../errors.ts'
import { admit, authenticate } from '../admit.ts'
import { deliverError } from '../deliver.ts'
import { type Exchange, type Gateway, openExchange, type RelayBody, type RelayCall } from '../exchange.ts'
import type { RelayProvider } from '../snapshot.ts'
import { deliverRelayed, noteBytes } from './deliver.ts'
import { requestHeaders } from './headers.ts'

/** Answers one call. Never throws: whatever fails becomes an answer, a log line and a row. */
export async function relay(call: RelayCall, gateway: Gateway): Promise<void> {
  const exchange = openExchange(call, gateway)
  let body: RelayBody = null
  try {
    authenticate(exchange)
    admit(exchange)
    const place = findPlace(call)
    const provider = chooseProvider(exchange, call, place)
    const path = pathOf(exchange, call, { provider, place })
    body = await openBody(exchange, call, provider)
    const reply = await ask(exchange, call, { provider, path, body })
    deliverRelayed(exchange, reply, { provider, path, method: call.method, body })
  } catch (thrown) {
    noteBytes(exchange, body)
    deliverError(exchange, asGatewayError(thrown))
  }
}

/** @throws GatewayError `invalid_request` */
function findPlace({ endpoint, path }: RelayCall): RelayPlace {
  const place = readRelayPath(endpoint.operation, path)
  if (place !== null) return place
  const message = 'The path must name a provider and a path below its base URL, without `..`.'
  throw new GatewayError('invalid_request', { message, param: 'path' })
}

/** @throws GatewayError `not_found`, `permission_denied`, `no_provider` */
function chooseProvider(
  { snapshot, page }: Exchange,
  { endpoint, headers, query }: RelayCall,
  place: RelayPlace,
): RelayProvider {
  const { operation } = endpoint
  const asked = place.provider ?? String(headers['x-llm-proxy-provider'] ?? query.get('provider') ?? '')
  const provider =
    asked === ''
      ? snapshot.relays.find(each => each.unusableReason === null && each.operations.includes(operation))
      : snapshot.relays.find(each => each.connection.provider === asked)
  if (provider === undefined) throw refuseProvider(asked, endpoint)
  const { connection, unusableReason, operations } = provider
  if (unusableReason !== null)
    throw new GatewayError('no_provider', { message: `The provider \`${asked}\` ${unusableReason}.` })
  if (!operations.includes(operation)) throw refuseOperation(asked, endpoint)
  page.target = { id: connection.provider, connection, model: '', priceModel: '' }
  return provider
}

function refuseProvider(asked: string, { operation }: RelayEndpoint): GatewayError {
  if (asked !== '')
    return new GatewayError('not_found', {
      message: `There is no provider \`${asked.slice(0, 128)}\` here.`,
      param: 'provider',
    })
  return new GatewayError('no_provider', {
    message: `No configured provider has ${pluralOf(operation)}.`,
    param: 'provider',
  })
}

function refuseOperation(asked: string, { operation }: RelayEndpoint): GatewayError {
  if (operation === 'passthrough')
    return new GatewayError('permission_denied', {
      message: `The provider \`${asked}\` takes no raw requests here: its operator would have to set \`passthrough: true\`.`,
      param: 'provider',
    })
  return new GatewayError('invalid_request', {
    message: `The provider \`${asked}\` offers no ${pluralOf(operation)} here.`,
    param: 'provider',
  })
}

function pluralOf(operation: RelayedOperation): string {
  return operation === 'batch' ? 'batches' : 'files'
}

/** Path and query at the provider. */
function pathOf(
  exchange: Exchange,
  { endpoint, query, rawQuery, headers, remoteAddress }: RelayCall,
  { provider, place }: { provider: RelayProvider; place: RelayPlace },
): string {
  const path = provider.connection.relayPathFor?.(endpoint.operation, place.path)
  if (path === undefined) throw new GatewayError('invalid_request', { param: 'path' })
  const passed = new URLSearchParams(query)
  if (endpoint.operation !== 'passthrough') passed.delete('provider')
  // A key of the gateway may stand in the query as well; it is nobody's business but ours.
  for (const name of keyParameters) if (opensDoor(passed.get(name))) passed.delete(name)
  // As the client wrote it, unless something had to be taken out.
  const text = passed.size === query.size ? rawQuery : passed.toString()
  if (text === '') return path === '' ? '/' : path
  return `${path === '' ? '/' : path}${path.includes('?') ? '&' : '?'}${text}`

  function opensDoor(key: string | null): boolean {
    if (key === null) return false
    try {
      const { host } = headers
      const asked = { authorization: `Bearer ${key}`, ...(host !== undefined && { host }) }
      exchange.snapshot.authenticate(asked, remoteAddress)
      return true
    } catch {
      return false
    }
  }
}

const keyParameters = ['key', 'api_key', 'api-key', 'access_token'] as const

/** Up to this size a body is read whole, so that it can be sent again on another connection. */
const maxReadBytes = 1 << 20

/** @throws GatewayError 408, 413, or `client_disconnected` */
async function openBody(
  { snapshot, page }: Exchange,
  call: RelayCall,
  { connection }: RelayProvider,
): Promise<RelayBody> {
  const { bodyLength } = call
  if (bodyLength === 0) return null
  const timeoutMs = snapshot.bodyTimeoutMs
  const signed = connection.authorize !== undefined
  if (!signed && (bodyLength === null || bodyLength > maxReadBytes))
    return call.openBody({ maxBytes: snapshot.maxUploadBytes, timeoutMs, encoded: true })
  const maxBytes = signed ? snapshot.maxBodyBytes : maxReadBytes
  const body = await call.readBody({ maxBytes, timeoutMs, encoded: true })
  page.bytesIn = body.length
  return body
}

interface Asked {
  readonly provider: RelayProvider
  readonly path: string
  readonly body: RelayBody
}

/** @throws GatewayError of the upstream that gave no answer, or that does not know us */
async function ask(exchange: Exchange, call: RelayCall, asked: Asked): Promise<RelayReply> {
  const { gateway, cancellation, deadline } = exchange
  const { connection } = asked.provider
  // Always the same one: files belong to the account of the key that sent them.
  const key = connection.keys[0] ?? null
  const began = gateway.clock.now()
  try {
    const reply = await gateway.relay({
      target: { id: connection.provider, connection },
      method: call.method,
      path: asked.path,
      headers: [
        ...lengthHeader(call),
        ...requestHeaders(call.headers, connection.headersFor(key), exchange.snapshot.keyHeader),
      ],
      body: readableOf(asked.body),
      key,
      cancellation,
      deadline,
    })
    if (reply.status === 401) {
      reply.body.abort()
      throw new GatewayError('upstream_authentication', {
        message: `${connection.provider} does not accept this gateway's key (401).`,
        provider: connection.provider,
        upstreamStatus: 401,
      })
    }
    record(exchange, { status: reply.status, code: null, durationMs: gateway.clock.now() - began })
    return reply
  } catch (thrown) {
    const failure = asGatewayError(thrown)
    const durationMs = gateway.clock.now() - began
    record(exchange, { status: failure.upstreamStatus, code: failure.code, durationMs })
    failure.attempts = exchange.attempts
    throw failure
  } finally {
    exchange.page.upstreamMs = gateway.clock.now() - began
  }
}

/** A body of known length keeps it: not every server takes chunks. */
function lengthHeader({ bodyLength }: RelayCall): readonly string[] {
  return bodyLength === null || bodyLength === 0 ? [] : ['content-length', String(bodyLength)]
}

function readableOf(body: RelayBody): Buffer | Readable | null {
  return body === null || Buffer.isBuffer(body) ? body : body.readable
}

function record(exchange: Exchange, told: Pick<AttemptRecord, 'status' | 'code' | 'durationMs'>): void {
  const { target } = exchange.page
  const attempt = { provider: target?.connection.provider ?? '', model: '', ...told }
  exchange.attempts.push(attempt)
  exchange.gateway.observe({ type: 'attempt_ended', id: exchange.id, attempt })
}
