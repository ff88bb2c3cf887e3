// Targets that are asked by the gateway itself, where their provider is configured so: what is sent, and how it is booked.

import { expect, test, vi } from 'vitest'
import { answerJson, answerText, completion, stall } from '../support/fake-upstream.ts'
import { eventually, openScene, providersFor } from '../support/scene.ts'
import { type TestGateway, testKey } from '../support/test-gateway.ts'

const failing = answerJson(500, { error: { message: 'broken' } })

/** The lines of the metrics that begin so. */
async function readMetrics(gateway: TestGateway, name: string): Promise<readonly string[]> {
  const headers = { authorization: `Bearer ${testKey}` }
  const text = await (await fetch(`${gateway.url}/metrics/prometheus`, { headers })).text()
  return text.split('\n').filter(line => line.startsWith(name))
}

test('a target without calls is asked for one token, no more often than allowed, and one that is not configured never', async () => {
  const { gateway, upstreams } = await openScene({
    upstreams: [[answerText('hello')], [answerText('hello')]],
    sections: servers => ({
      providers: providersFor(servers).map((provider, index) => ({
        ...provider,
        ...(index === 0 && { health_check: { interval: '20ms', max_per_hour: 3 } }),
      })),
    }),
  })
  const [checked, other] = upstreams
  await eventually(() => checked?.requests.length === 3)
  const counted = 'llm_proxy_health_checks_total{provider="upstream1",result="ok"} 3'
  await vi.waitFor(async () => {
    expect(await readMetrics(gateway, 'llm_proxy_health_checks_total')).toEqual([counted])
  })
  expect(checked?.requests).toHaveLength(3)
  expect(other?.requests).toHaveLength(0)
  expect(JSON.parse(checked?.requests[0]?.body.toString() ?? '')).toEqual({
    model: 'test-model',
    messages: [{ role: 'user', content: 'Hi' }],
    max_tokens: 1,
  })
  const rows = await gateway.stopAndReadLedger()
  expect(rows).toHaveLength(3)
  expect(rows[0]).toMatchObject({ route: 'health_check', key_id: null, provider: 'upstream1', outcome: 'ok' })
})

test('a target whose breaker has opened is taken up again without a request of a client', async () => {
  const { gateway, upstream } = await openScene({
    upstreams: [[failing]],
    sections: servers => ({
      circuit_breaker: { failure_threshold: 2, recovery_timeout: '50ms', half_open_max_calls: 2 },
      providers: providersFor(servers, { health_check: { interval: '20ms', max_per_hour: 500 } }),
    }),
  })
  const isClosed = async () => (await readMetrics(gateway, 'llm_proxy_breaker_state')).join().endsWith(' 0')
  for (let time = 0; time < 2; time++) await (await gateway.chat()).text()
  expect(await isClosed()).toBe(false)
  upstream.behave(answerJson(200, completion('again')))
  await vi.waitFor(async () => expect(await isClosed()).toBe(true), { timeout: 3000 })
  expect((await gateway.chat()).status).toBe(200)
})

test('a target that takes the question and stays silent has failed the check', async () => {
  const { gateway } = await openScene({
    upstreams: [[stall]],
    provider: { health_check: { interval: '20ms', max_per_hour: 1 }, timeouts: { headers: '30ms' } },
  })
  const counted = 'llm_proxy_health_checks_total{provider="upstream1",result="upstream_timeout"} 1'
  await vi.waitFor(async () => {
    expect(await readMetrics(gateway, 'llm_proxy_health_checks_total')).toEqual([counted])
  })
})

test('a gateway that stops ends its checks, each with its row', async () => {
  const { gateway, upstream } = await openScene({
    upstreams: [[stall]],
    provider: { health_check: { interval: '20ms', max_per_hour: 1 } },
  })
  await eventually(() => upstream.requests.length === 1)
  expect(await gateway.stopAndReadLedger()).toMatchObject([
    { route: 'health_check', outcome: 'client_disconnected' },
  ])
})
