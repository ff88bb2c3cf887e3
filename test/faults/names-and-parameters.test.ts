// Which provider a name leads to, and what becomes of parameters that a provider does not know.

import { expect, test } from 'vitest'
import { answerJson, answerText, type FakeUpstream } from '../support/fake-upstream.ts'
import { openScene, shareScene } from '../support/scene.ts'

const countRequests = (upstreams: readonly FakeUpstream[]): number =>
  upstreams.reduce((sum, { requests }) => sum + requests.length, 0)

const seenBy = (upstream: FakeUpstream | undefined): Record<string, unknown> =>
  JSON.parse(String(upstream?.requests.at(-1)?.body)) as Record<string, unknown>

/** A provider whose name is its type, where nothing else is said. */
const provider = (
  upstream: FakeUpstream | undefined,
  more: { type: string; name?: string; models: string[] },
) => ({
  name: more.type,
  ...more,
  base_url: upstream?.baseUrl,
  api_key: 'sk-some-key-of-a-provider',
  max_retries: 0,
})

const names = shareScene({
  upstreams: [[answerText('first')], [answerText('second')]],
  sections: ([first, second]) => ({
    providers: [
      provider(first, {
        type: 'openai_compatible',
        name: 'one',
        models: ['shared', 'llama-3-large', 'vendor/with-slash'],
      }),
      provider(second, { type: 'openai_compatible', name: 'two', models: ['shared', 'only-two'] }),
    ],
    models: {
      aliases: { nick: 'only-two', nick2: 'nick', qualified: 'two/shared' },
      groups: { team: ['only-two', 'one/shared'] },
    },
  }),
})

test.each([
  ['shared', 'one', 'shared'],
  ['two/shared', 'two', 'shared'],
  ['one/unlisted-model', 'one', 'unlisted-model'],
  ['only-two', 'two', 'only-two'],
  ['nick', 'two', 'only-two'],
  ['nick2', 'two', 'only-two'],
  ['qualified', 'two', 'shared'],
  ['team', 'two', 'only-two'],
  ['vendor/with-slash', 'one', 'vendor/with-slash'],
])('the name %s leads to the provider %s and its model %s', async (model, name, upstreamModel) => {
  const { gateway, upstreams } = names()
  const response = await gateway.chat({ model })
  expect(response.status).toBe(200)
  expect(response.headers.get('x-llm-proxy-provider')).toBe(name)
  expect(seenBy(upstreams[name === 'one' ? 0 : 1])).toMatchObject({ model: upstreamModel })
})

test.each(['llama-3-larg', 'no-such-model', 'constructor', '__proto__', 'three/shared', 'one/', '/shared'])(
  'the unknown name %s is answered with 404 and asked of nobody',
  async model => {
    const { gateway, upstreams } = names()
    const before = countRequests(upstreams)
    const response = await gateway.chat({ model })
    expect(response.status).toBe(404)
    const { error } = (await response.json()) as { error: Record<string, unknown> }
    expect(error).toMatchObject({ code: 'model_not_found', param: 'model', type: 'invalid_request_error' })
    expect(String(error['message']).includes('llama-3-large')).toBe(model === 'llama-3-larg')
    expect(countRequests(upstreams)).toBe(before)
  },
)

const vendors = shareScene({
  upstreams: [[answerText('groq')], [answerText('mistral')], [answerText('any')]],
  sections: ([first, second, third]) => ({
    providers: [
      provider(first, { type: 'groq', models: ['pair', 'groq-only'] }),
      provider(second, { type: 'mistral', models: ['mistral-only'] }),
      provider(third, { type: 'openai_compatible', name: 'any', models: ['pair'] }),
    ],
    models: { groups: { strict: ['groq-only', 'mistral-only'] } },
  }),
})

test('a harmless parameter that the provider lacks is dropped, and the answer says so', async () => {
  const { gateway, upstreams } = vendors()
  const response = await gateway.chat({ model: 'mistral-only', user: 'me', store: true, top_p: 0.5 })
  expect(response.status).toBe(200)
  expect(response.headers.get('x-llm-proxy-warnings')).toBe('dropped parameter user; dropped parameter store')
  const seen = seenBy(upstreams[1])
  expect(Object.keys(seen)).toEqual(['model', 'messages', 'top_p'])
})

test('a parameter goes by the name that the provider has for it', async () => {
  const { gateway, upstreams } = vendors()
  const response = await gateway.chat({ model: 'mistral-only', seed: 7, max_completion_tokens: 5 })
  expect(response.headers.get('x-llm-proxy-warnings')).toBeNull()
  const seen = seenBy(upstreams[1])
  expect(seen).toMatchObject({ random_seed: 7, max_tokens: 5 })
  expect(Object.keys(seen)).toHaveLength(4)
})

test.each(['groq-only', 'mistral-only', 'strict'])(
  'a parameter that changes the meaning is refused where nobody takes it (%s)',
  async model => {
    const { gateway, upstreams } = vendors()
    const before = countRequests(upstreams)
    const response = await gateway.chat({ model, logit_bias: { 5: 1 } })
    expect(response.status).toBe(400)
    const { error } = (await response.json()) as { error: Record<string, unknown> }
    expect(error).toMatchObject({ code: 'unsupported_parameter', param: 'logit_bias' })
    expect(countRequests(upstreams)).toBe(before)
  },
)

test('a parameter that changes the meaning leads to the provider that takes it', async () => {
  const { gateway, upstreams } = vendors()
  const response = await gateway.chat({ model: 'pair', logprobs: true })
  expect(response.headers.get('x-llm-proxy-provider')).toBe('any')
  expect(seenBy(upstreams[2])).toMatchObject({ logprobs: true })
  expect((await gateway.chat({ model: 'pair', logprobs: false })).headers.get('x-llm-proxy-provider')).toBe(
    'groq',
  )
})

test('what was dropped for one provider reaches the next one', async () => {
  const { gateway, upstreams } = await openScene({
    upstreams: [[answerJson(500, '{}')], [answerText('any')]],
    sections: ([first, second]) => ({
      providers: [
        provider(first, { type: 'mistral', models: ['pair'] }),
        provider(second, { type: 'openai_compatible', name: 'any', models: ['pair'] }),
      ],
    }),
  })
  const response = await gateway.chat({ model: 'pair', user: 'me', seed: 7 })
  expect(response.headers.get('x-llm-proxy-warnings')).toBeNull()
  expect(seenBy(upstreams[0])).not.toHaveProperty('user')
  expect(seenBy(upstreams[1])).toMatchObject({ user: 'me', seed: 7 })
})

test.each(['simulator/\\ud800', 'one/\\udc00', '\\ud83d'])(
  'the name %s, with half of a surrogate pair, is refused, and the next request is served',
  async model => {
    const { gateway, upstreams } = await openScene({
      upstreams: [[answerText('one')]],
      sections: ([first]) => ({
        providers: [
          provider(first, { type: 'openai_compatible', name: 'one', models: ['test-model'] }),
          { type: 'simulator' },
        ],
      }),
    })
    const body = `{"model":"${model}","messages":[{"role":"user","content":"Hello"}]}`
    const response = await gateway.post('/v1/chat/completions', body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_request', param: 'model' } })
    expect((await gateway.chat()).status).toBe(200)
    expect(countRequests(upstreams)).toBe(1)
  },
)
