// Raw requests through the whole gateway: any path of a provider that its operator has opened.

import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, test } from 'vitest'
import { answerJson, completion, resetConnection, stall } from '../support/fake-upstream.ts'
import { ask, echo, openRaw } from '../support/raw-requests.ts'
import { openScene } from '../support/scene.ts'
import { testKey } from '../support/test-gateway.ts'

interface Echo {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: string
}

describe('a raw request', () => {
  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])('passes with the method %s', async method => {
    const scene = await openRaw([echo])
    const body = method === 'GET' ? null : 'some body'
    const response = await ask(scene, '/providers/upstream1/a%2Fb/c?x=1&y=a%20b', { method, body })
    expect(await response.json()).toMatchObject({ method, url: '/v1/a%2Fb/c?x=1&y=a%20b', body: body ?? '' })
  })

  test('has the credentials of the provider in place of those of the client', async () => {
    const scene = await openRaw([echo], { provider: { headers: { 'x-team': 'research' } } })
    const headers = {
      'x-api-key': testKey,
      'api-key': testKey,
      'x-goog-api-key': testKey,
      cookie: 'session=1',
      'x-forwarded-for': '10.0.0.1',
      'x-llm-proxy-provider': 'other',
      'x-team': 'sales',
      'x-own': 'kept',
      'openai-beta': 'assistants=v2',
      'content-type': 'text/csv',
    }
    const response = await ask(scene, `/providers/upstream1/x?key=${testKey}&a=b%2Fc`, {
      method: 'POST',
      headers,
      body: 'a,b',
    })
    const seen = (await response.json()) as Echo
    expect(seen.url).toBe('/v1/x?a=b%2Fc')
    expect(seen.headers).toMatchObject({
      authorization: 'Bearer sk-upstream-secret-1',
      'x-team': 'research',
      'x-own': 'kept',
      'openai-beta': 'assistants=v2',
      'content-type': 'text/csv',
      'content-length': '3',
    })
    expect(JSON.stringify(seen)).not.toContain(testKey)
    for (const name of ['cookie', 'x-forwarded-for', 'x-llm-proxy-provider'])
      expect(seen.headers).not.toHaveProperty(name)
  })

  test('gets the answer as it is: status, headers and bytes', async () => {
    const bytes = Buffer.from([0, 255, 13, 10])
    const scene = await openRaw([
      (_request, response) => {
        response.writeHead(418, {
          'content-type': 'image/png',
          'content-length': bytes.length,
          'x-own': 'kept',
          'x-request-id': 'of-the-provider',
          'set-cookie': 'session=1',
          'retry-after': '7',
        })
        response.end(bytes)
      },
    ])
    const response = await ask(scene, '/providers/upstream1/pot')
    expect(response.status).toBe(418)
    expect(await response.bytes()).toEqual(new Uint8Array(bytes))
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': '4',
      'x-own': 'kept',
      'retry-after': '7',
      'x-upstream-request-id': 'of-the-provider',
      'x-llm-proxy-provider': 'upstream1',
    })
    expect(response.headers.get('x-request-id')).not.toBe('of-the-provider')
    expect(response.headers.get('set-cookie')).toBeNull()
  })

  test('with HEAD has no body, and one without content stays so', async () => {
    const scene = await openRaw([
      (_request, response) => {
        response.writeHead(200, { 'content-length': '1000' })
        response.end()
      },
      (_request, response) => void response.writeHead(204).end(),
    ])
    const head = await ask(scene, '/providers/upstream1/x', { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '1000'])
    expect((await ask(scene, '/providers/upstream1/x', { method: 'DELETE' })).status).toBe(204)
    await scene.settled()
  })

  test('is redirected as the provider says, without being followed', async () => {
    const scene = await openRaw([
      (_request, response) => void response.writeHead(302, { location: 'https://files.example/1' }).end(),
    ])
    const response = await ask(scene, '/providers/upstream1/x')
    expect([response.status, response.headers.get('location')]).toEqual([302, 'https://files.example/1'])
  })

  test('stands in the ledger, with the usage of an answer that is understood', async () => {
    const { gateway, ...scene } = await openRaw([
      answerJson(200, completion('Hello')),
      answerJson(200, { object: 'list' }),
      answerJson(200, { id: 'job-1' }),
    ])
    const all = { gateway, ...scene }
    await ask(all, '/providers/upstream1/chat/completions?x=1', { method: 'POST', body: '{}' })
    await ask(all, '/providers/upstream1/jobs')
    await ask(all, '/providers/upstream1/jobs', { method: 'POST', body: '{}' })
    const rows = await gateway.stopAndReadLedger()
    expect(rows).toMatchObject([
      {
        operation: 'passthrough',
        route: '/providers/{name}/{path}',
        provider: 'upstream1',
        model: 'upstream-model',
        input_uncached: 7,
        output_text: 3,
        usage_source: 'provider',
        bytes_in: 2,
      },
      { model: null, cost_status: 'none' },
      { model: null, cost_status: 'unpriced', cost_nano_usd: null },
    ])
  })

  test('is counted while its answer streams', async () => {
    const { gateway, ...scene } = await openRaw([
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write('data: {"model":"m","choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n')
        response.write('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n')
        response.end(
          'data: {"choices":[],"usage":{"prompt_tokens":4,"completion_tokens":2}}\n\ndata: [DONE]\n\n',
        )
      },
    ])
    const all = { gateway, ...scene }
    const response = await ask(all, '/providers/upstream1/chat/completions', { method: 'POST', body: '{}' })
    expect(await response.text()).toMatch(/"usage".*\n\ndata: \[DONE\]\n\n$/)
    const [row] = await gateway.stopAndReadLedger()
    expect(row).toMatchObject({ model: 'm', input_uncached: 4, output_text: 2 })
  })

  test('serves the client of another vendor', async () => {
    const scene = await openRaw([
      answerJson(200, { id: 'msg_1', type: 'message', role: 'assistant', content: [], usage: {} }),
    ])
    const client = new Anthropic({
      apiKey: testKey,
      baseURL: `${scene.gateway.url}/providers/upstream1`,
      maxRetries: 0,
    })
    const asked = { model: 'm', max_tokens: 1, messages: [{ role: 'user' as const, content: 'Hello' }] }
    expect((await client.messages.create(asked)).id).toBe('msg_1')
    expect(scene.upstream.requests[0]?.url).toBe('/v1/v1/messages')
    expect(scene.upstream.requests[0]?.headers['anthropic-version']).toBeDefined()
    expect(scene.upstream.requests[0]?.headers['x-api-key']).toBeUndefined()
  })
})

