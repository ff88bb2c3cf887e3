// Every way in which a provider can fail before its answer began: whether the next one is asked, and what the client
// hears where there is none.

import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  answerJson,
  answerText,
  type Behaviour,
  completion,
  type FakeUpstream,
  resetConnection,
  startFakeUpstream,
  streamEvents,
  wholeStream,
} from '../support/fake-upstream.ts'
import { configurationText, openScene } from '../support/scene.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'

interface Failure {
  readonly title: string
  readonly behaviour: Behaviour
  /** Whether the next provider is asked. */
  readonly passedOn: boolean
  /** What the client gets where there is no other. */
  readonly status: number
  readonly code: string
  readonly type?: string
  /** Value of `retry-after-ms`. */
  readonly waitMs?: number
}

const says = (status: number, error: object, headers: Record<string, string> = {}): Behaviour =>
  answerJson(status, { error: { message: 'Words of the provider.', ...error } }, headers)

const raw = (status: number, type: string, body: string): Behaviour =>
  answerJson(status, body, { 'content-type': type })

const tooLong =
  "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens."

const failures: readonly Failure[] = [
  { title: '500', behaviour: says(500, {}), passedOn: true, status: 502, code: 'upstream_error' },
  {
    title: '502 without a body',
    behaviour: raw(502, 'text/plain', ''),
    passedOn: true,
    status: 502,
    code: 'upstream_error',
  },
  {
    title: '503',
    behaviour: says(503, {}),
    passedOn: true,
    status: 503,
    code: 'upstream_overloaded',
    type: 'overloaded_error',
  },
  {
    title: '529',
    behaviour: says(529, {}),
    passedOn: true,
    status: 503,
    code: 'upstream_overloaded',
    type: 'overloaded_error',
  },
  {
    title: '504',
    behaviour: says(504, {}),
    passedOn: true,
    status: 504,
    code: 'upstream_timeout',
    type: 'timeout_error',
  },
  {
    title: '408',
    behaviour: says(408, {}),
    passedOn: true,
    status: 504,
    code: 'upstream_timeout',
    type: 'timeout_error',
  },
  {
    title: '429',
    behaviour: says(429, {}),
    passedOn: true,
    status: 429,
    code: 'rate_limit_exceeded',
    type: 'rate_limit_error',
  },
  {
    title: '429 with retry-after',
    behaviour: says(429, {}, { 'retry-after': '27' }),
    passedOn: true,
    status: 429,
    code: 'rate_limit_exceeded',
    waitMs: 27_000,
  },
  {
    title: '429 with retry-after-ms',
    behaviour: says(429, {}, { 'retry-after-ms': '21500', 'retry-after': '22' }),
    passedOn: true,
    status: 429,
    code: 'rate_limit_exceeded',
    waitMs: 21_500,
  },
  {
    title: '429 with a date',
    behaviour: (request, response) => {
      const date = new Date(Date.now() + 30_000).toUTCString()
      return says(429, {}, { 'retry-after': date })(request, response)
    },
    passedOn: true,
    status: 429,
    code: 'rate_limit_exceeded',
    waitMs: 30_000,
  },
  {
    title: '429 with reset headers',
    behaviour: says(429, {}, { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '22s' }),
    passedOn: true,
    status: 429,
    code: 'rate_limit_exceeded',
    waitMs: 22_000,
  },
  {
    title: '429 for an empty account',
    behaviour: says(429, { code: 'insufficient_quota' }),
    passedOn: true,
    status: 429,
    code: 'insufficient_quota',
    type: 'insufficient_quota',
  },
  {
    title: '401',
    behaviour: says(401, {}),
    passedOn: true,
    status: 502,
    code: 'upstream_authentication',
    type: 'upstream_error',
  },
  { title: '403', behaviour: says(403, {}), passedOn: true, status: 502, code: 'upstream_authentication' },
  { title: '404', behaviour: says(404, {}), passedOn: true, status: 404, code: 'model_not_found' },
  { title: '410', behaviour: says(410, {}), passedOn: true, status: 404, code: 'model_not_found' },
  {
    title: '400',
    behaviour: says(400, { type: 'invalid_request_error', param: 'top_p' }),
    passedOn: false,
    status: 400,
    code: 'invalid_request_error',
    type: 'invalid_request_error',
  },
  { title: '422', behaviour: says(422, {}), passedOn: false, status: 400, code: 'upstream_invalid_request' },
  {
    title: 'a context that is too long',
    behaviour: says(400, { message: tooLong }),
    passedOn: false,
    status: 400,
    code: 'context_length_exceeded',
  },
  {
    title: 'a filtered prompt',
    behaviour: says(400, { code: 'content_filter' }),
    passedOn: false,
    status: 400,
    code: 'content_filter',
  },
  {
    title: 'an error in a 200',
    behaviour: says(200, { type: 'overloaded_error' }),
    passedOn: true,
    status: 503,
    code: 'upstream_overloaded',
  },
  {
    title: 'a refused key in a 200',
    behaviour: says(200, { code: 'invalid_api_key' }),
    passedOn: true,
    status: 502,
    code: 'upstream_authentication',
  },
  {
    title: 'a page of HTML',
    behaviour: raw(200, 'text/html', '<html><body>Welcome</body></html>'),
    passedOn: true,
    status: 502,
    code: 'upstream_malformed',
  },
  {
    title: 'a page of HTML with 502',
    behaviour: raw(502, 'text/html', '<html><body>Bad gateway</body></html>'),
    passedOn: true,
    status: 502,
    code: 'upstream_error',
  },
  {
    title: 'an empty answer',
    behaviour: raw(200, 'application/json', ''),
    passedOn: true,
    status: 502,
    code: 'upstream_malformed',
  },
  {
    title: 'JSON of another kind',
    behaviour: raw(200, 'application/json', '{"fine":true}'),
    passedOn: true,
    status: 502,
    code: 'upstream_malformed',
  },
  {
    title: 'a truncated body',
    behaviour: cutBody({ 'content-length': '5000' }),
    passedOn: true,
    status: 502,
    code: 'upstream_truncated',
  },
  {
    title: 'a truncated chunked body',
    behaviour: cutBody({}),
    passedOn: true,
    status: 502,
    code: 'upstream_truncated',
  },
  {
    title: 'a reset before the headers',
    behaviour: resetConnection,
    passedOn: true,
    status: 503,
    code: 'upstream_unreachable',
  },
  {
    title: 'bytes that are not HTTP',
    behaviour: (_request, response) => void response.socket?.end('SSH-2.0-OpenSSH\r\n'),
    passedOn: true,
    status: 502,
    code: 'upstream_malformed',
  },
  {
    title: 'a redirect',
    behaviour: answerJson(302, '', { location: 'http://127.0.0.1:1/' }),
    passedOn: true,
    status: 502,
    code: 'upstream_malformed',
  },
]

