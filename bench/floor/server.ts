// The floor: the least that a gateway in Node has to do. It takes a request, parses it once, forwards it through
// one pool, parses the answer once and hands it on. Started with `pipe` it parses nothing and passes bytes on, which
// is the least for a stream. All else that a gateway does is set against this.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Dispatcher, Pool } from 'undici'

const [, , upstream, mode] = process.argv
if (upstream === undefined) throw new Error('usage: server.ts http://127.0.0.1:PORT [pipe]')
const isPipe = mode === 'pipe'

const pool = new Pool(upstream, {
  connections: null,
  pipelining: 1,
  allowH2: false,
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: 60_000,
})

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.end('ok')
    return
  }
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const [only] = parts
    const body = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts)
    if (isPipe) forward({ request, body }, createPipe(response))
    else {
      JSON.parse(body.toString())
      forward({ request, body }, createCollector(response))
    }
  })
})

function forward(
  { request, body }: { request: IncomingMessage; body: Buffer },
  handler: Dispatcher.DispatchHandler,
): void {
  pool.dispatch(
    {
      method: 'POST',
      path: request.url ?? '/',
      headers: { 'content-type': 'application/json', authorization: 'Bearer upstream' },
      body,
    },
    handler,
  )
}

function createCollector(response: ServerResponse): Dispatcher.DispatchHandler {
  let status = 0
  let contentType = ''
  const parts: Buffer[] = []
  return {
    onRequestStart() {},
    onResponseStart(_controller, statusCode, headers) {
      status = statusCode
      contentType = String(headers['content-type'])
    },
    onResponseData(_controller, part) {
      parts.push(part)
    },
    onResponseEnd() {
      const [only] = parts
      const body = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts)
      JSON.parse(body.toString())
      response.writeHead(status, { 'content-type': contentType, 'content-length': body.length })
      response.end(body)
    },
    onResponseError: (_controller, error) => fail(response, error),
  }
}

function createPipe(response: ServerResponse): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller) {
      response.on('close', () => {
        if (!response.writableFinished) controller.abort(new Error('the client has left'))
      })
      response.on('drain', () => controller.resume())
    },
    onResponseStart(_controller, statusCode, headers) {
      response.writeHead(statusCode, { 'content-type': String(headers['content-type']) })
    },
    onResponseData(controller, part) {
      if (!response.write(part)) controller.pause()
    },
    onResponseEnd() {
      response.end()
    },
    onResponseError: (_controller, error) => fail(response, error),
  }
}

function fail(response: ServerResponse, error: Error): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.writeHead(502, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error: { message: error.message } }))
}

server.keepAliveTimeout = 120_000
server.listen({ host: '127.0.0.1', port: 0, backlog: 16_384 }, () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
