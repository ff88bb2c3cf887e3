// Which models a running gateway serves follows what its providers list: from socket to socket, with two fake upstreams.

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  answerJson,
  answerText,
  type Behaviour,
  type FakeUpstream,
  resetConnection,
  startFakeUpstream,
} from '../support/fake-upstream.ts'
import { eventually } from '../support/scene.ts'
import { startTestGateway, type TestGateway, testKey } from '../support/test-gateway.ts'

type Lists = Record<string, Behaviour>

/** An upstream that lists models and answers chats; what it lists can be changed. */
async function openUpstream(list: Behaviour): Promise<FakeUpstream & { list: Behaviour; chat: Behaviour }> {
  const upstream = await startFakeUpstream((request, response) =>
    request.url.endsWith('/models') ? opened.list(request, response) : opened.chat(request, response),
  )
  onTestFinished(() => upstream.close())
  const opened = Object.assign(upstream, { list, chat: answerText('hello') })
  return opened
}

function names(...ids: readonly string[]): Behaviour {
  return answerJson(200, { object: 'list', data: ids.map(id => ({ id })) })
}

/** Whose models depend on the key. */
function namesByKey(lists: Lists): Behaviour {
  return (request, response) => {
    const list = lists[request.headers.authorization?.replace('Bearer ', '') ?? ''] ?? answerJson(401, {})
    return list(request, response)
  }
}

interface Entry {
  readonly [key: string]: unknown
}

function configurationOf(providers: readonly Entry[], more: Entry = {}): string {
  const sections = {
    discovery: { interval: '1h' },
    retry: { base_ms: 1, max_ms: 5 },
    server: { port: 0, shutdown_timeout: '20ms' },
    providers,
    ...more,
  }
  return Object.entries(sections)
    .map(([name, section]) => `${name}: ${JSON.stringify(section)}`)
    .join('\n')
}

/** Lists as Groq does, and has well-known names of its own. */
function at(upstream: FakeUpstream, more: Entry = {}): Entry {
  return { type: 'groq', base_url: upstream.baseUrl, api_key: 'sk-1', max_retries: 0, ...more }
}

async function open(yaml: string, directory?: string): Promise<TestGateway> {
  const gateway = await startTestGateway(yaml, directory)
  onTestFinished(() => gateway.stop())
  return gateway
}

/** Resolves when every provider has been asked at least once. */
async function discovered(gateway: TestGateway): Promise<void> {
  const states = () => gateway.app.discovery.states()
  await eventually(() => states().every(({ status }) => status !== 'waiting'), states)
  await gateway.app.discovery.refresh()
}

