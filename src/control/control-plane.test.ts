import { createServer, type IncomingHttpHeaders, request as sendRequest } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { GatewayError } from '../errors.ts'
import { type ControlPlaneDeps, createControlPlane } from './control-plane.ts'
import { makeModelsDeps } from './models/library.fixture.ts'

const cleanups: Array<() => unknown> = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly json: () => unknown
}

async function setUp(changes: Partial<ControlPlaneDeps> = {}) {
  const authorized: string[] = []
  const accesses: string[] = []
  const reports: GatewayError[] = []
  const plane = await createControlPlane({
    name: 'LLM Proxy API',
    version: '1.2.3',
    health: () => ({ status: 'healthy' }),
    ready: () => true,
    metricsDocument: () => ({ business: { total_requests: 1 } }),
    prometheus: { contentType: 'text/plain; version=0.0.4; charset=utf-8', render: () => 'up 1\n' },
    explainRoute: () => ({}),
    ...makeModelsDeps(),
    authorize: (request, access) => {
      authorized.push(request.url ?? '')
      accesses.push(`${request.method} ${access}`)
    },
    report: error => reports.push(error),
    ...changes,
  })
  const server = createServer((request, response) => plane.handle(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(
    () => server.close(),
    () => plane.close(),
  )
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0

  function ask(
    path: string,
    options: { method?: string; body?: string; headers?: Record<string, string> } = {},
  ) {
    return new Promise<Answer>((resolve, reject) => {
      const { body, ...rest } = options
      const sent = sendRequest({ host: '127.0.0.1', port, path, agent: false, ...rest }, response => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: () => JSON.parse(text),
          })
        })
      })
      sent.on('error', reject)
      sent.end(body)
    })
  }
  return { plane, ask, authorized, accesses, reports }
}

test('what changes something is told apart from what is only read', async () => {
  const { ask, accesses } = await setUp()
  await ask('/api/models')
  await ask('/api/models/refresh', { method: 'POST' })
  expect(accesses).toEqual(['GET guarded', 'POST changing'])
})

test.each([
  ['healthy', 200],
  ['degraded', 200],
  ['unhealthy', 503],
] as const)('a %s gateway answers /health with %i and the document', async (status, code) => {
  const { ask } = await setUp({ health: () => ({ status }) })
  const answer = await ask('/health')
  expect(answer.status).toBe(code)
  expect(answer.json()).toEqual({ status })
  expect(answer.headers['content-type']).toContain('application/json')
  expect(answer.headers['cache-control']).toBe('no-store')
})

test('a gateway that starts or shuts down is alive but not ready', async () => {
  let ready = false
  const { ask } = await setUp({ ready: () => ready })
  expect((await ask('/health/live')).status).toBe(200)
  expect((await ask('/health/ready')).status).toBe(503)
  ready = true
  expect((await ask('/health/ready')).status).toBe(200)
})

test('metrics come as JSON and as text for Prometheus', async () => {
  const { ask } = await setUp()
  expect((await ask('/metrics')).json()).toEqual({ business: { total_requests: 1 } })
  const text = await ask('/metrics/prometheus')
  expect(text.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(text.text).toBe('up 1\n')
})

test('where metrics are switched off, the scraper is told so', async () => {
  const { ask } = await setUp({ prometheus: null })
  const answer = await ask('/metrics/prometheus')
  expect(answer.status).toBe(404)
  expect(answer.text).toContain('metrics.enabled')
  expect((await ask('/metrics')).status).toBe(200)
})

test('the root says what this is', async () => {
  const { ask } = await setUp()
  expect((await ask('/')).json()).toMatchObject({
    name: 'LLM Proxy API',
    version: '1.2.3',
    links: { health: '/health' },
  })
})

test('every route is on the list of open ones or asks for authorisation', async () => {
  const open = ['/', '/health', '/health/live', '/health/ready']
  const { plane, ask, authorized } = await setUp()
  expect(plane.routes.length).toBeGreaterThanOrEqual(6)
  for (const route of plane.routes) {
    for (const method of route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]) {
      for (const path of [route.path, `${route.path}?a=1`, route.path === '/' ? '/' : `${route.path}/`]) {
        authorized.length = 0
        await ask(path, { method })
        expect(authorized, `${method} ${path}`).toEqual(open.includes(route.path) ? [] : [path])
      }
    }
  }
})

test('who is refused gets the reason and nothing of the document', async () => {
  const { ask } = await setUp({
    authorize: () => {
      throw new GatewayError('missing_api_key')
    },
  })
  const answer = await ask('/metrics')
  expect(answer.status).toBe(401)
  expect(answer.headers['www-authenticate']).toBe('Bearer')
  expect(answer.json()).toEqual({
    error: {
      message: 'No API key was sent.',
      type: 'authentication_error',
      param: null,
      code: 'missing_api_key',
    },
  })
  expect((await ask('/health')).status).toBe(200)
})

test('a limit tells when to come back', async () => {
  const { ask } = await setUp({
    authorize: () => Promise.reject(new GatewayError('rate_limit_exceeded', { retryAfterMs: 1_200 })),
  })
  expect((await ask('/metrics')).headers['retry-after']).toBe('2')
})

test('an unknown address is 404 and a wrong method 405 with the right ones', async () => {
  const { ask } = await setUp()
  const missing = await ask('/nothing?secret=1')
  expect(missing.status).toBe(404)
  expect(missing.json()).toMatchObject({
    error: { code: 'not_found', type: 'invalid_request_error', param: null },
  })
  expect(missing.text).not.toContain('secret')
  const wrong = await ask('/health/', { method: 'POST', body: '{}' })
  expect(wrong.status).toBe(405)
  expect(wrong.headers['allow']).toBe('GET, HEAD')
  expect(wrong.json()).toMatchObject({ error: { code: 'method_not_allowed' } })
})

test('HEAD answers as GET without a body', async () => {
  const { ask } = await setUp()
  const answer = await ask('/health', { method: 'HEAD' })
  expect(answer.status).toBe(200)
  expect(answer.text).toBe('')
})

test.each(['/%zz', '/%E0%A4%A'])('a malformed address %s is a fault of the client', async path => {
  const { ask } = await setUp()
  const answer = await ask(path)
  expect(answer.status).toBe(400)
  expect(answer.json()).toMatchObject({ error: { code: 'invalid_request' } })
})

test('a mistake of ours is reported with its cause and shown without a word of it', async () => {
  const { ask, reports } = await setUp({
    health: () => {
      throw new Error('the password is hunter2')
    },
  })
  const answer = await ask('/health')
  expect(answer.status).toBe(500)
  expect(answer.text).not.toMatch(/hunter2|at .*\.ts/)
  expect(answer.headers['x-powered-by']).toBeUndefined()
  expect(reports[0]?.cause).toMatchObject({ message: 'the password is hunter2' })
})

test('what is sent to nowhere is not read', async () => {
  const { ask } = await setUp()
  const odd = { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }
  expect((await ask('/health', odd)).status).toBe(405)
  expect((await ask('/nothing', { ...odd, headers: { 'content-type': 'x/y' } })).status).toBe(404)
})