function cutBody(headers: Record<string, string>): Behaviour {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers })
    response.write(JSON.stringify(completion('half')).slice(0, 40), () => response.socket?.destroySoon())
  }
}

/** A port on which nobody listens. */
async function findClosedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

let failing: FakeUpstream
let healthy: FakeUpstream
let gateway: TestGateway

/** Each failure has models and providers of its own, so that what one teaches does not touch the next. */
function providersOf(index: number, baseUrl: string) {
  const provider = (name: string, url: string, model: string) => ({
    name: `${name}-${index}`,
    type: 'openai_compatible',
    base_url: url,
    api_key: `canary-of-provider-${index}`,
    models: [`${model}-${index}`],
    max_retries: 0,
  })
  return [
    provider('failing', baseUrl, 'pair'),
    provider('healthy', healthy.baseUrl, 'pair'),
    provider('alone', baseUrl, 'alone'),
  ]
}

beforeAll(async () => {
  healthy = await startFakeUpstream(answerText('from the healthy one'))
  failing = await startFakeUpstream((request, response) => {
    const { model } = JSON.parse(request.body.toString()) as { model: string }
    return failures[Number(model.split('-')[1])]?.behaviour(request, response)
  })
  const refused = `http://127.0.0.1:${await findClosedPort()}/v1`
  const providers = failures.flatMap((_, index) => providersOf(index, failing.baseUrl))
  gateway = await startTestGateway(
    configurationText({ providers: [...providers, ...providersOf(failures.length, refused)] }),
  )
})

afterAll(async () => {
  await gateway.stop()
  await failing.close()
  await healthy.close()
})

const withoutServer: Omit<Failure, 'behaviour'> = {
  title: 'a refused connection',
  passedOn: true,
  status: 503,
  code: 'upstream_unreachable',
}
const cases = [...failures, withoutServer].map((failure, index) => ({ ...failure, index }))

describe.each(cases)('$title', ({ title, index, passedOn, status, code, ...failure }) => {
  test(passedOn ? 'is answered by the next provider' : 'is not asked of the next provider', async () => {
    const before = healthy.requests.length
    const response = await gateway.chat({ model: `pair-${index}` })
    expect(healthy.requests.length - before).toBe(passedOn ? 1 : 0)
    expect(response.status).toBe(passedOn ? 200 : status)
    expect(response.headers.get('x-llm-proxy-attempts')).toBe(passedOn ? '2' : '1')
    expect(response.headers.get('x-llm-proxy-provider')).toBe(
      passedOn ? `healthy-${index}` : `failing-${index}`,
    )
    const text = await response.text()
    expect(text.includes('from the healthy one')).toBe(passedOn)
  })

  test(`is told to the client as ${status} ${code} where there is no other provider`, async () => {
    const response = await gateway.chat({ model: `alone-${index}` })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/json')
    const { error } = (await response.json()) as { error: Record<string, unknown> }
    expect(error).toMatchObject({
      code,
      provider: `alone-${index}`,
      ...(failure.type && { type: failure.type }),
    })
    // A limit that does not say when it ends is tried again after a short rest.
    const attempts = error['attempts'] as unknown[]
    expect(attempts).toHaveLength(title === '429' ? 3 : 1)
    expect(attempts[0]).toMatchObject({ provider: `alone-${index}`, model: `alone-${index}` })
    expect(JSON.stringify(error)).not.toContain('canary')
    if (failure.waitMs === undefined) return
    const waitMs = Number(response.headers.get('retry-after-ms'))
    // A date has no fractions of a second.
    expect(waitMs).toBeGreaterThan(failure.waitMs - 1500)
    expect(waitMs).toBeLessThanOrEqual(failure.waitMs)
    expect(response.headers.get('retry-after')).toBe(String(Math.ceil(waitMs / 1000)))
  })
})

const flagged = {
  code: 403,
  message: 'Your chosen model requires moderation and your input was flagged for "violence".',
}

test.each([
  ['a whole answer', answerJson(200, { error: flagged }), false],
  ['a stream', streamEvents([`data: ${JSON.stringify({ error: flagged })}\n\n`]), true],
])(
  "an error inside %s is read by its provider's own rules, and the key stays in use",
  async (_what, refusing, stream) => {
    const { gateway, upstream } = await openScene({
      upstreams: [[refusing, stream ? streamEvents(wholeStream('hello')) : answerText('hello')]],
      provider: { type: 'openrouter' },
    })
    const response = await gateway.chat({ stream })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'content_filter', provider: 'upstream1' } })
    expect(await (await gateway.chat({ stream })).text()).toContain('hello')
    expect(upstream.requests).toHaveLength(2)
  },
)
