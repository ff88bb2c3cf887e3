// Stands between an agent and the gateway and writes down what passes: each request, its status and its warnings.

import { once } from 'node:events'
import { createServer, request as sendRequest } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Passed {
  readonly method: string
  readonly path: string
  readonly body: string
  readonly status: number
  readonly contentType: string
  readonly warnings: readonly string[]
  readonly answer: Buffer
}

export interface RecordingProxy {
  readonly url: string
  /** What has passed since the last call of this, in the order of the answers. */
  take(): readonly Passed[]
  stop(): void
}

export async function startRecordingProxy(gateway: string): Promise<RecordingProxy> {
  let passed: Passed[] = []
  const server = createServer((incoming, outgoing) => {
    const sent: Buffer[] = []
    const { method = '', url = '', headers } = incoming
    const forwarded = sendRequest(gateway + url, { method, headers }, reply => {
      const answer: Buffer[] = []
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.on('data', (chunk: Buffer) => {
        answer.push(chunk)
        outgoing.write(chunk)
      })
      reply.on('end', () => outgoing.end())
      reply.on('close', () =>
        passed.push({
          method,
          path: url,
          body: Buffer.concat(sent).toString(),
          status: reply.statusCode ?? 0,
          contentType: String(reply.headers['content-type'] ?? ''),
          warnings: String(reply.headers['x-llm-proxy-warnings'] ?? '')
            .split('; ')
            .filter(text => text !== ''),
          answer: Buffer.concat(answer),
        }),
      )
      reply.on('error', () => outgoing.destroy())
    })
    forwarded.on('error', () => outgoing.destroy())
    outgoing.on('close', () => forwarded.destroy())
    incoming.on('data', (chunk: Buffer) => {
      sent.push(chunk)
      forwarded.write(chunk)
    })
    incoming.on('end', () => forwarded.end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const taken = passed
      passed = []
      return taken
    },
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}
