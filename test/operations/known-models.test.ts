// Models that are known, before a provider has listed its own: what a client asks for by its plain name reaches the
// provider that is known to have it.

import { expect, onTestFinished, test } from 'vitest'
import { readModelSnapshot, type SnapshotRow } from '../../src/catalog/model-snapshot.ts'
import { groq } from '../../src/providers/groq.ts'
import { openai } from '../../src/providers/openai.ts'
import { answerJson, answerText, type Behaviour, startFakeUpstream } from '../support/fake-upstream.ts'
import { startTestGateway, type TestGateway, testKey } from '../support/test-gateway.ts'

const { models: known } = readModelSnapshot()
const today = new Date().toISOString().slice(0, 10)

/** Picked from the bundle itself, so that its next refresh, and the calendar, leave the tests true. */
function pick(type: 'openai' | 'groq', fits: (row: SnapshotRow) => boolean): SnapshotRow {
  const wellKnown: readonly string[] = (type === 'groq' ? groq : openai).models
  const row = known[type]?.find(
    model => model.kind === 'chat' && !wellKnown.includes(model.id) && !model.id.includes('/') && fits(model),
  )
  if (row === undefined) throw new Error(`no such model of ${type}`)
  return row
}

const current = pick('openai', ({ retires }) => retires === undefined)
const retired = pick(
  'openai',
  ({ retires, replacedBy }) => (retires ?? '9') <= today && replacedBy !== undefined,
)

async function openUpstream(list: Behaviour) {
  const upstream = await startFakeUpstream((request, response) =>
    request.url.endsWith('/models') ? list(request, response) : answerText('hello')(request, response),
  )
  onTestFinished(() => upstream.close())
  return upstream
}

async function open(sections: object): Promise<TestGateway> {
  const yaml = Object.entries({ server: { port: 0, shutdown_timeout: '20ms' }, ...sections })
    .map(([name, section]) => `${name}: ${JSON.stringify(section)}`)
    .join('\n')
  const gateway = await startTestGateway(yaml)
  onTestFinished(() => gateway.stop())
  return gateway
}

function ask({ url }: TestGateway, path: string): Promise<Response> {
  return fetch(`${url}${path}`, { headers: { authorization: `Bearer ${testKey}` } })
}

test('a known model is served by its plain name where its provider has never listed its own', async () => {
  const upstream = await openUpstream(answerJson(503, {}))
  const provider = { type: 'openai', base_url: upstream.baseUrl, api_key: 'sk-1', max_retries: 0 }
  const gateway = await open({ providers: [provider], discovery: { interval: '1h' } })
  await gateway.app.discovery.refresh()
  expect((await gateway.chat({ model: current.id })).status).toBe(200)
  expect(JSON.parse(upstream.requests.at(-1)?.body.toString() ?? '')).toMatchObject({ model: current.id })

  const { data } = (await (await ask(gateway, '/v1/models')).json()) as { data: { id: string }[] }
  expect(data.map(({ id }) => id)).not.toContain(current.id)
  for (const id of [current.id, `openai/${current.id}`]) {
    const found = await ask(gateway, `/v1/models/${id}`)
    expect(found.status).toBe(200)
    expect(await found.json()).toMatchObject({ id, owned_by: 'openai' })
  }
})

test('one that was retired is not, and its successor is told; with its provider before its name it is asked for', async () => {
  const upstream = await openUpstream(answerJson(503, {}))
  const provider = { type: 'openai', base_url: upstream.baseUrl, api_key: 'sk-1' }
  const gateway = await open({ providers: [provider] })
  const refused = await gateway.chat({ model: retired.id })
  expect(refused.status).toBe(404)
  const { error } = (await refused.json()) as { error: { code: string; message: string } }
  expect(error.code).toBe('model_not_found')
  expect(error.message).toContain(
    `The provider openai retired it on ${retired.retires}. Its maker names \`${retired.replacedBy}\` in its place.`,
  )
  expect((await ask(gateway, `/v1/models/${retired.id}`)).status).toBe(404)
  expect((await gateway.chat({ model: `openai/${retired.id}` })).status).toBe(200)
})

test('what a provider lists, or the configuration names, is all that it has', async () => {
  const listing = await openUpstream(answerJson(200, { object: 'list', data: [{ id: 'own' }] }))
  const at = { type: 'openai', base_url: listing.baseUrl, api_key: 'sk-1' }
  const listed = await open({ providers: [at], discovery: { interval: '1h' } })
  await listed.app.discovery.refresh()
  expect((await listed.chat({ model: 'own' })).status).toBe(200)
  expect((await listed.chat({ model: current.id })).status).toBe(404)

  const named = await open({ providers: [{ ...at, models: ['own'] }] })
  expect((await named.chat({ model: current.id })).status).toBe(404)
})

test('once a provider has listed its own, another name of a listed model is served too', async () => {
  const named = pick('openai', ({ aliases }) => aliases !== undefined)
  const [other = ''] = named.aliases ?? []
  const upstream = await openUpstream(answerJson(200, { object: 'list', data: [{ id: other }] }))
  const provider = { type: 'openai', base_url: upstream.baseUrl, api_key: 'sk-1' }
  const gateway = await open({ providers: [provider], discovery: { interval: '1h' } })
  await gateway.app.discovery.refresh()
  expect((await gateway.chat({ model: named.id })).status).toBe(200)
  expect(JSON.parse(upstream.requests.at(-1)?.body.toString() ?? '')).toMatchObject({ model: named.id })
  const page = await ask(gateway, `/api/models/openai/${named.id}`)
  expect(await page.json()).toMatchObject({ missing: null, listed_at: expect.any(String) })
})

test('a server that takes any name gets what nobody is known to have', async () => {
  const vendor = await openUpstream(answerJson(503, {}))
  const local = await openUpstream(answerJson(503, {}))
  const gateway = await open({
    providers: [
      { type: 'openai_compatible', name: 'local', base_url: local.baseUrl },
      { type: 'openai', base_url: vendor.baseUrl, api_key: 'sk-1' },
    ],
  })
  expect((await gateway.chat({ model: current.id })).status).toBe(200)
  expect([vendor.requests.length, local.requests.length]).toEqual([1, 0])
  expect((await gateway.chat({ model: 'a-name-of-my-own' })).status).toBe(200)
  expect([vendor.requests.length, local.requests.length]).toEqual([1, 1])
  // What is shown of a name that only others are known to have is what becomes of a request for it.
  const far = pick('groq', ({ retires }) => retires === undefined)
  const shown = (await (await ask(gateway, `/api/models/${far.id}`)).json()) as { data: object[] }
  expect(shown.data).toMatchObject([
    { key: `local/${far.id}`, missing: null },
    { key: `groq/${far.id}`, missing: 'provider_not_configured' },
  ])
})
