// A gateway on loopback before an upstream that speaks every wire format and answers as a script says, by model.

import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startTestGateway, testKey } from '../../support/test-gateway.ts'
import { httpClients } from './clients.ts'
import type { Json } from './json.ts'
import { clientFormats } from './seam.ts'
import { speakingType } from './speaking-providers.ts'

export interface ScriptedAnswer {
  readonly status: number
  readonly contentType: string
  readonly bytes: Buffer
  /** The connection breaks after the last byte. */
  readonly cut?: true
}

export interface ScriptedOptions {
  /** The models of each format. */
  readonly models: (format: string) => readonly string[]
  readonly answer: (model: string, format: string) => ScriptedAnswer
}

export interface Answered {
  readonly status: number
  readonly bytes: Buffer
  /** False where the connection broke. */
  readonly whole: boolean
  /** `x-llm-proxy-warnings` */
  readonly warnings: string
}

export interface ScriptedGateway {
  /** The body that the upstream got last, by `FORMAT MODEL`. */
  seen(place: string): unknown
  send(client: string, request: { model: string; streaming: boolean; body?: Json }): Promise<Answered>
  stop(): Promise<void>
}

export async function startScriptedGateway({ models, answer }: ScriptedOptions): Promise<ScriptedGateway> {
  const seen = new Map<string, unknown>()
  const upstream = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const [, format = '', name = ''] = request.url?.split('/') ?? []
      const model = decodeURIComponent(name)
      seen.set(`${format} ${model}`, JSON.parse(Buffer.concat(chunks).toString()))
      play(answer(model, format), response)
    })
  })
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const { port } = upstream.address() as AddressInfo
  const providers = clientFormats
    .filter(format => models(format).length > 0)
    .map(format => ({
      name: format,
      type: speakingType(format),
      base_url: `http://127.0.0.1:${port}`,
      models: models(format),
      max_retries: 0,
    }))
  const gateway = await startTestGateway(
    [
      `providers: ${JSON.stringify(providers)}`,
      'retry: { base_ms: 1, max_ms: 2 }',
      'circuit_breaker: { failure_threshold: 1000000 }',
      'server: { port: 0, shutdown_timeout: 20ms }',
    ].join('\n'),
  )
  return {
    seen: place => seen.get(place),
    async send(client, { model, streaming, body }) {
      const how = httpClients[client]
      if (how === undefined) throw new Error(`There is no client of ${client}.`)
      const response = await fetch(gateway.url + how.path(model, streaming), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...how.headers(testKey) },
        body: JSON.stringify(body ?? how.ask(model, streaming)),
      })
      const read = await readBody(response)
      const warnings = response.headers.get('x-llm-proxy-warnings') ?? ''
      return { status: response.status, ...read, warnings }
    },
    async stop() {
      upstream.closeAllConnections()
      upstream.close()
      await gateway.stop()
    },
  }
}

function play({ status, contentType, bytes, cut }: ScriptedAnswer, response: ServerResponse): void {
  response.writeHead(status, { 'content-type': contentType })
  if (cut === true) response.write(bytes, () => response.socket?.destroySoon())
  else response.end(bytes)
}

async function readBody(response: Response): Promise<{ bytes: Buffer; whole: boolean }> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of response.body ?? []) chunks.push(Buffer.from(chunk as Uint8Array))
    return { bytes: Buffer.concat(chunks), whole: true }
  } catch {
    return { bytes: Buffer.concat(chunks), whole: false }
  }
}
