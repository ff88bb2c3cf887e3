import { afterEach, expect, test } from 'vitest'
import {
  answerJson,
  type FakeUpstream,
  resetConnection,
  stall,
  startFakeUpstream,
  streamEvents,
} from '../../test/support/fake-upstream.ts'
import { requestOf, targetOf } from '../../test/support/upstream-request.ts'
import { waitUntil } from '../../test/support/wait-until.ts'
import type { RawReply, ReplyStream, StreamSink, UnderwayCall, UpstreamRequest } from '../call.ts'
import { GatewayError } from '../errors.ts'
import { createAlarms } from '../lib/alarms.ts'
import { createCancellation } from '../lib/cancellation.ts'
import { createManualClock, systemClock } from '../lib/clock.ts'
import { createTransport } from './index.ts'

const closers: Array<() => Promise<void>> = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function setUp(...behaviours: Parameters<FakeUpstream['behave']>) {
  const upstream = await startFakeUpstream(...behaviours)
  const alarms = createAlarms(systemClock)
  const transport = createTransport({ clock: systemClock, alarms })
  closers.push(
    () => upstream.close(),
    () => transport.close(),
  )
  return { upstream, transport, alarms }
}

function requestTo(
  upstream: FakeUpstream,
  fields: Partial<UpstreamRequest> = {},
  timers: Partial<{ connectMs: number; headersMs: number; idleMs: number }> = {},
): UpstreamRequest {
  const target = targetOf({
    origin: `http://127.0.0.1:${upstream.port}`,
    pathFor: ({ operation, model }) => `/v1/${operation}?model=${model}`,
    headersFor: () => ['authorization', 'Bearer upstream-key'],
    timers: { connectMs: 1000, headersMs: 5000, firstContentMs: 5000, idleMs: 5000, ...timers },
    maxConnections: 8,
  })
  return requestOf({ target, deadline: systemClock.now() + 10_000, ...fields })
}

function textOf(reply: RawReply): string {
  return Buffer.isBuffer(reply.body) ? reply.body.toString() : 'a stream'
}

/** Reads a stream to its end. */
function collect(reply: RawReply): Promise<{ bytes: Buffer; failure: GatewayError | null }> {
  if (Buffer.isBuffer(reply.body)) throw new Error('not a stream')
  const stream: ReplyStream = reply.body
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    const sink: StreamSink = {
      data: chunk => void chunks.push(chunk),
      end: () => resolve({ bytes: Buffer.concat(chunks), failure: null }),
      fail: failure => resolve({ bytes: Buffer.concat(chunks), failure }),
    }
    stream.read(sink)
  })
}

test('the upstream gets the path, the credentials and the very bytes of the body', async () => {
  const { upstream, transport, alarms } = await setUp(answerJson(201, { fine: true }))
  const body = Buffer.from('{"b":1.0,"a":"\\u00e9"}')
  const reply = await transport.send(requestTo(upstream, { body, clientHeaders: ['openai-beta', 'x=1'] }))
  expect(reply.status).toBe(201)
  expect(textOf(reply)).toBe('{"fine":true}')
  const [seen] = upstream.requests
  expect(seen?.url).toBe('/v1/chat?model=model')
  expect(seen?.body.equals(body)).toBe(true)
  expect(seen?.headers).toMatchObject({
    authorization: 'Bearer upstream-key',
    'openai-beta': 'x=1',
    'content-length': String(body.length),
  })
  expect(alarms.size).toBe(0)
})

test('an upstream that sends no headers is left after the headers timer, and its connection closed', async () => {
  const { upstream, transport, alarms } = await setUp(stall)
  const request = requestTo(upstream, {}, { headersMs: 40 })
  await expect(transport.send(request)).rejects.toMatchObject({
    code: 'upstream_timeout',
    message: expect.stringContaining('timer: headers'),
  })
  await upstream.requests[0]?.aborted
  expect(alarms.size).toBe(0)
})

test('patience ends every silence, and whoever watches over the target can end a call', async () => {
  const { upstream, transport, alarms } = await setUp(stall)
  await expect(transport.send(requestTo(upstream, { patienceMs: 40 }))).rejects.toMatchObject({
    code: 'upstream_timeout',
    message: expect.stringContaining('40 ms'),
  })
  const underway: UnderwayCall = { call: null }
  const sending = transport.send(requestTo(upstream, { underway }))
  const failure = new GatewayError('upstream_timeout', { message: 'It answers nobody.' })
  await waitUntil('the second call', () => upstream.requests.length === 2, { betweenMs: 5 })
  underway.call?.giveUp(failure)
  await expect(sending).rejects.toBe(failure)
  for (const request of upstream.requests) await request.aborted
  expect(alarms.size).toBe(0)
})