describe('a raw request is refused', () => {
  test('without a key', async () => {
    const scene = await openRaw([echo])
    const response = await fetch(`${scene.gateway.url}/providers/upstream1/x`)
    expect(response.status).toBe(401)
    expect(scene.upstream.requests).toHaveLength(0)
  })

  test('where the operator has not opened the provider', async () => {
    const scene = await openScene({ upstreams: [[echo]] })
    const response = await ask(scene, '/providers/upstream1/organization/costs')
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({
      error: { code: 'permission_denied', message: expect.stringContaining('passthrough: true') },
    })
    expect(scene.upstream.requests).toHaveLength(0)
  })

  test('for a provider that there is not', async () => {
    const scene = await openRaw([echo])
    const response = await ask(scene, '/providers/nobody/x')
    expect([response.status, await response.json()]).toMatchObject([404, { error: { param: 'provider' } }])
  })

  test('above the rate limit of its key', async () => {
    const scene = await openRaw([echo], { sections: () => ({ rate_limit: { requests_per_window: 1 } }) })
    expect((await ask(scene, '/providers/upstream1/x')).status).toBe(200)
    expect((await ask(scene, '/providers/upstream1/x')).status).toBe(429)
  })

  test('for a path that would leave the base URL', async () => {
    const scene = await openRaw([echo])
    // fetch would resolve the dots itself.
    const request = httpRequest(`${scene.gateway.url}`, {
      path: '/providers/upstream1/../../admin',
      headers: { authorization: `Bearer ${testKey}` },
    })
    request.end()
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    expect(response.statusCode).toBe(400)
    response.resume()
    expect((await ask(scene, '/providers/upstream1/%2e%2e%2fadmin')).status).toBe(400)
    expect(scene.upstream.requests).toHaveLength(0)
  })

  test('with a method that nobody should pass on', async () => {
    const scene = await openRaw([echo])
    const response = await ask(scene, '/providers/upstream1/x', { method: 'OPTIONS' })
    expect([response.status, response.headers.get('allow')]).toEqual([
      405,
      'GET, HEAD, POST, PUT, PATCH, DELETE',
    ])
  })

  test.each([true, false])('with a body above the bound (length told: %s)', async told => {
    const scene = await openRaw([echo], { server: { max_upload_mb: 2 } })
    const chunk = Buffer.alloc(1 << 20)
    const request = httpRequest(`${scene.gateway.url}/providers/upstream1/x`, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, ...(told && { 'content-length': 3 * chunk.length }) },
    })
    request.on('error', () => {})
    const answered = once(request, 'response') as Promise<[IncomingMessage]>
    for (let index = 0; index < 3; index++) request.write(chunk)
    request.end()
    const [response] = await answered
    expect(response.statusCode).toBe(413)
    response.resume()
    expect(scene.upstream.requests).toHaveLength(0)
    await scene.settled()
  })
})

describe('a failure of the provider', () => {
  test('that does not know our key is none of the client', async () => {
    const scene = await openRaw([answerJson(401, { error: { message: 'Incorrect API key: sk-ups***' } })])
    const response = await ask(scene, '/providers/upstream1/x')
    expect(response.status).toBe(502)
    const text = await response.text()
    expect(text).toContain('upstream_authentication')
    expect(text).not.toContain('sk-ups')
    await scene.settled()
  })

  test('to be there is told', async () => {
    const scene = await openRaw([resetConnection])
    const response = await ask(scene, '/providers/upstream1/x')
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { error: { provider: 'upstream1' } },
    ])
    await scene.settled()
  })

  test('to answer in time is told', async () => {
    const scene = await openRaw([stall], { provider: { timeouts: { headers: '60ms' } } })
    const response = await ask(scene, '/providers/upstream1/x', { method: 'POST', body: 'x' })
    expect(response.status).toBe(504)
    await scene.upstream.requests[0]?.aborted
    await scene.settled()
  })

  test('in the middle of an answer cuts it', async () => {
    const { gateway, ...scene } = await openRaw([
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/octet-stream' })
        response.write('half', () => response.socket?.resetAndDestroy())
      },
    ])
    const response = await ask({ gateway, ...scene }, '/providers/upstream1/x')
    await expect(response.text()).rejects.toThrow()
    await scene.settled()
    const [row] = await gateway.stopAndReadLedger()
    expect(row).toMatchObject({ outcome: 'truncated', status: 200 })
  })

  test('that is a closed connection is mended where the body can be sent again', async () => {
    const scene = await openRaw([echo])
    await (await ask(scene, '/providers/upstream1/x')).text()
    scene.upstream.dropIdleConnections()
    const response = await ask(scene, '/providers/upstream1/x', { method: 'POST', body: 'again' })
    expect(await response.json()).toMatchObject({ body: 'again' })
  })
})
