// The routes of the models behind a real socket, over a catalogue made by hand.

import { createServer } from 'node:http'
import { onTestFinished } from 'vitest'
import { makeEntry, priced } from '../../catalog/catalogue.fixture.ts'
import { createControlPlane } from '../control-plane.ts'
import { type LibraryChanges, makeModelsDeps } from './library.fixture.ts'

/** When the tests play. */
export const now = Date.parse('2026-06-15T12:00:00Z')

export const entries = [
  makeEntry('acme/falcon', {
    title: 'Falcon',
    ownedBy: 'Acme',
    kind: 'chat',
    contextWindow: 200_000,
    maxOutput: 8_000,
    input: ['text', 'image'],
    output: ['text'],
    tools: true,
    streaming: true,
    releasedOn: '2026-01-02',
    retiresOn: '2027-01-01',
    license: 'proprietary',
    listedAt: now - 60_000,
    sources: ['listing', 'snapshot'],
    aliases: ['falcon-latest'],
    prices: [
      {
        input: 3e6,
        output: 15e6,
        cacheRead: 300_000,
        tiers: [{ above: 200_000, input: 6e6, output: 22.5e6 }],
      },
    ],
  }),
  makeEntry('acme/mini', { kind: 'chat', contextWindow: 8_000, tools: false, ...priced(0.1, 0.4) }),
  makeEntry('vendor/maker/heron', {
    kind: 'chat',
    missing: 'provider_not_configured',
    missingReason: 'No provider of the type `vendor` is configured: set VENDOR_API_KEY.',
  }),
  makeEntry('other/falcon', { kind: 'chat', missing: 'not_listed', missingReason: 'Not listed.' }),
]

export async function openModels(changes: LibraryChanges = {}) {
  const deps = makeModelsDeps(entries, changes)
  const plane = await createControlPlane({
    name: 'LLM Proxy API',
    version: '1.2.3',
    health: () => ({ status: 'healthy' }),
    ready: () => true,
    metricsDocument: () => ({}),
    prometheus: null,
    explainRoute: () => ({}),
    ...deps,
    authorize: () => {},
    report: error => {
      throw error
    },
  })
  const server = createServer((request, response) => plane.handle(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.close()
    await plane.close()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const ask = (path: string, options: RequestInit = {}) => fetch(`http://127.0.0.1:${port}${path}`, options)
  const get = async (path: string) => (await ask(path)).json() as Promise<Record<string, unknown>>
  const keysOf = async (path: string) => {
    const { data } = (await get(path)) as { data: { key: string }[] }
    return data.map(({ key }) => key)
  }
  const refresh = (body?: unknown) =>
    ask('/api/models/refresh', {
      method: 'POST',
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    })
  return { ask, get, keysOf, refresh }
}