test('patience is not for the pauses of a stream: those have the idle timer', async () => {
  const { upstream, transport } = await setUp((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: one\n\n')
    setTimeout(() => response.end('data: two\n\n'), 150)
  })
  const reply = await transport.send(requestTo(upstream, { streaming: true, patienceMs: 40 }))
  expect(await collect(reply)).toMatchObject({ failure: null })
})

test('waiting for a connection of ours is no silence of the upstream', async () => {
  const { upstream, transport, alarms } = await setUp(stall)
  const target = requestTo(upstream, {}, {}).target
  const connection = {
    ...target.connection,
    maxConnections: 1,
    timers: { ...target.connection.timers, firstContentMs: 60 },
  }
  const shared = { streaming: true, target: { ...target, connection } }
  const first = transport.send(requestTo(upstream, { ...shared, deadline: systemClock.now() + 300 }))
  const second = transport.send(requestTo(upstream, shared))
  await expect(second).rejects.toMatchObject({
    code: 'upstream_busy',
    message: expect.stringContaining('max_connections'),
  })
  await expect(first).rejects.toMatchObject({ code: 'upstream_timeout' })
  expect(upstream.requests).toHaveLength(1)
  expect(alarms.size).toBe(0)
})

test('a stream without headers is left after the timer of its first content, where that is shorter', async () => {
  const { upstream, transport } = await setUp(stall)
  const target = requestTo(upstream).target
  const timers = { ...target.connection.timers, firstContentMs: 40 }
  const request = requestTo(upstream, {
    streaming: true,
    target: { ...target, connection: { ...target.connection, timers } },
  })
  await expect(transport.send(request)).rejects.toMatchObject({
    code: 'upstream_timeout',
    message: expect.stringContaining('timer: first_token'),
  })
  await upstream.requests[0]?.aborted
})

