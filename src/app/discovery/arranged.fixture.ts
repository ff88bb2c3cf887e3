// Discovery with real sockets to fake upstreams, and a clock that is moved by hand.

import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import type { GatewayEvent } from '../../events.ts'
import { createAlarms } from '../../lib/alarms.ts'
import { createManualClock, systemClock } from '../../lib/clock.ts'
import { Secret } from '../../lib/secret.ts'
import { buildConnection } from '../../providers/build-connection.ts'
import { findProvider } from '../../providers/index.ts'
import { bindListing } from '../../providers/listing/bind.ts'
import { makeSettings } from '../../providers/settings.fixture.ts'
import { createTransport } from '../../transport/index.ts'
import { createDiscovery, type DiscoverableProvider, type Discovery } from '../discovery.ts'

export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void

export interface ListingUpstream {
  readonly url: string
  /** Method and path of what was asked, in order. */
  readonly asked: string[]
  readonly requests: IncomingMessage[]
  answer: Answer
  close(): Promise<void>
}

export async function openListingUpstream(first: Answer): Promise<ListingUpstream> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      upstream.asked.push(`${request.method} ${request.url}`)
      upstream.requests.push(request)
      upstream.answer(request, response, body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const upstream: ListingUpstream = {
    url: `http://127.0.0.1:${port}`,
    asked: [],
    requests: [],
    answer: first,
    async close() {
      server.closeAllConnections()
      if (server.listening) await new Promise(resolve => server.close(resolve))
    },
  }
  onTestFinished(() => upstream.close())
  return upstream
}

export function json(body: unknown, { status = 200, headers = {} } = {}): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  }
}

/** OpenAI's list of these names. */
export function names(...ids: readonly string[]): Answer {
  return json({ object: 'list', data: ids.map(id => ({ id, object: 'model' })) })
}

export interface ProviderAt {
  readonly name?: string
  readonly type?: string
  readonly keys?: readonly string[]
  /** `false`: it is not to be asked. */
  readonly asked?: boolean
}

export function providerAt(
  url: string,
  { name = 'one', type = 'nvidia', keys = ['key-1'], asked = true }: ProviderAt = {},
): DiscoverableProvider {
  const provider = findProvider(type)
  if (provider === undefined) throw new Error(`no provider ${type}`)
  const settings = makeSettings({ name, baseUrl: url, keys: keys.map(key => new Secret(key)) })
  const timers = { connectMs: 2000, headersMs: 5000, firstContentMs: 5000, idleMs: 5000 }
  return {
    name,
    connection: buildConnection({ provider, settings, timers, maxConnections: 10, maxRetries: 0 }),
    listing: asked ? bindListing(provider, settings) : null,
  }
}

export function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'llm-proxy-discovery-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export const hourMs = 3_600_000

export interface Arranged {
  readonly discovery: Discovery
  readonly clock: ReturnType<typeof createManualClock>
  readonly events: GatewayEvent[]
  /** How often something had to be made anew. */
  changes(): number
  /** Names in the list of a provider. */
  listed(provider?: string): readonly string[] | null
  kinds(): readonly string[]
  /** Moves the clock to when the provider is asked next, and waits until it has been. */
  nextRound(provider?: string): Promise<void>
  close(): Promise<void>
}

interface Arranging {
  readonly directory?: string
  /** Read whenever they are needed. */
  readonly settings?: { readonly intervalMs?: number; readonly timeoutMs?: number }
}

export function arrange(
  providers: readonly DiscoverableProvider[],
  { directory = makeDirectory(), settings = {} }: Arranging = {},
): Arranged {
  const clock = createManualClock()
  const events: GatewayEvent[] = []
  const transport = createTransport({ clock: systemClock, alarms: createAlarms(systemClock) })
  let changes = 0
  const discovery = createDiscovery({
    directory,
    clock: { ...clock, now: systemClock.now },
    random: () => 0.5,
    observe: event => events.push(event),
    relay: transport.relay,
    settings: () => ({ intervalMs: hourMs, timeoutMs: 5000, jitter: 0.1, ...settings }),
    onChange: async () => {
      changes++
    },
  })
  discovery.follow(providers)
  let closed: Promise<void> | null = null
  const close = (): Promise<void> => {
    closed ??= discovery.close().then(() => transport.close())
    return closed
  }
  onTestFinished(close)
  const stateOf = (name: string) => discovery.states().find(({ provider }) => provider === name)
  return {
    discovery,
    clock,
    events,
    changes: () => changes,
    listed: (name = 'one') =>
      discovery
        .lists()
        .get(name)
        ?.models.map(({ id }) => id) ?? null,
    kinds: () => discovery.changes(0, 1000).map(({ kind, model }) => `${kind} ${model}`),
    async nextRound(name = 'one') {
      const { nextAt } = stateOf(name) ?? {}
      if (nextAt === null || nextAt === undefined) throw new Error(`${name} is not asked again`)
      clock.advance(nextAt - clock.wall())
      await settled(discovery)
    },
    close,
  }
}

/** Resolves when nobody is being asked. */
export function settled(discovery: Discovery): Promise<void> {
  return vi.waitFor(
    () => {
      const busy = discovery.states().filter(({ status, nextAt }) => status !== 'unlisted' && nextAt === null)
      if (busy.length > 0) throw new Error(`still asking: ${busy.map(({ provider }) => provider).join()}`)
    },
    { timeout: 4000, interval: 5 },
  )
}
