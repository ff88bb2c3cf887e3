// Fetches the images and files that clients name by their addresses, for upstreams that take bytes alone. The address is
// a stranger's: only the public internet is reached, whatever a name resolves to, and only so many bytes are taken.

import { lookup as resolveName } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { Dispatcher } from 'undici'
import type { FetchedMedia, FetchMedia } from '../conversation/inline-media.ts'
import { GatewayError } from '../errors.ts'
import { isPublicAddress } from '../lib/address-guard.ts'
import { sniffMediaType } from '../lib/media-type.ts'

export interface MediaFetcherOptions {
  readonly maxBytes: number
  /** For the whole of one file, redirects included. */
  readonly timeoutMs: number
  /** Hosts that may be asked although their addresses are not public: a store of one's own. `host` or `host:port`. */
  readonly allowedHosts: readonly string[]
}

const maxRedirects = 3

export function createMediaFetcher(options: () => MediaFetcherOptions): FetchMedia {
  let agent: Promise<Agents> | null = null
  return async (url, wanted) => {
    const settings = options()
    // Loaded with the first image that has to be fetched, which for most gateways never comes.
    agent ??= openAgents()
    try {
      return await fetchFrom(url, { settings, agents: await agent, wanted })
    } catch (thrown) {
      if (thrown instanceof GatewayError) throw thrown
      throw refused(url, describe(thrown, settings), thrown)
    }
  }
}

interface Agents {
  /** Connects to public addresses alone. */
  readonly guarded: Dispatcher
  /** For allowed hosts. */
  readonly open: Dispatcher
}

async function openAgents(): Promise<Agents> {
  const { Agent } = await import('undici')
  const shared = { allowH2: false, connections: 16, keepAliveTimeout: 5000 }
  return {
    guarded: new Agent({ ...shared, connect: { lookup: lookupPublic } }),
    open: new Agent(shared),
  }
}

class NotPublic extends Error {}

/** Every address of a name must be public, and the checked addresses are those that are connected to. */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
  resolveName(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) {
      callback(error, [])
      return
    }
    if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address))) {
      callback(new NotPublic('not public'), [])
      return
    }
    callback(null, addresses)
  })
}

interface Fetching {
  readonly settings: MediaFetcherOptions
  readonly agents: Agents
  readonly wanted: AbortSignal | undefined
}

async function fetchFrom(given: string, { settings, agents, wanted }: Fetching): Promise<FetchedMedia> {
  const inTime = AbortSignal.timeout(settings.timeoutMs)
  const signal = wanted === undefined ? inTime : AbortSignal.any([inTime, wanted])
  let address = given
  for (let redirects = 0; ; redirects++) {
    const url = parseAddress(address, given)
    const allowed = settings.allowedHosts.includes(url.host) || settings.allowedHosts.includes(url.hostname)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    // Names are checked when they are looked up; what is an address already is never looked up.
    if (!allowed && isIP(host) !== 0 && !isPublicAddress(host)) throw new NotPublic('not public')
    const answer = await (allowed ? agents.open : agents.guarded).request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'GET',
      headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'llm-proxy' },
      signal,
    })
    const location = answer.headers['location']
    if (answer.statusCode >= 300 && answer.statusCode < 400 && typeof location === 'string') {
      await answer.body.dump()
      if (redirects === maxRedirects) throw refused(given, `redirects more than ${maxRedirects} times`)
      address = new URL(location, url).href
      continue
    }
    if (answer.statusCode !== 200) {
      await answer.body.dump()
      throw refused(given, `answered with status ${answer.statusCode}`)
    }
    const bytes = await readBounded(answer.body, settings.maxBytes, given)
    return {
      mediaType: sniffMediaType(bytes, answer.headers['content-type']),
      data: bytes.toString('base64'),
    }
  }
}

function parseAddress(address: string, given: string): URL {
  const url = URL.parse(address)
  if (url === null) throw refused(given, 'is not an address')
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refused(given, 'is not of the web')
  if (url.username !== '' || url.password !== '') throw refused(given, 'holds credentials')
  return url
}

async function readBounded(body: AsyncIterable<Buffer>, maxBytes: number, url: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    // Leaving the loop closes the connection.
    if (size > maxBytes) throw refused(url, `is larger than ${maxBytes} bytes (media.max_mb)`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

/** What the fault was, without telling anything of the network that only we can see. */
function describe(thrown: unknown, { timeoutMs }: MediaFetcherOptions): string {
  if (thrown instanceof NotPublic || (thrown instanceof Error && thrown.cause instanceof NotPublic))
    return 'is not an address of the public internet'
  if (thrown instanceof Error && thrown.name === 'TimeoutError')
    return `did not answer within ${timeoutMs} ms`
  return 'cannot be reached'
}

function refused(url: string, what: string, cause?: unknown): GatewayError {
  const shown = url.length > 200 ? `${url.slice(0, 200)}…` : url
  return new GatewayError('invalid_request', {
    message: `The file at ${shown} ${what}, and the provider does not take its address: send its bytes instead.`,
    cause,
  })
}
