// A second target is asked beside a slow first one: the first content wins, and the books know of both.

import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import {
  answerJson,
  answerText,
  type Behaviour,
  chunk,
  stall,
  streamEvents,
  wholeStream,
} from '../support/fake-upstream.ts'
import { openScene } from '../support/scene.ts'

const hedge = { after: '60ms', max_share: 1 }

const delayed =
  (milliseconds: number, behaviour: Behaviour): Behaviour =>
  async (request, response) => {
    await sleep(milliseconds)
    if (!response.destroyed) await behaviour(request, response)
  }

async function attemptsOf(gateway: { stopAndReadLedger(): Promise<Record<string, unknown>[]> }) {
  const [row] = await gateway.stopAndReadLedger()
  return { row, attempts: JSON.parse(String(row?.['attempts'])) as Array<Record<string, unknown>> }
}

test('a second target answers for a slow first one, which is left at once and billed for its prompt', async () => {
  const { gateway, upstreams, settled } = await openScene({
    policy: { hedge },
    upstreams: [[stall], [answerText('second')]],
  })
  const response = await gateway.chat()
  expect(await response.text()).toContain('second')
  expect(response.headers.get('x-llm-proxy-provider')).toBe('upstream2')
  expect(response.headers.get('x-llm-proxy-attempts')).toBe('2')
  await upstreams[0]?.requests[0]?.aborted
  await settled()
  const { row, attempts } = await attemptsOf(gateway)
  expect(row).toMatchObject({ provider: 'upstream2', outcome: 'ok' })
  expect(attempts).toMatchObject([
    {
      provider: 'upstream1',
      code: 'superseded',
      billed: { inputTokens: expect.any(Number), outputTokens: 0 },
    },
    { provider: 'upstream2', code: null, role: 'hedge' },
  ])
})

test('the row costs what both are billed, and nobody is said to have left', async () => {
  const { gateway, settled } = await openScene({
    policy: { hedge },
    provider: { type: 'openai', models: ['gpt-4o-mini'] },
    upstreams: [[stall], [answerText('second')]],
  })
  const response = await gateway.chat({ model: 'gpt-4o-mini' })
  const { usage } = (await response.json()) as { usage: { prompt_tokens: number } }
  // What the client is told is what its answer used.
  expect(usage.prompt_tokens).toBe(7)
  await settled()
  const metrics = await (await fetch(`${gateway.url}/metrics/prometheus`)).text()
  const calls = metrics.split('\n').filter(line => line.startsWith('llm_proxy_upstream_attempts_total{'))
  expect(calls.join()).toContain('superseded')
  expect(calls.join()).not.toContain('client_disconnected')
  const { row, attempts } = await attemptsOf(gateway)
  expect(attempts[0]).toMatchObject({ billed: { costNanoUsd: 2 * 150 } })
  const cost = 7 * 150 + 3 * 600 + 2 * 150
  expect(row).toMatchObject({ cost_nano_usd: cost, input_uncached: 9, output_text: 3 })
})

test('a first target that is quick enough is asked alone', async () => {
  const { gateway, upstreams, settled } = await openScene({
    policy: { hedge: { ...hedge, after: '500ms' } },
    upstreams: [[answerText('first')], [answerText('second')]],
  })
  expect(await (await gateway.chat()).text()).toContain('first')
  expect(upstreams[1]?.requests).toHaveLength(0)
  await settled()
  const { attempts } = await attemptsOf(gateway)
  expect(attempts).toHaveLength(1)
  expect(attempts[0]).not.toHaveProperty('role')
})

test('the first content of a stream wins, not the first byte, and only the winner is told of', async () => {
  const opened = streamEvents([chunk({ role: 'assistant', content: '' })], { ending: 'stall' })
  const { gateway, upstreams, settled } = await openScene({
    policy: { hedge },
    upstreams: [[opened], [streamEvents(wholeStream('se', 'cond'))]],
  })
  const response = await gateway.chat({ stream: true })
  const text = await response.text()
  expect(text).toContain('cond')
  expect(text.trimEnd().endsWith('[DONE]')).toBe(true)
  expect(response.headers.get('x-llm-proxy-provider')).toBe('upstream2')
  await upstreams[0]?.requests[0]?.aborted
  await settled()
})

test('where the first one comes in first after all, the second one is left', async () => {
  const { gateway, upstreams, settled } = await openScene({
    policy: { hedge },
    upstreams: [[delayed(200, answerText('first'))], [stall]],
  })
  const response = await gateway.chat()
  expect(await response.text()).toContain('first')
  expect(response.headers.get('x-llm-proxy-provider')).toBe('upstream1')
  await upstreams[1]?.requests[0]?.aborted
  await settled()
  const { row, attempts } = await attemptsOf(gateway)
  expect(row).toMatchObject({ provider: 'upstream1' })
  expect(attempts).toMatchObject([
    { provider: 'upstream2', role: 'hedge', code: 'superseded', billed: {} },
    { provider: 'upstream1', code: null },
  ])
  expect(attempts[1]).not.toHaveProperty('role')
})

