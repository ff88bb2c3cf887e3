// What a key may not use is not there for it: in no list, under no name, for no request, whatever client asks.

import { expect, onTestFinished, test } from 'vitest'
import { answerText, type FakeUpstream, startFakeUpstream } from '../support/fake-upstream.ts'
import { startTestGateway, type TestGateway, testKey } from '../support/test-gateway.ts'

interface Scene {
  readonly gateway: TestGateway
  readonly upstream: FakeUpstream
}

/** The snapshot in force is told that nobody may use `secret`; keys of the configuration have no such limits. */
async function openScene(): Promise<Scene> {
  const upstream = await startFakeUpstream(answerText('hello'))
  onTestFinished(() => upstream.close())
  const provider = { type: 'openai', base_url: upstream.baseUrl, api_key: 'sk-1', models: ['open', 'secret'] }
  const sections = {
    server: { port: 0, shutdown_timeout: '20ms' },
    providers: [provider],
    models: { aliases: { hidden: 'open' } },
  }
  const yaml = Object.entries(sections).map(([name, section]) => `${name}: ${JSON.stringify(section)}`)
  const gateway = await startTestGateway(yaml.join('\n'))
  onTestFinished(() => gateway.stop())
  const refused = new Set(['secret', 'openai/secret', 'hidden'])
  Object.assign(gateway.app.snapshot, {
    mayUse: (_principal: unknown, model: string) => !refused.has(model),
  })
  return { gateway, upstream }
}

const bearer = { authorization: `Bearer ${testKey}` }
const forAnthropic = { 'x-api-key': testKey, 'anthropic-version': '2023-06-01' }
const forGoogle = { 'x-goog-api-key': testKey }

const lists: ReadonlyArray<readonly [client: string, path: string, headers: Record<string, string>]> = [
  ['OpenAI', '/v1/models', bearer],
  ['Azure', '/openai/models', bearer],
  ['Anthropic', '/v1/models', forAnthropic],
  ['Anthropic', '/anthropic/v1/models', forAnthropic],
  ['Google', '/v1beta/models', forGoogle],
  ['Google', '/v1/models', forGoogle],
  ['Cohere', '/cohere/v1/models', bearer],
  ['Mistral', '/v1/models', { ...bearer, 'user-agent': 'mistral-client-typescript/1.10.0' }],
]

test.each(lists)('%s at %s: neither in the list nor by its name', async (_client, path, headers) => {
  const { gateway } = await openScene()
  const ask = (below: string) => fetch(`${gateway.url}${path}${below}`, { headers })
  const list = await ask('')
  expect(list.status).toBe(200)
  const text = await list.text()
  expect(text).toContain('open')
  expect(text).not.toContain('secret')
  expect(text).not.toContain('hidden')
  expect((await ask('/open')).status).toBe(200)
  for (const name of ['secret', 'hidden', 'openai%2Fsecret']) expect((await ask(`/${name}`)).status).toBe(404)
})

test('Ollama: neither among the tags nor to be shown', async () => {
  const { gateway } = await openScene()
  const tags = await (await fetch(`${gateway.url}/api/tags`, { headers: bearer })).text()
  expect(tags).toContain('open')
  expect(tags).not.toMatch(/secret|hidden/)
  expect((await gateway.post('/api/show', { model: 'open' })).status).toBe(200)
  expect((await gateway.post('/api/show', { model: 'secret' })).status).toBe(404)
})

const messages = [{ role: 'user', content: 'Hi' }]
const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }]

const requests: ReadonlyArray<readonly [path: string, body: (model: string) => object]> = [
  ['/v1/chat/completions', model => ({ model, messages })],
  ['/v1/completions', model => ({ model, prompt: 'Hi' })],
  ['/v1/responses', model => ({ model, input: 'Hi' })],
  ['/v1/responses/compact', model => ({ model, input: 'Hi' })],
  ['/v1/responses/input_tokens', model => ({ model, input: 'Hi' })],
  ['/v1/embeddings', model => ({ model, input: 'Hi' })],
  ['/v1/messages', model => ({ model, messages, max_tokens: 8 })],
  ['/v1/messages/count_tokens', model => ({ model, messages })],
  ['/v1beta/models/MODEL:generateContent', () => ({ contents })],
  ['/v1beta/models/MODEL:countTokens', () => ({ contents })],
  ['/openai/deployments/MODEL/chat/completions', () => ({ messages })],
  ['/model/MODEL/converse', () => ({ messages: [{ role: 'user', content: [{ text: 'Hi' }] }] })],
  ['/v2/chat', model => ({ model, messages })],
  ['/api/chat', model => ({ model, messages, stream: false })],
]

test.each(requests)(
  '%s: is refused as a model that is not there, and nobody is asked',
  async (path, bodyOf) => {
    const { gateway, upstream } = await openScene()
    const ask = (model: string) =>
      gateway.post(path.replace('MODEL', encodeURIComponent(model)), bodyOf(model))
    for (const model of ['secret', 'openai/secret', 'hidden']) {
      const refused = await ask(model)
      expect(refused.status).toBe(404)
      expect(await refused.text()).toContain(`The model \`${model}\` does not exist here.`)
    }
    const unknown = await ask('nothing-like-it')
    const wording = async (answer: Response, model: string) => (await answer.text()).replaceAll(model, 'X')
    const hidden = await ask('secret')
    const normal = (text: string) => text.replaceAll(/req_[\w-]+/g, 'ID').replaceAll(/[\da-f-]{32,36}/g, 'ID')
    expect(normal(await wording(hidden, 'secret'))).toBe(normal(await wording(unknown, 'nothing-like-it')))
    expect(upstream.requests).toEqual([])
  },
)

test('the log and the ledger say which model was refused', async () => {
  const { gateway } = await openScene()
  const refused = await gateway.chat({ model: 'secret' })
  expect(await refused.json()).toMatchObject({ error: { code: 'model_not_found', param: 'model' } })
  expect((await gateway.chat({ model: 'open' })).status).toBe(200)
  const rows = await gateway.stopAndReadLedger()
  expect(rows.map(row => row['model_asked'] ?? row['model'])).toContain('secret')
})
