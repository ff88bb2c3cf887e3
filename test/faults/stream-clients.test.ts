// Clients of streams that wait, leave or read slowly, and what becomes of the upstream meanwhile.

import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import {
  answerText,
  type Behaviour,
  chunk,
  doneMarker,
  stall,
  streamEvents,
  wholeStream,
} from '../support/fake-upstream.ts'
import { eventually, openScene } from '../support/scene.ts'
import { contentOf, errorIn, eventsIn, openStreamClient } from '../support/stream-client.ts'
import { testKey } from '../support/test-gateway.ts'

const role = chunk({ role: 'assistant', content: '' })
const begun = [role, chunk({ content: 'one ' }), chunk({ content: 'two' })]
const keepAlive = ': keep-alive'

test('a client that leaves after two chunks closes the upstream, and pays for what it got', async () => {
  const { gateway, upstream, settled } = await openScene({
    upstreams: [[streamEvents(begun, { ending: 'stall' })]],
  })
  const client = await openStreamClient(gateway)
  await client.sees('two')
  client.leave()
  await upstream.requests[0]?.aborted
  await settled()
  const [line] = gateway.readLog().filter(({ message }) => message === 'request')
  expect(line).toMatchObject({ outcome: 'client_disconnected' })
  const rows = await gateway.stopAndReadLedger()
  expect(rows).toHaveLength(1)
  expect(rows[0]).toMatchObject({ outcome: 'client_disconnected', usage_source: 'estimated' })
  expect(rows[0]?.['input_uncached']).toBeGreaterThan(0)
  expect(rows[0]?.['output_text']).toBeGreaterThan(0)
})

test('a client that leaves while it waits for the first content closes the upstream; nobody else is asked', async () => {
  const { gateway, upstreams, upstream, settled } = await openScene({
    upstreams: [[streamEvents([role], { ending: 'stall' })], [answerText('second')]],
    server: { ping_after: '30ms' },
  })
  const client = await openStreamClient(gateway)
  await client.sees(keepAlive)
  client.leave()
  await upstream.requests[0]?.aborted
  await settled()
  expect(upstreams[1]?.requests).toHaveLength(0)
  const [row] = await gateway.stopAndReadLedger()
  expect(row).toMatchObject({ outcome: 'client_disconnected', error_code: 'client_disconnected' })
  expect(row?.['input_uncached']).toBeGreaterThan(0)
})

test('a client that leaves while it waits for a whole answer closes the upstream', async () => {
  const { gateway, upstreams, upstream, settled } = await openScene({
    upstreams: [[stall], [answerText('no')]],
  })
  const leaving = new AbortController()
  const body = JSON.stringify({ model: 'test-model', messages: [{ role: 'user', content: 'Hello' }] })
  const asked = fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${testKey}` },
    body,
    signal: leaving.signal,
  })
  await eventually(() => upstream.requests.length === 1)
  leaving.abort()
  await expect(asked).rejects.toThrow()
  await upstream.requests[0]?.aborted
  await settled()
  expect(upstreams[1]?.requests).toHaveLength(0)
  const [row] = await gateway.stopAndReadLedger()
  expect(row).toMatchObject({ outcome: 'client_disconnected', status: 499 })
})

test('a client that leaves between two attempts is the end of the attempts', async () => {
  const { gateway, upstream, settled } = await openScene({
    upstreams: [[(_request, response) => void response.writeHead(500).end('{}')]],
    provider: { max_retries: 5 },
    sections: () => ({ retry: { base_ms: 60_000, max_ms: 60_000 } }),
    server: { ping_after: '30ms' },
  })
  const client = await openStreamClient(gateway)
  await client.sees(keepAlive)
  client.leave()
  await settled()
  expect(upstream.requests).toHaveLength(1)
  const [row] = await gateway.stopAndReadLedger()
  expect(row).toMatchObject({ outcome: 'client_disconnected' })
})

test('a client that leaves while its body is being read costs nothing and leaves nothing behind', async () => {
  const { gateway, upstream, settled, inFlight } = await openScene({ upstreams: [[answerText('never')]] })
  const socket = connect(gateway.port, '127.0.0.1')
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${testKey}\r\n` +
      'content-length: 1000\r\n\r\n{"model":',
  )
  await eventually(() => inFlight().alarms === 1, inFlight)
  socket.destroy()
  await settled()
  expect(upstream.requests).toHaveLength(0)
  const [row] = await gateway.stopAndReadLedger()
  expect(row).toMatchObject({ outcome: 'client_disconnected', input_uncached: null, cost_nano_usd: 0 })
})

