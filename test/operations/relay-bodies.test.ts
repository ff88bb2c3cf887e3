// Bodies and answers of raw requests pass as they come, both ways, no faster than they are taken, and end when one side
// leaves.

import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { stall } from '../support/fake-upstream.ts'
import { ask, echo, openRaw } from '../support/raw-requests.ts'
import { eventually, openScene, type Scene } from '../support/scene.ts'
import { testKey } from '../support/test-gateway.ts'

/** An upstream that is told of a request before its body has come. */
async function openSlowUpstream(serve: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(serve)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  return (options: { readonly server?: Record<string, unknown> } = {}) =>
    openScene({
      upstreams: [[stall]],
      ...options,
      sections: () => ({
        providers: [
          {
            name: 'slow',
            type: 'openai_compatible',
            base_url: baseUrl,
            passthrough: true,
            max_retries: 0,
          },
        ],
      }),
    })
}

function upload({ gateway }: Scene, path = '/providers/slow/x') {
  const request = httpRequest(gateway.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${testKey}`, 'transfer-encoding': 'chunked' },
  })
  request.on('error', () => {})
  return request
}

describe('a body', () => {
  test('arrives while it is still being sent', async () => {
    let first: string | null = null
    let whole = ''
    const open = await openSlowUpstream((request, response) => {
      request.on('data', (chunk: Buffer) => {
        first ??= chunk.toString()
        whole += chunk.toString()
      })
      request.on('end', () => response.end('done'))
    })
    const scene = await open()
    const request = upload(scene)
    request.write('first')
    await eventually(() => first === 'first')
    request.end(' second')
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    expect(response.statusCode).toBe(200)
    expect((await response.toArray()).join('')).toBe('done')
    expect(whole).toBe('first second')
    await scene.settled()
    const [row] = await scene.gateway.stopAndReadLedger()
    expect(row).toMatchObject({ bytes_in: 12, outcome: 'ok' })
  })

  test('is sent no faster than the provider takes it', async () => {
    let taken: IncomingMessage | null = null
    const open = await openSlowUpstream((request, response) => {
      taken = request
      request.pause()
      request.on('end', () => response.end('done'))
    })
    const scene = await open()
    const request = upload(scene)
    const chunk = Buffer.alloc(1 << 20)
    // What fits into the buffers of sockets is taken; then somebody has to wait.
    let sent = 0
    while (request.write(chunk) || (await drained(request))) sent++
    expect(sent).toBeLessThan(64)
    request.end()
    await eventually(() => taken !== null)
    ;(taken as IncomingMessage | null)?.resume()
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    expect(response.statusCode).toBe(200)
    response.resume()
    await scene.settled()
  })

  test('whose client leaves in its middle is broken off', async () => {
    let broken = false
    const open = await openSlowUpstream(request => {
      request.on('data', () => {})
      request.on('close', () => {
        broken = !request.complete
      })
      request.on('error', () => {})
    })
    const scene = await open()
    const request = upload(scene)
    request.write('half')
    await eventually(() => scene.inFlight().requests === 1)
    request.destroy()
    await eventually(() => broken)
    await scene.settled()
    const [row] = await scene.gateway.stopAndReadLedger()
    expect(row).toMatchObject({ outcome: 'client_disconnected', operation: 'passthrough' })
  })

  test('that stops coming is refused in time', async () => {
    const open = await openSlowUpstream(request => {
      request.on('data', () => {})
      request.on('error', () => {})
    })
    const scene = await open({ server: { body_timeout: '60ms' } })
    const request = upload(scene)
    request.write('half')
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    expect(response.statusCode).toBe(408)
    request.destroy()
    await scene.settled()
  })

  test('that the provider does not take in time is no fault of the client', async () => {
    const open = await openSlowUpstream(request => void request.pause())
    const scene = await open({ server: { body_timeout: '400ms' } })
    const request = upload(scene)
    const answered = once(request, 'response') as Promise<[IncomingMessage]>
    for (let megabyte = 0; megabyte < 32; megabyte++) request.write(Buffer.alloc(1 << 20))
    const [response] = await answered
    expect(response.statusCode).toBe(504)
    request.destroy()
    await scene.settled()
  })

  test('may be encoded', async () => {
    const scene = await openRaw([echo])
    const headers = { 'content-encoding': 'gzip' }
    const response = await ask(scene, '/providers/upstream1/x', { method: 'POST', headers, body: 'packed' })
    expect(await response.json()).toMatchObject({ headers, body: 'packed' })
  })

  test('that the provider does not want is no more asked for', async () => {
    const open = await openSlowUpstream((_request, response) => {
      response.writeHead(403, { 'content-type': 'application/json', connection: 'close' })
      response.end('{"error":{"message":"not for you"}}')
    })
    const scene = await open()
    const request = upload(scene)
    request.write('half')
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    expect(response.statusCode).toBe(403)
    expect((await response.toArray()).join('')).toContain('not for you')
    request.destroy()
    await scene.settled()
  })
})

/** Whether the request takes more within a moment: false where it is stuck. */
async function drained(request: ReturnType<typeof upload>): Promise<boolean> {
  const stuck = new Promise<boolean>(resolve => setTimeout(() => resolve(false), 300))
  return await Promise.race([once(request, 'drain').then(() => true), stuck])
}

test('an answer is passed no faster than the client takes it, and ends when the client leaves', async () => {
  let written = 0
  let stuck = false
  let closed = false
  const open = await openSlowUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' })
    const chunk = Buffer.alloc(1 << 20)
    const pump = (): void => {
      while (!closed && written < 512) {
        written++
        if (!response.write(chunk)) {
          stuck = true
          response.once('drain', () => {
            stuck = false
            pump()
          })
          return
        }
      }
    }
    response.on('close', () => {
      closed = true
    })
    pump()
  })
  const scene = await open()
  const request = httpRequest(`${scene.gateway.url}/providers/slow/x`, {
    headers: { authorization: `Bearer ${testKey}` },
  })
  request.end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.pause()
  await eventually(() => stuck && written > 1)
  expect(written).toBeLessThan(64)
  response.destroy()
  await eventually(() => closed)
  await scene.settled()
})
