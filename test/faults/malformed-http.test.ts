// Requests that break the rules of HTTP, by hand over sockets: each gets an answer that names what is wrong, where
// there is anybody to answer, and the gateway goes on as before.

import { afterEach, expect, test } from 'vitest'
import { answerText, streamEvents, wholeStream } from '../support/fake-upstream.ts'
import { askRaw, openRawConnection, type RawAnswer, rawRequest } from '../support/raw-http.ts'
import { eventually, openScene, type Scene, type Sections, shareScene } from '../support/scene.ts'
import { testKey } from '../support/test-gateway.ts'

const line = 'POST /v1/chat/completions HTTP/1.1'
const host = 'host: gateway'
const key = `authorization: Bearer ${testKey}`
const good = JSON.stringify({ model: 'test-model', messages: [{ role: 'user', content: 'Hello' }] })
const length = `content-length: ${good.length}`

const shared = shareScene({ upstreams: [[answerText('hello')]] })
let scene: Scene

/** The scene of all tests, or one of its own for a test that configures it. */
async function open(server?: Sections): Promise<number> {
  scene = server === undefined ? shared() : await openScene({ upstreams: [[answerText('hello')]], server })
  scene.upstream.behave(answerText('hello'))
  served = scene.upstream.requests.length
  return scene.gateway.port
}

/** Requests that the upstream had seen before the test. */
let served = 0

// Whatever was sent, the next request is served and nothing of the last one is left.
afterEach(async () => {
  const response = await scene.gateway.chat()
  expect(response.status).toBe(200)
  await response.text()
  await scene.settled()
})

function expectError(answer: RawAnswer, status: number, param: string | null): void {
  expect(answer.status).toBe(status)
  expect(answer.headers['content-type']).toContain('application/json')
  const { error } = JSON.parse(answer.body) as { error: Record<string, unknown> }
  expect(error).toMatchObject({
    message: expect.any(String),
    type: expect.any(String),
    code: expect.any(String),
  })
  expect(error['param']).toBe(param)
}

const chunked = 'transfer-encoding: chunked'

interface Broken {
  readonly what: string
  readonly lines: readonly string[]
  readonly body?: string
  /** What the answer names. */
  readonly names: string
}

const withHeader = (...headers: string[]): string[] => [line, host, key, ...headers]

const broken: readonly Broken[] = [
  {
    what: 'both a length and chunks',
    lines: withHeader(length, chunked),
    body: `${good.length.toString(16)}\r\n${good}\r\n0\r\n\r\n`,
    names: 'transfer-encoding',
  },
  { what: 'two lengths', lines: withHeader(length, 'content-length: 5'), names: 'content-length' },
  { what: 'two lengths in one header', lines: withHeader('content-length: 5, 6'), names: 'content-length' },
  { what: 'a negative length', lines: withHeader('content-length: -1'), names: 'content-length' },
  { what: 'a length that is no number', lines: withHeader('content-length: many'), names: 'content-length' },
  {
    what: 'an encoding after chunks',
    lines: withHeader('transfer-encoding: chunked, gzip'),
    names: 'transfer-encoding',
  },
  { what: 'a space before the colon', lines: withHeader('x-odd : 1', length), names: 'header' },
  { what: 'a NUL in a header', lines: withHeader('x-odd: a\0b', length), names: 'header' },
  { what: 'a folded header', lines: withHeader('x-odd: a', ' folded', length), names: 'header' },
  { what: 'a bare carriage return', lines: withHeader('x-odd: a\rb', length), names: 'header' },
  { what: 'a header without a name', lines: withHeader(': nothing', length), names: 'header' },
  {
    what: 'a chunk whose size is no number',
    lines: withHeader(chunked),
    body: 'zz\r\nhello\r\n0\r\n\r\n',
    names: 'headers',
  },
  { what: 'no host', lines: [line, key, length], names: 'host' },
  { what: 'an expectation', lines: withHeader(length, 'expect: a-miracle'), names: 'expect' },
  {
    what: 'a strange method',
    lines: ['BREW /v1/chat/completions HTTP/1.1', host],
    body: '',
    names: 'method',
  },
  {
    what: 'a strange version',
    lines: ['POST /v1/chat/completions HTTP/9.9', host],
    body: '',
    names: 'version',
  },
  { what: 'a line that is no request', lines: ['hello there'], body: '', names: 'method' },
  { what: 'bytes of TLS', lines: ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc'], body: '', names: 'method' },
  { what: 'the preface of HTTP/2', lines: ['PRI * HTTP/2.0', '', 'SM', ''], body: '', names: 'version' },
]

test.each(broken)('a request with $what is refused', async ({ lines, body = good, names }) => {
  const answer = await askRaw(await open(), rawRequest(lines, body))
  expectError(answer, 400, names)
  expect(scene.upstream.requests).toHaveLength(served)
})

test('headers that are too large are answered with 431', async () => {
  const answer = await askRaw(await open(), rawRequest([line, host, key, `x-large: ${'x'.repeat(40_000)}`]))
  expectError(answer, 431, 'headers')
})

test('headers that do not arrive in time are answered with 408', async () => {
  const connection = await openRawConnection(await open({ headers_timeout: '100ms' }))
  connection.send(`${line}\r\n${host}\r\n`)
  expectError(await connection.answer(), 408, 'headers')
  await connection.closed
})

test('a body that does not arrive in time is answered with 408, and the connection ends', async () => {
  const connection = await openRawConnection(await open({ body_timeout: '100ms' }))
  connection.send(rawRequest([line, host, key, length], good.slice(0, 20)))
  expectError(await connection.answer(), 408, 'body')
  await connection.closed
  const [row] = await rowsSoFar()
  expect(row).toMatchObject({ status: 408, error_code: 'request_timeout' })
})

/** Lines of the log for requests. */
async function rowsSoFar(): Promise<Record<string, unknown>[]> {
  return scene.gateway.readLog().filter(({ message }) => message === 'request')
}

test('a body that breaks off in its chunks is refused', async () => {
  const connection = await openRawConnection(await open())
  connection.send(rawRequest([line, host, key, chunked], '5\r\nhello\r\nXX'))
  expect((await connection.answer()).status).toBe(400)
  await connection.closed
})

test('a body that is announced too large is answered with 413 before it comes', async () => {
  const connection = await openRawConnection(await open({ max_body_mb: 1 }))
  connection.send(rawRequest([line, host, key, 'content-length: 20971520']))
  expectError(await connection.answer(), 413, 'body')
  connection.destroy()
})

test('a body that grows too large in chunks is answered with 413', async () => {
  const connection = await openRawConnection(await open({ max_body_mb: 1 }))
  connection.send(rawRequest([line, host, key, chunked]))
  const piece = 'x'.repeat(1 << 20)
  connection.send(`100000\r\n${piece}\r\n100000\r\n${piece}\r\n`)
  expectError(await connection.answer(), 413, 'body')
  connection.send(`100000\r\n${piece}\r\n0\r\n\r\n`)
  // What was announced is read away, and the connection goes on.
  connection.send(rawRequest([line, host, key, length], good))
  expect((await connection.answer()).status).toBe(200)
})

test('a client that expects to be asked for its body is asked for it', async () => {
  const connection = await openRawConnection(await open())
  connection.send(rawRequest([line, host, key, length, 'expect: 100-continue']))
  expect((await connection.answer()).status).toBe(100)
  connection.send(good)
  expect((await connection.answer()).status).toBe(200)
})

test.each([
  ['gzip', 'gzip'],
  ['br', 'br'],
])('a body in the encoding %s is answered with 415', async (_name, encoding) => {
  const answer = await askRaw(
    await open(),
    rawRequest([line, host, key, length, `content-encoding: ${encoding}`], good),
  )
  expectError(answer, 415, 'content-encoding')
})

test.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])(
  'the method %s is answered with 405 and the right one',
  async method => {
    const answer = await askRaw(
      await open(),
      rawRequest([`${method} /v1/chat/completions HTTP/1.1`, host, key]),
    )
    expectError(answer, 405, null)
    expect(answer.headers['allow']).toBe('POST')
  },
)

