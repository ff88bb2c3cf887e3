// What has to be had before an upstream is asked is waited for no longer than the answer itself: images that are fetched
// for it, and the tokens of an account.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createAlarms } from '../../src/lib/alarms.ts'
import { createCancellation } from '../../src/lib/cancellation.ts'
import { createManualClock } from '../../src/lib/clock.ts'
import { createTransport } from '../../src/transport/index.ts'
import { answerJson } from '../support/fake-upstream.ts'
import { eventually, openScene } from '../support/scene.ts'
import { testKey } from '../support/test-gateway.ts'
import { requestOf, targetOf } from '../support/upstream-request.ts'

/** A host that never answers. */
async function openSilentHost() {
  const seen = { asked: 0, closed: 0 }
  const server = createServer(request => {
    seen.asked++
    request.socket.on('close', () => seen.closed++)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

async function openWithImages(timeouts: object) {
  const { host, seen } = await openSilentHost()
  const scene = await openScene({
    upstreams: [[answerJson(200, {})]],
    sections: ([upstream]) => ({
      timeouts,
      media: { allowed_hosts: [host], timeout: '60s' },
      providers: [{ name: 'local', type: 'ollama', base_url: upstream?.baseUrl, models: ['llava'] }],
    }),
  })
  const content = [{ type: 'image_url', image_url: { url: `http://${host}/a.png` } }]
  return { scene, seen, body: { model: 'local/llava', messages: [{ role: 'user', content }] } }
}

test('the deadline of a request holds while an image is fetched for it', async () => {
  const { scene, seen, body } = await openWithImages({ total: '300ms' })
  const response = await scene.gateway.chat(body)
  expect(response.status).toBe(504)
  expect(await response.json()).toMatchObject({ error: { code: 'deadline_exceeded' } })
  await eventually(() => seen.closed === 1)
})

test('a client that leaves meanwhile ends it', async () => {
  const { scene, seen, body } = await openWithImages({})
  const leaving = new AbortController()
  const left = fetch(`${scene.gateway.url}/v1/chat/completions`, {
    method: 'POST',
    signal: leaving.signal,
    headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => 'left')
  await eventually(() => seen.asked === 1)
  leaving.abort()
  expect(await left).toBe('left')
  await scene.settled()
  const [row] = await scene.gateway.stopAndReadLedger()
  expect(row).toMatchObject({ outcome: 'client_disconnected' })
  expect(seen.closed).toBe(1)
})

function sendWithoutToken(changes: { deadline?: number; patienceMs?: number } = {}) {
  const clock = createManualClock()
  const alarms = createAlarms(clock)
  const transport = createTransport({ clock, alarms })
  const cancellation = createCancellation()
  const target = targetOf({ provider: 'account', authorize: () => new Promise(() => {}) })
  const sent = transport.send(requestOf({ ...changes, cancellation, target }))
  sent.catch(() => {})
  return { sent, clock, cancellation, alarms }
}

test('a token that never comes is a target that cannot be reached', async () => {
  const { sent, clock, alarms } = sendWithoutToken({ deadline: 60_000 })
  clock.advance(1100)
  await expect(sent).rejects.toMatchObject({ code: 'upstream_timeout', provider: 'account' })
  expect(alarms.size).toBe(0)
})

test.each([
  ['the deadline', { deadline: 500 }, 'deadline_exceeded'],
  ['what others leave it', { deadline: 60_000, patienceMs: 500 }, 'upstream_timeout'],
])('it is waited for no longer than %s', async (_, changes, code) => {
  const { sent, clock } = sendWithoutToken(changes)
  clock.advance(600)
  await expect(sent).rejects.toMatchObject({ code })
})

test('nor for a client that has left', async () => {
  const { sent, cancellation } = sendWithoutToken({ deadline: 60_000 })
  cancellation.cancel()
  await expect(sent).rejects.toMatchObject({ code: 'client_disconnected' })
})
