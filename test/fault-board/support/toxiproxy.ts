// Toxiproxy between the gateway and its upstreams: faults of TCP connections by a proxy that is not ours. It listens on
// loopback alone, and is told what to do by its HTTP API. https://github.com/Shopify/toxiproxy

import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { startChild } from '../../support/child-process.ts'
import { waitUntil } from '../../support/wait-until.ts'

const program = join(import.meta.dirname, '..', '..', '..', '.cache', 'toxiproxy', 'server')

/** Where it is not installed, what needs it is skipped. */
export const hasToxiproxy = existsSync(program)

/** What is done to the bytes that come from the upstream; times in milliseconds, rates in kilobytes per second. */
export interface Toxic {
  readonly type: 'latency' | 'timeout' | 'reset_peer' | 'slow_close' | 'limit_data' | 'bandwidth' | 'slicer'
  readonly attributes: Readonly<Record<string, number>>
}

export interface Toxiproxy {
  /** @returns the port behind which the other is found */
  open(port: number, toxic: Toxic): Promise<number>
  stop(): Promise<void>
}

export async function startToxiproxy(): Promise<Toxiproxy> {
  const port = await freePort()
  const child = startChild(program, ['-host', '127.0.0.1', '-port', String(port)])
  const address = `http://127.0.0.1:${port}`
  await waitUntil('toxiproxy answers', () => answers(address), { totalMs: 10_000 })
  let count = 0
  return {
    async open(upstream, { type, attributes }) {
      const name = `proxy-${count++}`
      const proxy = await post(`${address}/proxies`, {
        name,
        listen: '127.0.0.1:0',
        upstream: `127.0.0.1:${upstream}`,
        enabled: true,
      })
      const toxic = { type, attributes, stream: 'downstream', toxicity: 1 }
      await post(`${address}/proxies/${name}/toxics`, toxic)
      return Number(String(proxy['listen']).split(':').at(-1))
    },
    stop: async () => void (await child.stop()),
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function answers(address: string): Promise<boolean> {
  try {
    return (await fetch(`${address}/version`)).ok
  } catch {
    return false
  }
}

async function post(url: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`toxiproxy answers ${response.status}: ${await response.text()}`)
  return (await response.json()) as Record<string, unknown>
}