test('an answer that stops in the middle is left after the idle timer', async () => {
  const { upstream, transport } = await setUp((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{"half":')
  })
  await expect(transport.send(requestTo(upstream, {}, { idleMs: 40 }))).rejects.toMatchObject({
    code: 'upstream_timeout',
    message: expect.stringContaining('timer: idle'),
  })
  await upstream.requests[0]?.aborted
})

test('the total deadline cuts whatever phase it falls into', async () => {
  const { upstream, transport } = await setUp(stall)
  const request = requestTo(upstream, { deadline: systemClock.now() + 40 })
  await expect(transport.send(request)).rejects.toMatchObject({ code: 'deadline_exceeded' })
})

test('cancelling closes the upstream', async () => {
  const { upstream, transport, alarms } = await setUp((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{')
    cancellation.cancel()
  })
  const cancellation = createCancellation()
  await expect(transport.send(requestTo(upstream, { cancellation }))).rejects.toMatchObject({
    code: 'client_disconnected',
  })
  await upstream.requests[0]?.aborted
  expect(alarms.size).toBe(0)
})

test('a connection that dies before any answer is tried once more on another socket', async () => {
  const { upstream, transport } = await setUp(resetConnection, answerJson(200, {}))
  expect((await transport.send(requestTo(upstream))).status).toBe(200)
  expect(upstream.requests).toHaveLength(2)
})

test('two dead connections in a row are a failure of the upstream', async () => {
  const { upstream, transport, alarms } = await setUp(resetConnection)
  await expect(transport.send(requestTo(upstream))).rejects.toMatchObject({ code: 'upstream_unreachable' })
  expect(upstream.requests).toHaveLength(2)
  expect(alarms.size).toBe(0)
})

test('an address where nobody listens is unreachable, and the message says which', async () => {
  const { upstream, transport } = await setUp()
  await upstream.close()
  closers.shift()
  await expect(transport.send(requestTo(upstream))).rejects.toMatchObject({
    code: 'upstream_unreachable',
    message: expect.stringContaining(`127.0.0.1:${upstream.port}`),
  })
})

test('a body cut short is never taken for an answer', async () => {
  const { upstream, transport } = await setUp((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
    response.write('{"choices":[]}')
    setImmediate(() => response.destroy())
  })
  await expect(transport.send(requestTo(upstream))).rejects.toMatchObject({ code: 'upstream_truncated' })
  expect(upstream.requests).toHaveLength(1)
})

test('a stream is handed over at its headers, byte for byte, and its cut is told', async () => {
  const { upstream, transport, alarms } = await setUp(streamEvents(['data: 1\n\n', 'data: 2\n\n']))
  const whole = await collect(await transport.send(requestTo(upstream, { streaming: true })))
  expect(whole).toEqual({ bytes: Buffer.from('data: 1\n\ndata: 2\n\n'), failure: null })
  upstream.behave(streamEvents(['data: 1\n\n'], { ending: 'cut' }))
  const cut = await collect(await transport.send(requestTo(upstream, { streaming: true })))
  expect(String(cut.bytes)).toBe('data: 1\n\n')
  expect(cut.failure?.code).toBe('upstream_truncated')
  expect(alarms.size).toBe(0)
})

test('a reader that pauses stops the upstream instead of filling memory', async () => {
  const block = Buffer.alloc(64 * 1024, 'x')
  let sent = 0
  const { upstream, transport } = await setUp((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const pump = (): void => {
      while (sent < 64 * 1024 * 1024) {
        sent += block.length
        if (!response.write(block)) {
          response.once('drain', pump)
          return
        }
      }
      response.end()
    }
    pump()
  })
  const reply = await transport.send(requestTo(upstream, { streaming: true }))
  if (Buffer.isBuffer(reply.body)) throw new Error('not a stream')
  const stream = reply.body
  let received = 0
  await new Promise<void>(resolve => {
    stream.read({
      data(chunk) {
        received += chunk.length
        stream.pause()
        // Long enough for the socket's buffers to fill: only a paused reader keeps the sender from going on.
        setTimeout(resolve, 200)
      },
      end: () => resolve(),
      fail: () => resolve(),
    })
  })
  expect(received).toBeLessThan(1024 * 1024)
  expect(sent).toBeLessThan(32 * 1024 * 1024)
  stream.abort()
  await upstream.requests[0]?.aborted
})

test('a pool that the configuration no longer has closes without taking its request down', async () => {
  let answer = (): void => {}
  const { upstream, transport } = await setUp((_request, response) => {
    answer = () => void response.end('late')
    asked()
  })
  let asked = (): void => {}
  const arrived = new Promise<void>(resolve => {
    asked = resolve
  })
  const pending = transport.send(requestTo(upstream))
  await arrived
  transport.retain([])
  answer()
  expect(textOf(await pending)).toBe('late')
})

test('an upstream that works on a request for a while and resets is not asked again', async () => {
  const clock = createManualClock()
  const upstream = await startFakeUpstream(
    (request, response) => {
      clock.advance(400)
      void resetConnection(request, response)
    },
    answerJson(200, {}),
  )
  const transport = createTransport({ clock, alarms: createAlarms(clock) })
  closers.push(
    () => upstream.close(),
    () => transport.close(),
  )
  const sent = transport.send(requestTo(upstream, { deadline: clock.now() + 10_000 }))
  await expect(sent).rejects.toMatchObject({ code: 'upstream_unreachable' })
  expect(upstream.requests).toHaveLength(1)
})

test('an answer that never ends does not keep the transport open', async () => {
  const clock = createManualClock()
  const upstream = await startFakeUpstream(streamEvents(['data: 1\n\n'], { ending: 'stall' }))
  closers.push(() => upstream.close())
  const transport = createTransport({ clock, alarms: createAlarms(clock) })
  const reply = await transport.send(requestTo(upstream, { streaming: true, deadline: 10_000 }))
  const collected = collect(reply)
  const closed = transport.close()
  clock.advance(2000)
  await closed
  await upstream.requests[0]?.aborted
  expect((await collected).failure).not.toBeNull()
})

test('a relayed request is signed with its body, and its answer is a stream whatever its status', async () => {
  const { upstream, transport, alarms } = await setUp(answerJson(404, { error: 'nothing here' }))
  const connection = {
    ...requestTo(upstream).target.connection,
    authorize: ({ method, path, body }: { method: string; path: string; body: Buffer }) => [
      'x-signature',
      `${method} ${path} ${body.toString()}`,
    ],
  }
  const reply = await transport.relay({
    target: { id: 'provider', connection },
    method: 'PUT',
    path: '/v1/x?y=1',
    headers: ['x-own', '1'],
    body: Buffer.from('text'),
    key: null,
    cancellation: createCancellation(),
    deadline: systemClock.now() + 10_000,
  })
  expect(reply.status).toBe(404)
  expect((await collect(reply)).bytes.toString()).toBe('{"error":"nothing here"}')
  expect(upstream.requests[0]).toMatchObject({
    method: 'PUT',
    headers: { 'x-signature': 'PUT /v1/x?y=1 text', authorization: 'Bearer upstream-key', 'x-own': '1' },
  })
  expect(alarms.size).toBe(0)
})
