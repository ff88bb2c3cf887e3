// What an upstream gets of the client's request: the very bytes, but for what must differ.

import { expect, test } from 'vitest'
import { answerJson, answerText } from '../support/fake-upstream.ts'
import { openScene, providersFor } from '../support/scene.ts'

/** Everything that a parse and a print would change. */
const oddBody = (model: string): string =>
  `{"x_future": {"z":1.0,"a":1,"10":1e2,"2":-0.0,"big":12345678901234567890123,"tiny":1E-7},
  "messages" : [ {"content":"caf\\u00e9 \\/ \\ud83d\\ude00 世界 \\u2028  two  blanks","role":"user" , "__proto__":{"x":1}} ],\r
\t"temperature":1.0,"seed":9007199254740993,"model":${JSON.stringify(model)},"metadata":{},"top_p":0.10 }
`

const bodyOf = (body: Buffer | undefined): string => body?.toString() ?? ''

test('a body reaches the upstream byte for byte', async () => {
  const { gateway, upstream } = await openScene({ upstreams: [[answerText('hi')]] })
  const sent = oddBody('test-model')
  const response = await gateway.post('/v1/chat/completions', sent)
  expect(response.status).toBe(200)
  expect(bodyOf(upstream.requests[0]?.body)).toBe(sent)
})

test('an answer reaches the client byte for byte', async () => {
  const answer = `{"x_new" : 1.0, "choices":[{"message":{"role":"assistant","content":"\\u00e9"},"finish_reason":"stop"}],
    "usage":{"prompt_tokens":12345,"completion_tokens":1,"big":12345678901234567890}  }`
  const { gateway } = await openScene({ upstreams: [[answerJson(200, answer)]] })
  expect(await (await gateway.chat()).text()).toBe(answer)
})

test('where names differ, nothing but the model changes, for each provider from the original', async () => {
  const { gateway, upstreams } = await openScene({
    upstreams: [[answerJson(500, '{}')], [answerJson(500, '{}')], [answerText('third')]],
    sections: servers => ({
      providers: providersFor(servers).map((provider, index) => ({
        ...provider,
        models: [`own-name-${index + 1}`],
      })),
      models: {
        groups: { team: ['upstream1/own-name-1', 'own-name-2'] },
        aliases: { nick: 'team' },
        fallbacks: { team: ['own-name-3'] },
      },
    }),
  })
  const response = await gateway.post('/v1/chat/completions', oddBody('nick'))
  expect(response.status).toBe(200)
  expect(response.headers.get('x-llm-proxy-model')).toBe('own-name-3')
  const seen = upstreams.map(({ requests }) => bodyOf(requests[0]?.body))
  expect(seen).toEqual([oddBody('own-name-1'), oddBody('own-name-2'), oddBody('own-name-3')])
  const keys = upstreams.map(({ requests }) => requests[0]?.headers.authorization)
  expect(keys).toEqual([1, 2, 3].map(number => `Bearer sk-upstream-secret-${number}`))
})

test('a model that is written twice, or with escapes, means the same to the upstream as to the gateway', async () => {
  const { gateway, upstream } = await openScene({
    upstreams: [[answerText('hi')]],
    sections: () => ({ models: { aliases: { nick: 'test-model' } } }),
  })
  const messages = '"messages":[{"role":"user","content":"Hi"}]'
  for (const body of [
    `{"model":"no such model","model":"nick",${messages}}`,
    `{"mod\\u0065l":"ni\\u0063k",${messages}}`,
  ]) {
    const response = await gateway.post('/v1/chat/completions', body)
    expect(response.status).toBe(200)
    const seen = bodyOf(upstream.requests.at(-1)?.body)
    expect(JSON.parse(seen)).toMatchObject({ model: 'test-model' })
    expect(seen).not.toMatch(/nick|ni\\u0063k|no such model/)
  }
})

test('asking for the usage of a stream changes nothing else', async () => {
  const { gateway, upstream } = await openScene({ upstreams: [[answerJson(500, '{}')]] })
  const sent = `{ "stream":true , "model":"test-model","x":1.0,"messages":[{"role":"user","content":"Hi"}]}`
  await gateway.post('/v1/chat/completions', sent)
  const seen = bodyOf(upstream.requests[0]?.body)
  expect(seen).toBe(`${sent.slice(0, -1)},"stream_options":{"include_usage":true}}`)
  const own = sent.replace('"x":1.0', '"stream_options":{"include_usage":true,"x":1.0}')
  await gateway.post('/v1/chat/completions', own)
  expect(bodyOf(upstream.requests[1]?.body)).toBe(own)
})

test('a byte order mark before the body changes nothing', async () => {
  const { gateway, upstream } = await openScene({
    upstreams: [[answerText('hi')]],
    sections: () => ({ models: { aliases: { nick: 'test-model' } } }),
  })
  const response = await gateway.post('/v1/chat/completions', `\ufeff${oddBody('nick')}`)
  expect(response.status).toBe(200)
  expect(JSON.parse(bodyOf(upstream.requests[0]?.body).replace('\ufeff', ''))).toMatchObject({
    model: 'test-model',
  })
})

test('of the headers only the upstream’s own and the agreed ones go on', async () => {
  const { gateway, upstream } = await openScene({
    upstreams: [[answerText('hi')]],
    provider: { headers: { 'X-Team': 'research' } },
  })
  await gateway.chat({}, { 'openai-beta': 'x=1', cookie: 'secret=1', 'x-forwarded-for': '10.0.0.1' })
  const { headers } = upstream.requests[0] ?? {}
  expect(headers).toMatchObject({ 'openai-beta': 'x=1', 'x-team': 'research' })
  expect(Object.keys(headers ?? {}).toSorted()).toEqual([
    'accept',
    'accept-encoding',
    'authorization',
    'connection',
    'content-length',
    'content-type',
    'host',
    'openai-beta',
    'x-team',
  ])
})

test('a large body passes, one that is too large does not', async () => {
  const { gateway, upstream } = await openScene({ upstreams: [[answerText('hi')]] })
  const messages = (size: number) => [{ role: 'user', content: 'x'.repeat(size) }]
  expect((await gateway.chat({ messages: messages(12 << 20) })).status).toBe(200)
  expect(upstream.requests[0]?.body.length).toBeGreaterThan(12 << 20)
  expect((await gateway.chat({ messages: messages(17 << 20) })).status).toBe(413)
  expect(upstream.requests).toHaveLength(1)
})