async function modelsOf({ url }: TestGateway): Promise<string[]> {
  const answer = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${testKey}` } })
  const { data } = (await answer.json()) as { data: { id: string }[] }
  return data.map(({ id }) => id)
}

async function errorOf(answer: Response): Promise<{ code: string; message: string }> {
  return ((await answer.json()) as { error: { code: string; message: string } }).error
}

test('the live list takes the place of the well-known names, and a model that vanished says since when', async () => {
  const upstream = await openUpstream(names('new-1', 'new-2', 'shared'))
  const other = await openUpstream(names('shared', 'own'))
  const gateway = await open(configurationOf([at(upstream), at(other, { name: 'second' })]))
  await discovered(gateway)
  expect(await modelsOf(gateway)).toEqual(['new-1', 'new-2', 'own', 'shared', 'groq/shared', 'second/shared'])
  expect((await gateway.chat({ model: 'new-1' })).status).toBe(200)

  upstream.list = names('new-2', 'new-3')
  await gateway.app.discovery.refresh()
  expect(await modelsOf(gateway)).toEqual(['new-2', 'new-3', 'own', 'shared'])
  expect((await gateway.chat({ model: 'new-3' })).status).toBe(200)
  // Somebody else has it still.
  const asked = other.requests.length
  expect((await gateway.chat({ model: 'shared' })).status).toBe(200)
  expect(other.requests.length).toBe(asked + 1)
  for (const model of ['new-1', 'groq/new-1']) {
    const gone = await gateway.chat({ model })
    expect(gone.status).toBe(404)
    const { code, message } = await errorOf(gone)
    expect(code).toBe('model_not_found')
    expect(message).toMatch(/The provider groq does not list it any more; it last did at 20\d\d-.*Z\.$/)
  }
})

test('a provider whose deployments are named has those, and takes no other name', async () => {
  const upstream = await openUpstream(names('gpt-4o'))
  const deployed = {
    type: 'azure',
    name: 'az',
    base_url: upstream.baseUrl,
    api_key: 'k',
    deployments: { mine: 'd1' },
  }
  const gateway = await open(configurationOf([deployed]))
  expect(await modelsOf(gateway)).toEqual(['mine'])
  expect((await gateway.chat({ model: 'mine' })).status).toBe(200)
  const asked = upstream.requests.length
  const unknown = await gateway.chat({ model: 'somebody-elses' })
  expect(unknown.status).toBe(404)
  expect((await errorOf(unknown)).code).toBe('model_not_found')
  expect(upstream.requests.length).toBe(asked)
})

test('names that the configuration gives are those that are served, and lead where it says', async () => {
  const upstream = await openUpstream(names('listed', 'fast', 'second/own', 'free'))
  const other = await openUpstream(names('own', 'another'))
  const gateway = await open(
    configurationOf(
      [at(upstream), at(other, { name: 'second' }), at(upstream, { name: 'fixed', models: ['mine'] })],
      { models: { aliases: { fast: 'mine' } } },
    ),
  )
  await discovered(gateway)
  expect(await modelsOf(gateway)).toEqual(['another', 'free', 'listed', 'mine', 'own', 'fast'])
  const seen = other.requests.length
  await gateway.chat({ model: 'second/own' })
  expect(JSON.parse(other.requests[seen]?.body.toString() ?? '')).toMatchObject({ model: 'own' })
  await gateway.chat({ model: 'groq/second/own' })
  expect(JSON.parse(upstream.requests.at(-1)?.body.toString() ?? '')).toMatchObject({ model: 'second/own' })
})

test('a provider that never answered keeps its well-known names, and one that fails keeps its list', async () => {
  const upstream = await openUpstream(answerJson(503, {}))
  const gateway = await open(configurationOf([at(upstream)]))
  await discovered(gateway)
  expect(await modelsOf(gateway)).toContain('openai/gpt-oss-120b')
  upstream.list = names('live')
  await gateway.app.discovery.refresh()
  expect(await modelsOf(gateway)).toEqual(['live'])
  upstream.list = resetConnection
  await gateway.app.discovery.refresh()
  expect(await modelsOf(gateway)).toEqual(['live'])
  // A list that fails is no failure of the models: no breaker has opened.
  expect((await gateway.chat({ model: 'live' })).status).toBe(200)
  const health = (await (await fetch(`${gateway.url}/health`)).json()) as Entry
  expect(health['model_lists']).toMatchObject({ asked: 1, listed: 0, failing: ['groq'] })
  expect(health['providers']).toMatchObject({ healthy: 1 })
  const metrics = await (await fetch(`${gateway.url}/metrics/prometheus`)).text()
  expect(metrics).toContain('llm_proxy_listed_models{provider="groq"} 1')
  expect(metrics).toMatch(/llm_proxy_model_list_age_seconds\{provider="groq"\} \d/)
  expect(metrics).toMatch(/llm_proxy_model_listings_total\{provider="groq",result="failed"\} \d/)
})

test('a request ends on the models with which it began', async () => {
  const upstream = await openUpstream(names('first'))
  const gateway = await open(configurationOf([at(upstream)]))
  await discovered(gateway)
  let release = (): void => {}
  upstream.chat = (request, response) =>
    new Promise<void>(resolve => {
      release = () => resolve(answerText('late')(request, response))
    })
  const answer = gateway.chat({ model: 'first' })
  await eventually(() => upstream.requests.some(({ method }) => method === 'POST'))
  upstream.list = names('second')
  await gateway.app.discovery.refresh()
  expect(await modelsOf(gateway)).toEqual(['second'])
  release()
  expect(await (await answer).json()).toMatchObject({ choices: [{ message: { content: 'late' } }] })
})

test('a restart while the provider is down serves what it listed last', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'llm-proxy-test-'))
  const upstream = await openUpstream(names('kept', 'leaves'))
  const yaml = configurationOf([at(upstream)])
  const first = await startTestGateway(yaml, directory)
  await discovered(first)
  upstream.list = names('kept')
  await first.app.discovery.refresh()
  await first.app.stop()
  upstream.list = resetConnection

  const second = await open(yaml, directory)
  // Before anybody was asked, and afterwards.
  expect(await modelsOf(second)).toEqual(['kept'])
  await discovered(second)
  expect(await modelsOf(second)).toEqual(['kept'])
  expect((await errorOf(await second.chat({ model: 'leaves' }))).message).toContain('it last did at')
  expect(second.app.discovery.changes(0, 10)).toMatchObject([
    { sequence: 1, kind: 'removed', model: 'leaves' },
  ])
  // Another address is another list.
  const elsewhere = await openUpstream(resetConnection)
  second.writeConfiguration(configurationOf([at(elsewhere)]))
  await vi.waitFor(async () => expect(await modelsOf(second)).toContain('openai/gpt-oss-120b'), 3000)
})

test('a configuration that comes in the middle of a question is the one that counts', async () => {
  let release = (): void => {}
  const upstream = await openUpstream((request, response) => {
    release = () => void names('old')(request, response)
  })
  const other = await openUpstream(names('new'))
  const gateway = await open(configurationOf([at(upstream)]))
  await eventually(() => upstream.requests.length === 1)
  gateway.writeConfiguration(configurationOf([at(other)]))
  await vi.waitFor(async () => expect(await modelsOf(gateway)).toEqual(['new']), 3000)
  release()
  await gateway.app.discovery.refresh()
  expect(await modelsOf(gateway)).toEqual(['new'])
  // What is switched off is asked no more, and its list counts for nothing.
  const asked = other.requests.length
  gateway.writeConfiguration(configurationOf([at(other, { discovery: false })]))
  await vi.waitFor(async () => expect(await modelsOf(gateway)).toContain('openai/gpt-oss-120b'), 3000)
  await gateway.app.discovery.refresh()
  expect(other.requests.length).toBe(asked)
})

test('the end in the middle of a question comes at once', async () => {
  const upstream = await openUpstream(() => {})
  const gateway = await open(configurationOf([at(upstream)]))
  await eventually(() => upstream.requests.length === 1)
  const seen = upstream.requests[0]
  await gateway.app.stop()
  await seen?.aborted
})

test('a model that only one key sees is asked for with that key', async () => {
  const upstream = await openUpstream(
    namesByKey({ 'sk-1': names('both'), 'sk-2': names('both', 'rare'), 'sk-3': names('both') }),
  )
  const gateway = await open(configurationOf([at(upstream, { api_key: 'sk-1', api_keys: ['sk-2', 'sk-3'] })]))
  await discovered(gateway)
  const keysFor = async (model: string) => {
    const from = upstream.requests.length
    for (let count = 0; count < 4; count++) await gateway.chat({ model })
    return upstream.requests.slice(from).map(({ headers }) => headers.authorization)
  }
  expect(await keysFor('rare')).toEqual(Array(4).fill('Bearer sk-2'))
  expect(new Set(await keysFor('both')).size).toBe(3)
})

test('a name that has become a further name of another model is served, shown and described', async () => {
  const upstream = await openUpstream(names('medium', 'plain'))
  const gateway = await open(configurationOf([at(upstream, { type: 'mistral' })]))
  await discovered(gateway)
  const listed = { id: 'medium-2611', aliases: ['medium'], max_context_length: 4711 }
  upstream.list = answerJson(200, { object: 'list', data: [listed, { id: 'plain' }] })
  await gateway.app.discovery.refresh()
  for (const model of ['medium', 'mistral/medium', 'medium-2611'])
    expect((await gateway.chat({ model })).status, model).toBe(200)
  const ask = async (path: string): Promise<unknown> =>
    (await fetch(gateway.url + path, { headers: { authorization: `Bearer ${testKey}` } })).json()
  expect(await ask('/api/models/medium')).toMatchObject({ missing: null, context_window: 4711 })
  expect(await ask('/v1beta/models/medium')).toMatchObject({ baseModelId: 'medium', inputTokenLimit: 4711 })
})

test('what changes something needs a key also from this machine, where keys are required', async () => {
  const upstream = await openUpstream(names('a'))
  const gateway = await open(configurationOf([at(upstream)]))
  await discovered(gateway)
  expect((await fetch(`${gateway.url}/api/models`)).status).toBe(200)
  const refused = await fetch(`${gateway.url}/api/models/refresh`, { method: 'POST' })
  expect(refused.status).toBe(401)
  expect((await errorOf(refused)).code).toBe('missing_api_key')
  expect((await gateway.post('/api/models/refresh', {})).status).toBe(200)
})

test('with discovery switched off nobody is asked', async () => {
  const upstream = await openUpstream(names('live'))
  const gateway = await open(configurationOf([at(upstream)], { discovery: { enabled: false } }))
  expect(await gateway.app.discovery.refresh()).toMatchObject([{ status: 'unlisted', nextAt: null }])
  expect(upstream.requests).toHaveLength(0)
})

test('a refresh says of each provider that is not asked why it is not', async () => {
  const upstream = await openUpstream(names('a'))
  const providers = [
    at(upstream, { name: 'asked' }),
    at(upstream, { name: 'left-alone', discovery: false }),
    { type: 'openai', name: 'keyless' },
    { type: 'perplexity', name: 'listless', api_key: 'sk-1' },
  ]
  const reasonsOf = async (yaml: string): Promise<unknown> => {
    const gateway = await open(yaml)
    await discovered(gateway)
    const answer = await gateway.post('/api/models/refresh', '')
    const { data, message } = (await answer.json()) as {
      data: { provider: string; reason: string | null }[]
      message?: string
    }
    return { message, ...Object.fromEntries(data.map(({ provider, reason }) => [provider, reason])) }
  }
  expect(await reasonsOf(configurationOf(providers))).toEqual({
    message: undefined,
    asked: null,
    'left-alone': '`discovery` of this provider is false in the configuration.',
    keyless: 'The provider has no API key: set OPENAI_API_KEY.',
    listless: 'A provider of the type `perplexity` has no list of models to be asked for.',
  })
  const off = 'Discovery is off: `discovery.enabled` is false in the configuration.'
  expect(await reasonsOf(configurationOf([at(upstream)], { discovery: { enabled: false } }))).toEqual({
    message: `Nothing was refreshed. ${off}`,
    groq: off,
  })
})

test.each(['before', 'after'])(
  'a list that is taken over and a configuration that is read at the same time, %s it, are both in force afterwards',
  async order => {
    const upstream = await openUpstream(names('new-1'))
    const gateway = await open(configurationOf([at(upstream)]))
    await discovered(gateway)
    upstream.list = names('new-2')
    const aliases = { favourite: 'new-2' }
    const reload = () => {
      gateway.writeConfiguration(configurationOf([at(upstream)], { models: { aliases } }))
      return gateway.app.reload()
    }
    const refresh = () => gateway.app.discovery.refresh()
    await Promise.all(order === 'before' ? [refresh(), reload()] : [reload(), refresh()])
    expect(await modelsOf(gateway)).toEqual(['new-2', 'favourite'])
    expect((await gateway.chat({ model: 'favourite' })).status).toBe(200)
  },
)
