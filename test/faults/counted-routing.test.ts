// What routing has done, as it stands on the page that Prometheus reads.

import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { parseExposition } from '../../src/observability/exposition-parser.fixture.ts'
import {
  answerJson,
  answerText,
  type Behaviour,
  resetConnection,
  stall,
  streamEvents,
  wholeStream,
} from '../support/fake-upstream.ts'
import { configurationText, eventually, openScene, providersFor } from '../support/scene.ts'
import type { TestGateway } from '../support/test-gateway.ts'

async function readPage(gateway: TestGateway): Promise<string> {
  return await (await fetch(`${gateway.url}/metrics/prometheus`)).text()
}

/** The samples of one metric, by the values of their labels. */
async function readMetric(gateway: TestGateway, name: string): Promise<Record<string, number>> {
  const samples = parseExposition(await readPage(gateway)).filter(
    sample => sample.name === `llm_proxy_${name}`,
  )
  return Object.fromEntries(samples.map(({ labels, value }) => [Object.values(labels).join(' '), value]))
}

const answering: readonly (readonly Behaviour[])[] = [[answerText('first')], [answerText('second')]]
const turn = [
  { role: 'user', content: 'Hello' },
  { role: 'assistant', content: 'A' },
  { role: 'user', content: 'More' },
]

test('conversations that stay and that cannot are counted by rule and model; whoever asks for an explanation is not', async () => {
  const { gateway } = await openScene({
    upstreams: answering,
    sections: () => ({
      routing: { strategy: 'round_robin', rules: [{ name: 'gold', when: 'metadata.tier == "gold"' }] },
    }),
  })
  // Nobody has answered this one before.
  await (await gateway.chat({ messages: turn })).text()
  for (let time = 0; time < 2; time++) await (await gateway.chat({ messages: turn })).text()
  await (await gateway.chat({ messages: turn, metadata: { tier: 'gold' } })).text()
  const request = { model: 'test-model', messages: turn }
  const explained = await gateway.post('/api/route/explain', { request })
  expect(explained.status).toBe(200)
  expect(await readMetric(gateway, 'affinity_total')).toEqual({
    'none test-model hit': 2,
    'none test-model miss': 1,
    'gold test-model hit': 1,
    'gold test-model miss': 0,
  })
})

test('conditions that fail are counted by rule, over a reload, and not where they are only explained', async () => {
  const rules = [{ name: 'gold', when: 'metadata.tier > 3', use: 'upstream2/test-model' }]
  const { gateway, upstreams } = await openScene({
    upstreams: answering,
    sections: () => ({ routing: { rules } }),
  })
  const metadata = { tier: 'a text' }
  await gateway.chat({ metadata })
  const request = { model: 'test-model', messages: turn }
  const explained = await gateway.post('/api/route/explain', { request, metadata })
  expect(JSON.stringify(await explained.json())).toContain('its condition failed')
  expect(await readMetric(gateway, 'failed_conditions_total')).toEqual({ gold: 1 })
  const told = () =>
    gateway.readLog().filter(line => JSON.stringify(line).includes('routing rule failed')).length
  const reload = async (when: string): Promise<void> => {
    const version = gateway.app.snapshot.version
    const loaded = () =>
      gateway.readLog().filter(line => JSON.stringify(line).includes('configuration loaded')).length
    const before = loaded()
    gateway.writeConfiguration(
      configurationText({ providers: providersFor(upstreams), routing: { rules: [{ ...rules[0], when }] } }),
    )
    await gateway.app.reload()
    await eventually(
      () => loaded() > before,
      () => version,
    )
  }
  await reload('metadata.tier > 3')
  await gateway.chat({ metadata })
  expect(await readMetric(gateway, 'failed_conditions_total')).toEqual({ gold: 2 })
  expect(told()).toBe(1)
  await reload('metadata.tier > 4')
  await gateway.chat({ metadata })
  expect(await readMetric(gateway, 'failed_conditions_total')).toEqual({ gold: 3 })
  expect(told()).toBe(2)
})

test('a request with 100,000 tools makes a condition that goes through them fail, and is answered', async () => {
  const when = 'parameters.tools.exists(tool, tool.function.name == "search")'
  const { gateway } = await openScene({
    upstreams: answering,
    sections: () => ({ routing: { rules: [{ name: 'searching', when, use: 'upstream2/test-model' }] } }),
  })
  const toolsOf = (length: number) =>
    Array.from({ length }, () => ({ type: 'function', function: { name: 'search' } }))
  const many = await gateway.chat({ tools: toolsOf(100_000) })
  expect([many.status, many.headers.get('x-llm-proxy-provider')]).toEqual([200, 'upstream1'])
  expect(await readMetric(gateway, 'failed_conditions_total')).toEqual({ searching: 1 })
  const few = await gateway.chat({ tools: toolsOf(100) })
  expect(few.headers.get('x-llm-proxy-provider')).toBe('upstream2')
  expect(await readMetric(gateway, 'failed_conditions_total')).toEqual({ searching: 1 })
})