test.each(['GET /v1/nothing', 'POST /v1/chat/completion', 'POST /V1/chat/completions', 'POST //v1/models'])(
  'an address that is none is answered with 404: %s',
  async start => {
    const answer = await askRaw(await open(), rawRequest([`${start} HTTP/1.1`, host, key, length], good))
    expectError(answer, 404, null)
    expect(scene.upstream.requests).toHaveLength(served)
  },
)

test('requests in a row without waiting are answered in their order', async () => {
  const port = await open()
  const connection = await openRawConnection(port)
  const bad = '{"model":"test-model"'
  const one = rawRequest([line, host, key, length], good)
  const broken = rawRequest([line, host, key, `content-length: ${bad.length}`], bad)
  const missing = rawRequest(['GET /v1/models/no-such-model HTTP/1.1', host, key])
  connection.send(Buffer.concat([one, broken, one, missing, one]))
  const statuses: number[] = []
  for (let count = 0; count < 5; count++) statuses.push((await connection.answer()).status)
  expect(statuses).toEqual([200, 400, 200, 404, 200])
})

test('a stream between two other answers on a connection comes whole', async () => {
  const port = await open()
  scene.upstream.behave(answerText('one'), streamEvents(wholeStream('two')), answerText('three'))
  const connection = await openRawConnection(port)
  const streamed = good.replace('{', '{"stream":true,')
  const requests = [good, streamed, good].map(body =>
    rawRequest([line, host, key, `content-length: ${body.length}`], body),
  )
  for (const request of requests) {
    const before = scene.upstream.requests.length
    connection.send(request)
    await eventually(() => scene.upstream.requests.length > before)
  }
  await eventually(() => connection.rest().includes('three'), connection.rest)
  const text = connection.rest()
  const order = ['one', 'two', '[DONE]', 'three'].map(word => text.indexOf(word))
  expect(order).toEqual(order.toSorted((left, right) => left - right))
  expect(order).not.toContain(-1)
})

test('a smuggled second request is never served', async () => {
  const port = await open()
  const smuggled = rawRequest(['POST /v1/chat/completions HTTP/1.1', host, key, length], good).toString()
  const connection = await openRawConnection(port)
  connection.send(rawRequest([line, host, key, 'content-length: 4', chunked], `0\r\n\r\n${smuggled}`))
  expectError(await connection.answer(), 400, 'transfer-encoding')
  await connection.closed
  expect(scene.upstream.requests).toHaveLength(served)
})

test('a request of HTTP/1.0 is served, and its connection closed', async () => {
  const connection = await openRawConnection(await open())
  connection.send(rawRequest(['POST /v1/chat/completions HTTP/1.0', key, length], good))
  expect((await connection.answer()).status).toBe(200)
  await connection.closed
})
