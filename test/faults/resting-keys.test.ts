// A target whose keys all rest after a limit: where it stands in the order of the next request.

import { expect, test } from 'vitest'
import { answerJson, answerText } from '../support/fake-upstream.ts'
import { openScene, type Scene, type Sections } from '../support/scene.ts'

const limiting = answerJson(429, { error: { message: 'slow down' } }, { 'retry-after-ms': '1500' })

function openLimited(policy: Sections): Promise<Scene> {
  return openScene({
    policy,
    upstreams: [[limiting, answerText('first')], [answerText('second')]],
    provider: { api_key: undefined, api_keys: ['sk-one-of-one'] },
  })
}

async function explain({ gateway }: Scene): Promise<readonly Record<string, unknown>[]> {
  const request = { model: 'test-model', messages: [{ role: 'user', content: 'Hello' }] }
  const response = await gateway.post('/api/route/explain', { request })
  return ((await response.json()) as { candidates: Record<string, unknown>[] }).candidates
}

test('it comes behind the healthy ones, and the explanation says why', async () => {
  const scene = await openLimited({ limit_wait: 'last_resort' })
  expect(await explain(scene)).toMatchObject([
    { target: 'upstream1/test-model', asked_last: null },
    { target: 'upstream2/test-model', asked_last: null },
  ])
  const limited = await scene.gateway.chat()
  expect(limited.headers.get('x-llm-proxy-attempts')).toBe('2')
  expect(await explain(scene)).toMatchObject([
    { target: 'upstream2/test-model', asked_last: null },
    { target: 'upstream1/test-model', asked_last: 'its keys rest' },
  ])
  const next = await scene.gateway.chat()
  expect(await next.text()).toContain('second')
  expect(next.headers.get('x-llm-proxy-attempts')).toBe('1')
  const rows = await scene.gateway.stopAndReadLedger()
  expect(JSON.parse(String(rows[1]?.['attempts']))).toMatchObject([{ provider: 'upstream2', code: null }])
})

test('it is still asked where the healthy ones fail', async () => {
  const scene = await openLimited({ limit_wait: 'last_resort', max_limit_wait: '5s' })
  await scene.gateway.chat()
  scene.upstreams[1]?.behave(answerJson(500, { error: { message: 'No.' } }))
  const next = await scene.gateway.chat()
  expect(await next.text()).toContain('first')
})

test('it keeps its place where the route waits for it', async () => {
  const scene = await openLimited({ limit_wait: 'preferred', max_limit_wait: '5s' })
  // Waited for already: its limit is over when this is answered.
  expect(await (await scene.gateway.chat()).text()).toContain('first')
  scene.upstreams[0]?.behave(limiting, answerText('first again'))
  const waiting = scene.gateway.chat()
  await expect.poll(() => scene.upstreams[0]?.requests.length).toBe(3)
  await expect.poll(async () => (await explain(scene)).map(({ limited }) => limited)).toEqual([true, false])
  expect(await explain(scene)).toMatchObject([
    { target: 'upstream1/test-model', asked_last: null },
    { target: 'upstream2/test-model', asked_last: null },
  ])
  expect(await (await waiting).text()).toContain('first again')
  expect(scene.upstreams[1]?.requests).toHaveLength(0)
})
