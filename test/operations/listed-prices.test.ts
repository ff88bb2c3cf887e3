// Prices that a provider's own list tells: what is shown of a model is what is charged, expected and written down.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readModelSnapshot } from '../../src/catalog/model-snapshot.ts'
import { answerJson, completion, startFakeUpstream } from '../support/fake-upstream.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'

const usage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 }

/** US dollars per token, as OpenRouter writes them. */
const pricing = (prompt: string, completion: string) => ({ pricing: { prompt, completion } })

const listedModels = [
  // The table has 2.5 and 10 US dollars per million tokens.
  { id: 'openai/gpt-4o', ...pricing('0.000005', '0.00002') },
  { id: 'own/written', ...pricing('0.000005', '0.00002') },
  { id: 'own/new', ...pricing('0.000001', '0.000004') },
  { id: 'own/mistaken', ...pricing('-1', '0.00002') },
  { id: 'openai/gpt-4o-mini', ...pricing('0.00015', '0.0006') },
]

async function openUpstream(models: () => readonly object[]) {
  const upstream = await startFakeUpstream((request, response) =>
    (request.url.includes('/models')
      ? answerJson(200, { object: 'list', data: models() })
      : answerJson(200, completion('hello', usage)))(request, response),
  )
  onTestFinished(() => upstream.close())
  return upstream
}

function writePrices(): string {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-prices-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'prices.yaml')
  writeFileSync(file, '- { provider: router, model: own/written, input: 7, output: 28 }\n')
  return file
}

async function open(
  provider: object,
  models: () => readonly object[] = () => listedModels,
): Promise<TestGateway> {
  const { baseUrl } = await openUpstream(models)
  const sections = {
    server: { port: 0, shutdown_timeout: '20ms' },
    providers: [{ name: 'router', base_url: baseUrl, ...provider }],
    models: { prices_file: writePrices() },
    discovery: { interval: '1h' },
  }
  const yaml = Object.entries(sections).map(([name, section]) => `${name}: ${JSON.stringify(section)}`)
  const gateway = await startTestGateway(yaml.join('\n'))
  onTestFinished(() => gateway.stop())
  await gateway.app.discovery.refresh()
  return gateway
}

interface Shown {
  readonly prices: { readonly input: number; readonly output: number } | null
  readonly facts: { readonly prices?: { readonly source: string; readonly overruled?: readonly object[] } }
  readonly live: { readonly effective_price: { readonly input: number | null } | null }
}

interface Explained {
  readonly candidates: readonly { readonly expected_cost_usd: number | null }[]
}

async function show({ url }: TestGateway, model: string): Promise<Shown> {
  return (await (await fetch(`${url}/api/models/router/${model}`)).json()) as Shown
}

async function expectedCost(gateway: TestGateway, model: string): Promise<number | null | undefined> {
  const request = { model, messages: [{ role: 'user', content: 'Hi' }] }
  const explained = (await (await gateway.post('/api/route/explain', { request })).json()) as Explained
  return explained.candidates[0]?.expected_cost_usd
}

/** What a thousand tokens of the question and a hundred of the answer cost at these prices per million, in nano dollars. */
const nanoUsd = (input: number, output: number): number => input * 1_000_000 + output * 100_000

test('a listed price is shown, expected and charged; the operator’s own comes before it, a mistaken one is none', async () => {
  const gateway = await open({ type: 'openrouter', api_key: 'sk-1' })
  const prices = [
    { model: 'openai/gpt-4o', input: 5, output: 20, source: 'listing' },
    { model: 'own/written', input: 7, output: 28, source: 'override' },
    { model: 'own/new', input: 1, output: 4, source: 'listing' },
    // Listed at a thousand times the table's price.
    { model: 'openai/gpt-4o-mini', input: 0.15, output: 0.6, source: 'snapshot' },
  ]
  // Before anything has been learned of them, the same tokens are expected of all, and all outputs cost four inputs.
  const expected = (await expectedCost(gateway, 'own/new')) ?? Number.NaN
  for (const { model, input } of prices)
    expect(await expectedCost(gateway, model)).toBeCloseTo(input * expected, 8)
  expect(await expectedCost(gateway, 'own/mistaken')).toBeNull()
  for (const { model, input, output, source } of prices) {
    expect((await gateway.chat({ model })).status).toBe(200)
    expect(await show(gateway, model)).toMatchObject({
      prices: { input, output },
      facts: { prices: { source } },
      live: { effective_price: { input, output } },
    })
  }
  const { facts } = await show(gateway, 'openai/gpt-4o')
  expect(facts.prices?.overruled).toMatchObject([{ source: 'snapshot', value: { input: 2.5, output: 10 } }])

  expect((await gateway.chat({ model: 'own/mistaken' })).status).toBe(200)
  expect(await show(gateway, 'own/mistaken')).toMatchObject({ prices: null })

  const rows = await gateway.stopAndReadLedger()
  expect(rows.map(row => [row['model'], row['cost_nano_usd']])).toEqual([
    ...prices.map(({ model, input, output }) => [model, nanoUsd(input, output)]),
    ['own/mistaken', null],
  ])
})

test('a server of one’s own is charged by its list, and never by the table', async () => {
  const gateway = await open({ type: 'openai_compatible' })
  for (const model of ['own/new', 'own/mistaken', 'gpt-4o']) await gateway.chat({ model: `router/${model}` })
  expect(await show(gateway, 'own/new')).toMatchObject({ prices: { input: 1, output: 4 } })
  const rows = await gateway.stopAndReadLedger()
  expect(rows.map(row => row['cost_nano_usd'])).toEqual([nanoUsd(1, 4), null, null])
})

test('a tuned model has the price of the one that the configuration names, in what is shown as in what is charged', async () => {
  const gateway = await open({
    type: 'openrouter',
    api_key: 'sk-1',
    base_models: { 'own/new': 'openai/gpt-4o' },
  })
  await gateway.chat({ model: 'own/new' })
  expect(await show(gateway, 'own/new')).toMatchObject({ prices: { input: 5, output: 20 } })
  const [row] = await gateway.stopAndReadLedger()
  expect(row?.['cost_nano_usd']).toBe(nanoUsd(5, 20))
})

test('what is listed anew is charged from then on, by the other names of a model as well', async () => {
  const named = readModelSnapshot().models['openai']?.find(
    ({ aliases, kind, retires }) => kind === 'chat' && aliases !== undefined && retires === undefined,
  )
  const plain = named?.id ?? ''
  const [other = ''] = named?.aliases ?? []
  let models = [{ id: other, ...pricing('0.000003', '0.000012') }]
  const gateway = await open({ type: 'openai', api_key: 'sk-1' }, () => models)
  await gateway.chat({ model: plain })
  expect(await show(gateway, plain)).toMatchObject({ prices: { input: 3, output: 12 } })

  models = [{ id: other, ...pricing('0.0000035', '0.000014') }]
  expect((await gateway.post('/api/models/refresh', {})).status).toBe(200)
  await gateway.chat({ model: plain })
  await gateway.chat({ model: other })
  expect(await show(gateway, plain)).toMatchObject({ prices: { input: 3.5, output: 14 } })
  const rows = await gateway.stopAndReadLedger()
  const costs = [nanoUsd(3, 12), nanoUsd(3.5, 14), nanoUsd(3.5, 14)]
  expect(rows.map(row => row['cost_nano_usd'])).toEqual(costs)
})