test('where one of both fails, the other one answers, and where both fail, the next target', async () => {
  const fails = answerJson(500, { error: { message: 'No.' } })
  const one = await openScene({ policy: { hedge }, upstreams: [[delayed(150, answerText('slow'))], [fails]] })
  expect(await (await one.gateway.chat()).text()).toContain('slow')
  const both = await openScene({
    policy: { hedge },
    upstreams: [[delayed(120, fails)], [fails], [answerText('third')]],
  })
  const response = await both.gateway.chat()
  expect(await response.text()).toContain('third')
  expect(both.upstreams.map(({ requests }) => requests.length)).toEqual([1, 1, 1])
  const { attempts } = await attemptsOf(both.gateway)
  expect(attempts.map(({ provider, role = null }) => [provider, role])).toEqual(
    expect.arrayContaining([
      ['upstream1', null],
      ['upstream2', 'hedge'],
      ['upstream3', null],
    ]),
  )
})

test('a refusal that holds for every target ends the race', async () => {
  const refuses = answerJson(400, { error: { message: 'Not so.', type: 'invalid_request_error' } })
  const { gateway, upstreams, settled } = await openScene({
    policy: { hedge },
    upstreams: [[stall], [refuses]],
  })
  const response = await gateway.chat()
  expect(response.status).toBe(400)
  expect(await response.text()).toContain('Not so.')
  await upstreams[0]?.requests[0]?.aborted
  await settled()
})

test('a client that leaves ends both', async () => {
  const { gateway, upstreams, settled } = await openScene({
    policy: { hedge },
    upstreams: [[stall], [stall]],
  })
  const leaving = new AbortController()
  setTimeout(() => leaving.abort(), 250)
  await expect(
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer test-key-of-the-suite', 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'test-model', messages: [{ role: 'user', content: 'Hello' }] }),
      signal: leaving.signal,
    }),
  ).rejects.toThrow()
  for (const upstream of upstreams) await upstream.requests[0]?.aborted
  await settled()
  const { row, attempts } = await attemptsOf(gateway)
  expect(row).toMatchObject({ outcome: 'client_disconnected' })
  expect(attempts).toHaveLength(2)
})

test('the loser says nothing of the health of its target', async () => {
  const { gateway, upstreams } = await openScene({
    policy: { hedge },
    upstreams: [[stall], [answerText('second')]],
    sections: () => ({ circuit_breaker: { failure_threshold: 2 } }),
  })
  for (let request = 0; request < 4; request++) await (await gateway.chat()).text()
  expect(upstreams[0]?.requests).toHaveLength(4)
})

describe('bounds', () => {
  test('no more than the share of the requests is asked for twice', async () => {
    const { gateway, upstreams } = await openScene({
      policy: { hedge: { ...hedge, max_share: 0.25 } },
      upstreams: [[delayed(150, answerText('first'))], [answerText('second')]],
    })
    for (let request = 0; request < 8; request++) await (await gateway.chat()).text()
    expect(upstreams[1]?.requests).toHaveLength(2)
  })

  test('a request of which nobody knows what it costs is not, where a cost is named', async () => {
    const { gateway, upstreams } = await openScene({
      policy: { hedge: { ...hedge, max_cost: 0.001 } },
      upstreams: [[delayed(150, answerText('first'))], [answerText('second')]],
    })
    await (await gateway.chat()).text()
    expect(upstreams[1]?.requests).toHaveLength(0)
  })

  test('nor one whose answer is to be stored', async () => {
    const { gateway, upstreams } = await openScene({
      policy: { hedge },
      upstreams: [[delayed(150, answerText('first'))], [answerText('second')]],
    })
    await (await gateway.chat({ store: true })).text()
    expect(upstreams[1]?.requests).toHaveLength(0)
  })

  test('without a time of its own the p95 of the target decides, once twenty answers are known', async () => {
    const { gateway, upstream, upstreams } = await openScene({
      policy: { hedge: { max_share: 1 } },
      upstreams: [[answerText('first')], [answerText('second')]],
    })
    upstream.behave(delayed(300, answerText('slow')))
    await (await gateway.chat()).text()
    expect(upstreams[1]?.requests).toHaveLength(0)
    upstream.behave(answerText('first'))
    // The slow one is the slowest twentieth.
    for (let request = 0; request < 25; request++) await (await gateway.chat()).text()
    const before = upstreams[1]?.requests.length ?? 0
    upstream.behave(stall)
    expect(await (await gateway.chat()).text()).toContain('second')
    expect(upstreams[1]?.requests.length).toBe(before + 1)
  })
})