test('a fifth of many clients leave: the others get their answers, and nothing stays open', async () => {
  const { gateway, upstream, settled, inFlight } = await openScene({
    upstreams: [[streamEvents(wholeStream('a', 'b', 'c'), { before: () => sleep(5) })]],
  })
  const clients = await Promise.all(Array.from({ length: 50 }, () => openStreamClient(gateway)))
  const leaving = clients.filter((_, index) => index % 5 === 0)
  for (const client of leaving) client.leave()
  const staying = clients.filter(client => !leaving.includes(client))
  const texts = await Promise.all(staying.map(client => client.whole))
  expect(texts.map(contentOf)).toEqual(staying.map(() => 'abc'))
  await settled()
  expect(inFlight()).toEqual({ alarms: 0, requests: 0 })
  expect(upstream.requests).toHaveLength(50)
  const rows = await gateway.stopAndReadLedger()
  expect(rows).toHaveLength(50)
})

test('a waiting client gets comments, and the next provider can still answer after them', async () => {
  const silent: Behaviour = streamEvents([role], { ending: 'stall' })
  const { gateway, upstreams } = await openScene({
    upstreams: [[silent], [streamEvents(wholeStream('second'))]],
    provider: { timeouts: { first_token: '250ms' } },
    server: { ping_after: '50ms' },
  })
  const client = await openStreamClient(gateway)
  expect(client.status).toBe(200)
  const text = await client.whole
  expect(text.split(keepAlive).length).toBeGreaterThan(2)
  expect(contentOf(text)).toBe('second')
  expect(eventsIn(text).at(-1)).toBe('[DONE]')
  expect(upstreams.map(({ requests }) => requests.length)).toEqual([1, 1])
})

test('where everybody fails after the first comment, the error is the last event', async () => {
  const { gateway, settled } = await openScene({
    upstreams: [[stall], [stall]],
    provider: { timeouts: { headers: '120ms', first_token: '10s' } },
    server: { ping_after: '50ms' },
  })
  const client = await openStreamClient(gateway)
  const text = await client.whole
  expect(client.status).toBe(200)
  expect(text.startsWith(keepAlive)).toBe(true)
  expect(errorIn(text)).toMatchObject({ code: 'upstream_timeout', provider: 'upstream2' })
  expect(errorIn(text)['attempts']).toHaveLength(2)
  expect(text).not.toContain('[DONE]')
  await settled()
})

test('comments go on between two events that are far apart', async () => {
  const { gateway } = await openScene({
    upstreams: [[streamEvents(wholeStream('a', 'b'), { before: index => sleep(index === 2 ? 250 : 0) })]],
    server: { ping_after: '50ms' },
  })
  const client = await openStreamClient(gateway)
  const text = await client.whole
  expect(text.indexOf('"a"')).toBeLessThan(text.indexOf(keepAlive))
  expect(text.indexOf(keepAlive)).toBeLessThan(text.indexOf('"b"'))
  expect(contentOf(text)).toBe('ab')
})

test('a client that does not read makes the upstream wait instead of filling the memory', async () => {
  const size = 50 << 20
  const event = chunk({ content: 'x'.repeat(64 << 10) })
  let accepted = 0
  const flood: Behaviour = async (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(role)
    while (accepted < size) {
      accepted += event.length
      if (!response.write(event)) await once(response, 'drain')
    }
    response.end(chunk({}, 'stop') + doneMarker)
  }
  const { gateway, settled } = await openScene({ upstreams: [[flood]] })
  const client = await openStreamClient(gateway)
  client.pause()
  let before = -1
  while (before !== accepted) {
    before = accepted
    await sleep(150)
  }
  // Between the two ends there are four socket buffers of the system, some MiB each.
  expect(accepted).toBeLessThan(size / 2)
  client.resume()
  const text = await client.whole
  expect(text.length).toBeGreaterThan(size)
  expect(text.endsWith(doneMarker)).toBe(true)
  await settled()
})

test('a stream that ends while its client is slow to read leaves no upstream connection behind', async () => {
  const event = chunk({ content: 'x'.repeat(768 << 10) })
  const burst: Behaviour = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(role + event.repeat(24) + chunk({}, 'stop') + doneMarker)
    setImmediate(() => response.end(': the rest\n\n'))
  }
  const { gateway, settled } = await openScene({ upstreams: [[burst]] })
  const client = await openStreamClient(gateway)
  client.readSlowly()
  expect((await client.whole).endsWith(doneMarker)).toBe(true)
  await settled()
})
