// Who may ask, how they show it, and how often.

import { expect, test } from 'vitest'
import { answerText } from '../support/fake-upstream.ts'
import { askRaw, rawRequest } from '../support/raw-http.ts'
import { openScene, type Scene, type Sections, shareScene } from '../support/scene.ts'
import { testKey } from '../support/test-gateway.ts'

const open = (sections: Sections = {}) =>
  openScene({ upstreams: [[answerText('hello')]], sections: () => sections })

const body = JSON.stringify({ model: 'test-model', messages: [{ role: 'user', content: 'Hello' }] })

function ask({ gateway }: Scene, headers: Record<string, string>): Promise<Response> {
  return fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', headers, body })
}

const shared = shareScene({ upstreams: [[answerText('hello')]] })

test.each([
  ['authorization', `Bearer ${testKey}`],
  ['authorization', `bearer ${testKey}`],
  ['authorization', `BEARER   ${testKey}`],
  ['x-api-key', testKey],
  ['X-API-Key', testKey],
  ['api-key', testKey],
  ['x-goog-api-key', testKey],
])('the key is taken from %s: %s', async (header, value) => {
  expect((await ask(shared(), { [header]: value })).status).toBe(200)
})

test('the key is taken from the configured header, beside those of the SDKs', async () => {
  const scene = await open({ auth: { api_keys: [testKey], api_key_header: 'X-My-Key' } })
  expect((await ask(scene, { 'x-my-key': testKey })).status).toBe(200)
  expect((await ask(scene, { 'x-api-key': testKey })).status).toBe(200)
  expect((await ask(scene, { 'x-your-key': testKey })).status).toBe(401)
})

const refused: ReadonlyArray<[what: string, headers: Record<string, string>, code: string]> = [
  ['no key', {}, 'missing_api_key'],
  ['an empty key', { authorization: 'Bearer ' }, 'missing_api_key'],
  ['another scheme', { authorization: `Basic ${testKey}` }, 'missing_api_key'],
  ['a key without its scheme', { authorization: testKey }, 'missing_api_key'],
  ['a wrong key', { authorization: 'Bearer wrong' }, 'invalid_api_key'],
  ['a key that begins right', { authorization: `Bearer ${testKey.slice(0, -1)}` }, 'invalid_api_key'],
  ['a key that goes on', { authorization: `Bearer ${testKey}x` }, 'invalid_api_key'],
  ['a key in other letters', { authorization: `Bearer ${testKey.toUpperCase()}` }, 'invalid_api_key'],
  ['a key without an end', { authorization: `Bearer ${'x'.repeat(10_000)}` }, 'invalid_api_key'],
  [
    'a wrong key before the right one',
    { authorization: 'Bearer wrong', 'x-api-key': testKey },
    'invalid_api_key',
  ],
  ['two keys in one header', { 'api-key': `${testKey}, ${testKey}` }, 'invalid_api_key'],
]

test.each(refused)(
  '%s is answered with 401, costs nothing and leaves no row',
  async (_what, headers, code) => {
    const scene = await open()
    const response = await ask(scene, headers)
    expect(response.status).toBe(401)
    expect(response.headers.get('x-request-id')).toMatch(/./)
    const { error } = (await response.json()) as { error: Record<string, unknown> }
    expect(error).toMatchObject({ code, type: 'authentication_error', param: expect.any(String) })
    expect(scene.upstream.requests).toHaveLength(0)
    await scene.settled()
    expect(await scene.gateway.stopAndReadLedger()).toHaveLength(0)
  },
)

test('a refused key is answered before the body is read', async () => {
  const scene = shared()
  const broken = await fetch(`${scene.gateway.url}/v1/chat/completions`, { method: 'POST', body: '{' })
  expect(broken.status).toBe(401)
})

test('the models are for holders of keys, too', async () => {
  const scene = shared()
  const url = `${scene.gateway.url}/v1/models`
  expect((await fetch(url)).status).toBe(401)
  const response = await fetch(url, { headers: { 'x-api-key': testKey } })
  expect(await response.json()).toMatchObject({ data: [{ id: 'test-model' }] })
})

const twoAtOnce = { rate_limit: { requests_per_window: 2, window_seconds: 60 } }

test('every answer says what is left of the limit, and what is over it is refused', async () => {
  const scene = await open(twoAtOnce)
  const answers: Response[] = []
  for (let count = 0; count < 4; count++) answers.push(await scene.gateway.chat())
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 429])
  const remaining = answers.map(({ headers }) => headers.get('x-ratelimit-remaining-requests'))
  expect(remaining).toEqual(['1', '0', '0', '0'])
  expect(answers.map(({ headers }) => headers.get('x-ratelimit-limit-requests'))).toEqual(Array(4).fill('2'))
  expect(answers[0]?.headers.get('x-ratelimit-reset-requests')).toMatch(/^(1m\d|[3-6]\d).*s$/)
  expect(scene.upstream.requests).toHaveLength(2)
})

test('a refused request says once how long to wait, and consumes nothing', async () => {
  const scene = await open({
    rate_limit: { requests_per_window: 1, window_seconds: '300ms', burst_limit: 1 },
  })
  expect((await scene.gateway.chat()).status).toBe(200)
  const response = await scene.gateway.chat()
  expect(response.status).toBe(429)
  expect(response.headers.get('retry-after')).toBe('1')
  const waitMs = Number(response.headers.get('retry-after-ms'))
  expect(waitMs).toBeGreaterThan(0)
  expect(waitMs).toBeLessThanOrEqual(320)
  expect(await response.json()).toMatchObject({
    error: { code: 'rate_limit_exceeded', type: 'rate_limit_error' },
  })
  // Asking in between would push the time away, if it counted.
  const refusals = await Promise.all(Array.from({ length: 5 }, () => scene.gateway.chat()))
  expect(refusals.map(({ status }) => status)).toEqual(Array(5).fill(429))
  await new Promise(resolve => setTimeout(resolve, waitMs + 5))
  expect((await scene.gateway.chat()).status).toBe(200)
})

test('each key has a limit of its own, and strangers touch none', async () => {
  const scene = await open({ ...twoAtOnce, auth: { api_keys: ['first-key-of-two', 'second-key-of-two'] } })
  const statuses: number[] = []
  for (const key of ['nobody', 'nobody', 'first', 'first', 'first', 'second', 'second'])
    statuses.push((await ask(scene, { 'x-api-key': `${key}-key-of-two` })).status)
  expect(statuses).toEqual([401, 401, 200, 200, 429, 200, 200])
  await scene.settled()
  const rows = await scene.gateway.stopAndReadLedger()
  expect(new Set(rows.map(row => row['key_id'])).size).toBe(2)
  expect(rows.filter(row => row['status'] === 429)).toHaveLength(1)
})

test.each([
  ['Host: evil.example', 401],
  ['Host: localhost\r\nOrigin: http://evil.example', 401],
  ['Host: localhost\r\nX-Real-IP: 203.0.113.9', 401],
  ['Host: localhost:8000\r\nOrigin: http://localhost:3000', 200],
])(
  'where no key is required, a web page in a browser here is a stranger: %j gets %i',
  async (lines, status) => {
    const scene = await open({ auth: { required: false } })
    const head = ['POST /v1/chat/completions HTTP/1.1', lines, `Content-Length: ${body.length}`]
    expect((await askRaw(scene.gateway.port, rawRequest(head, body))).status).toBe(status)
    expect(scene.upstream.requests).toHaveLength(status === 200 ? 1 : 0)
  },
)