test('copies are counted by what became of them', async () => {
  const copied = {
    name: 'copied',
    use: 'upstream1/test-model',
    shadow: { use: 'upstream2/test-model', timeout: '2s' },
  }
  const { gateway, upstreams } = await openScene({
    upstreams: answering,
    sections: () => ({ routing: { rules: [copied] } }),
  })
  const counts = () => readMetric(gateway, 'shadows_total')
  const becomes = (expected: object) =>
    vi.waitFor(async () => expect(await counts()).toEqual(expected), { timeout: 3000, interval: 10 })
  await gateway.chat()
  await becomes({ 'upstream2/test-model ok': 1 })
  upstreams[1]?.behave(answerJson(500, { error: { message: 'No.' } }))
  await gateway.chat()
  await becomes({ 'upstream2/test-model ok': 1, 'upstream2/test-model failed': 1 })
  await gateway.chat({ store: true })
  await becomes({
    'upstream2/test-model ok': 1,
    'upstream2/test-model failed': 1,
    'upstream2/test-model skipped': 1,
  })
  expect(await readMetric(gateway, 'shadow_cost_usd_total')).toEqual({ 'upstream2/test-model': 0 })
})

test('hedges are counted by what became of the second call', async () => {
  const { gateway, settled } = await openScene({
    policy: { hedge: { after: '40ms', max_share: 1 } },
    upstreams: [[stall], [answerText('second')]],
  })
  expect(await (await gateway.chat()).text()).toContain('second')
  await settled()
  expect(await readMetric(gateway, 'hedges_total')).toEqual({ 'upstream2 won': 1 })
  expect(Object.keys(await readMetric(gateway, 'discarded_cost_usd_total'))).toEqual(['upstream1 hedge'])
})

test('rescues are counted by whether they came about', async () => {
  const broken = streamEvents(wholeStream('fi', 'rst').slice(0, 2), { ending: 'cut' })
  const { gateway, upstreams, settled } = await openScene({
    policy: { rescue: 'restart' },
    upstreams: [[broken], [streamEvents(wholeStream('fi', 'nally'))]],
  })
  const ask = async (): Promise<void> => {
    await (await gateway.chat({ stream: true })).text()
    await settled()
  }
  await ask()
  expect(await readMetric(gateway, 'rescues_total')).toEqual({ rescued: 1 })
  upstreams[1]?.behave(resetConnection)
  await ask()
  expect(await readMetric(gateway, 'rescues_total')).toEqual({ rescued: 1, failed: 1 })
  expect(await readMetric(gateway, 'discarded_cost_usd_total')).toHaveProperty('upstream1 broken')
})

test('keys are counted by whether they can be used', async () => {
  const { gateway } = await openScene({
    upstreams: [
      [
        (request, response) =>
          answerJson(request.headers.authorization === 'Bearer sk-one' ? 401 : 429, {
            error: { message: 'No.' },
          })(request, response),
      ],
    ],
    provider: { api_key: undefined, api_keys: ['sk-one', 'sk-two'] },
    policy: { max_limit_wait: '1ms' },
    sections: () => ({ retry: { base_ms: 60_000, max_ms: 60_000 } }),
  })
  await (await gateway.chat()).text()
  expect(await readMetric(gateway, 'provider_keys')).toEqual({
    'upstream1 usable': 0,
    'upstream1 resting': 1,
    'upstream1 refused': 1,
  })
})

test('prompts are counted by rule and by what caches did for them', async () => {
  const { gateway } = await openScene({ upstreams: answering })
  await (await gateway.chat()).text()
  const tokens = await readMetric(gateway, 'rule_input_tokens_total')
  expect(Object.keys(tokens)).toEqual(['none none', 'none read', 'none write'])
  expect(tokens['none none']).toBe(7)
})

test('a Redis that cannot be reached is down; without one in the configuration, nothing is said of it', async () => {
  const without = await openScene({ upstreams: answering })
  expect(await readPage(without.gateway)).not.toContain('redis')
  const { gateway } = await openScene({
    upstreams: answering,
    sections: () => ({ redis: { url: 'redis://127.0.0.1:1' } }),
  })
  const countRefused = async () => (await readMetric(gateway, 'redis_connections_total'))['refused']
  await vi.waitFor(async () => expect(await countRefused()).toBeGreaterThan(0), {
    timeout: 3000,
    interval: 10,
  })
  expect(await readMetric(gateway, 'redis_up')).toEqual({ '': 0 })
})

test('every metric that is shown is documented', async () => {
  const { gateway } = await openScene({
    upstreams: answering,
    sections: () => ({ redis: { url: 'redis://127.0.0.1:1' } }),
  })
  const documented = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')
  const shown = [...(await readPage(gateway)).matchAll(/^# HELP (llm_proxy_\w+)/gm)].map(([, name]) => name)
  expect(shown.length).toBeGreaterThan(30)
  expect(shown.filter(name => !documented.includes(`\`${name}\``))).toEqual([])
})
