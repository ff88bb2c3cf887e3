// Makes a connection of a provider's data and of what the configuration says: the form that the sending side reads.

import type { Authorize, Connection, Destination, Timers } from '../call.ts'
import { GatewayError } from '../errors.ts'
import type { Secret } from '../lib/secret.ts'
import type { Provider, ProviderSettings } from './provider.ts'

export interface ConnectionInput {
  readonly provider: Provider
  readonly settings: ProviderSettings
  readonly timers: Timers
  readonly maxConnections: number
  readonly maxRetries: number
  /** For providers with an `authScheme`. */
  readonly authorize?: Authorize
}

/** Paths are kept by model; a server that is asked for more names than this is asked for random ones. */
const maxKeptPaths = 1_000

/** Headers that belong to the transport: a configured one would break the framing of requests. */
const transportHeaders = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
])

/**
 * Checks the address and all headers now, so that a request cannot fail by them.
 * @throws GatewayError `no_provider` whose message says what to mend; it holds no key
 */
export function buildConnection(input: ConnectionInput): Connection {
  const { provider } = input
  const { origin, basePath, settings } = resolveAddress(provider, input.settings)
  const buildHeaders = (key: Secret | null) => mergeHeaders(provider.headersFor(key, settings), settings)
  const headersWithoutKey = buildHeaders(null)
  const headersByKey = new WeakMap(settings.keys.map(key => [key, buildHeaders(key)]))
  const pathsByModel = new Map<string, Map<string, string>>()
  return {
    provider: settings.name,
    type: provider.type,
    origin,
    keys: settings.keys,
    timers: input.timers,
    maxConnections: input.maxConnections,
    maxRetries: input.maxRetries,
    pathFor(destination) {
      const { operation, model } = destination
      if (provider.formats[operation] === undefined) return null
      let paths = pathsByModel.get(model)
      if (paths === undefined) {
        if (pathsByModel.size >= maxKeptPaths) pathsByModel.clear()
        paths = new Map()
        pathsByModel.set(model, paths)
      }
      const name = nameOf(destination)
      const known = paths.get(name)
      if (known !== undefined) return known
      const path = basePath + provider.pathFor(destination, settings)
      paths.set(name, path)
      return path
    },
    relayPathFor: (operation, path) =>
      basePath + (operation === 'passthrough' ? path : (provider.relayPathFor?.(path, settings) ?? path)),
    headersFor: key => (key === null ? headersWithoutKey : (headersByKey.get(key) ?? buildHeaders(key))),
    ...(input.authorize === undefined ? {} : { authorize: input.authorize }),
    ...(provider.answer === undefined ? {} : { answer: provider.answer }),
  }
}

/**
 * From here on the address is as the providers expect it, in whichever form it was written.
 * @throws GatewayError `no_provider`
 */
export function resolveAddress(
  provider: Provider,
  given: ProviderSettings,
): { readonly origin: string; readonly basePath: string; readonly settings: ProviderSettings } {
  const { origin, pathname } = parseBaseUrl(provider, given)
  const path = pathname.replace(/\/+$/, '')
  const basePath = provider.pathTail === undefined ? path : path.replace(provider.pathTail, '')
  return { origin, basePath, settings: { ...given, baseUrl: origin + basePath } }
}

/** All that a path depends on but the model. */
function nameOf({ operation, format, streaming, continues }: Destination): string {
  const name = streaming ? `${operation} ${format} stream` : `${operation} ${format}`
  return continues === true ? `${name} continues` : name
}

function parseBaseUrl(provider: Provider, settings: ProviderSettings): URL {
  const address = settings.baseUrl?.trim() || provider.baseUrlFor?.(settings) || provider.baseUrl
  if (address === null)
    throw unusable(settings, provider.baseUrlFor === undefined ? 'needs a base_url' : 'needs a region')
  const url = URL.parse(withScheme(address, provider))
  if (url === null || url.hostname === '') throw unusable(settings, 'has a base_url that is not a URL')
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw unusable(settings, `has a base_url with ${url.protocol}// where http:// or https:// is expected`)
  if (url.username !== '' || url.password !== '')
    throw unusable(settings, 'has a base_url with credentials; they belong into api_key')
  if (url.search !== '' || url.hash !== '')
    throw unusable(settings, 'has a base_url with a query or a fragment; it ends with the path')
  // The address on which a server listens everywhere is none to connect to on every system.
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1'
  if (url.hostname === '[::]') url.hostname = '[::1]'
  return url
}

/**
 * Servers on one's own machine are written as `host`, `host:port` or `:port`: they speak http, on the port of the
 * provider's own address where none is given. Everything else without a scheme is https.
 */
function withScheme(address: string, provider: Provider): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) return address
  if (provider.keyOptional !== true) return `https://${address}`
  const [, host = '', port, path = ''] = /^(\[[^\]]*\]|[^:/]*)(:\d+)?(.*)$/s.exec(address) ?? []
  const ownPort = provider.baseUrl === null ? '' : new URL(provider.baseUrl).port
  const defaultPort = ownPort === '' ? '' : `:${ownPort}`
  return `http://${host === '' ? '127.0.0.1' : host}${port ?? defaultPort}${path}`
}

/** The provider's headers, then the configured ones; a configured one replaces one of the same name. */
function mergeHeaders(own: readonly string[], settings: ProviderSettings): readonly string[] {
  const merged = new Map<string, string>()
  for (let index = 0; index + 1 < own.length; index += 2) {
    const [name = '', value = ''] = own.slice(index, index + 2)
    merged.set(name, checkedValue(name, value, settings))
  }
  for (const [name, value] of Object.entries(settings.headers)) {
    const lowered = name.toLowerCase()
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(lowered))
      throw unusable(settings, `has a header with the name ${JSON.stringify(name)}, which is none`)
    if (transportHeaders.has(lowered))
      throw unusable(settings, `sets the header ${lowered}, which only the transport may set`)
    merged.set(lowered, checkedValue(lowered, value, settings))
  }
  return [...merged].flat()
}

/** A line break in a value would start a header of the sender's choice; the value may be a key, so it is not shown. */
function checkedValue(name: string, value: string, settings: ProviderSettings): string {
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
    throw unusable(
      settings,
      `has a line break or another forbidden character in the value of the header ${name}`,
    )
  return value
}

function unusable(settings: ProviderSettings, what: string): GatewayError {
  return new GatewayError('no_provider', {
    message: `The provider ${settings.name} ${what}.`,
    provider: settings.name,
  })
}
