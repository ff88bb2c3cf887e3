// What is done about each kind of failure: ask again, ask another target, wait, or tell the client.

import { describe, expect, test } from 'vitest'
import {
  answerJson,
  answerText,
  type Behaviour,
  chunk,
  completion,
  type FakeUpstream,
  resetConnection,
  stall,
  streamEvents,
  wholeStream,
} from '../support/fake-upstream.ts'
import { eventually, openScene, providersFor, type Scene } from '../support/scene.ts'

const fails = (status: number, headers: Record<string, string> = {}, error: object = {}): Behaviour =>
  answerJson(status, { error: { message: 'No.', ...error } }, headers)

const limited = (milliseconds: number): Behaviour => fails(429, { 'retry-after-ms': String(milliseconds) })

const tooLong = fails(400, {}, { code: 'context_length_exceeded', message: 'Too long.' })
const filtered = fails(400, {}, { code: 'content_filter', message: 'Not this.' })

const asked = ({ upstreams }: Pick<Scene, 'upstreams'>): number[] =>
  upstreams.map(({ requests }) => requests.length)

async function errorOf(response: Response): Promise<Record<string, unknown>> {
  const body = (await response.json()) as { error: Record<string, unknown> }
  return body.error
}

/** The last upstream serves only the model `spare`. */
function withSpare(upstreams: readonly FakeUpstream[]) {
  return {
    providers: providersFor(upstreams).map((provider, index) =>
      index === upstreams.length - 1 ? { ...provider, models: ['spare'] } : provider,
    ),
  }
}

describe('silence', () => {
  test('a target that stayed silent is not asked again in the same request', async () => {
    const scene = await openScene({
      upstreams: [[stall], [limited(100), answerText('second')]],
      provider: { max_retries: 2, timeouts: { headers: '60ms' } },
    })
    expect(await (await scene.gateway.chat()).text()).toContain('second')
    expect(asked(scene)).toEqual([1, 2])
    const alone = await openScene({
      upstreams: [[stall]],
      provider: { max_retries: 2, timeouts: { headers: '60ms' } },
    })
    expect((await alone.gateway.chat()).status).toBe(504)
    expect(asked(alone)).toEqual([1])
  })

  test('a slow first token fails over at its own timer, long before the idle and the total one', async () => {
    const slow = streamEvents([chunk({ role: 'assistant', content: '' })], { ending: 'stall' })
    const scene = await openScene({
      upstreams: [[slow], [streamEvents(wholeStream('quick'))]],
      provider: { max_retries: 2, timeouts: { first_token: '80ms' } },
    })
    const began = performance.now()
    const response = await scene.gateway.chat({ stream: true })
    expect(await response.text()).toContain('quick')
    expect(performance.now() - began).toBeLessThan(1000)
    expect(response.headers.get('x-llm-proxy-provider')).toBe('upstream2')
    await scene.settled()
  })

  test('one silent target does not eat the whole time of a request that another one can answer', async () => {
    const scene = await openScene({
      upstreams: [[stall], [answerText('in time')]],
      sections: () => ({ timeouts: { total: '900ms' } }),
    })
    expect(await (await scene.gateway.chat()).text()).toContain('in time')
    await scene.settled()
  })
})

describe('limits', () => {
  test('a short limit is waited for where nobody else is there', async () => {
    const scene = await openScene({ upstreams: [[limited(150), answerText('patience')]] })
    const began = performance.now()
    expect(await (await scene.gateway.chat()).text()).toContain('patience')
    expect(performance.now() - began).toBeGreaterThanOrEqual(149)
    expect(asked(scene)).toEqual([2])
  })

  test('with a healthy alternative nobody waits', async () => {
    const scene = await openScene({ upstreams: [[limited(5000)], [answerText('at once')]] })
    const began = performance.now()
    const response = await scene.gateway.chat()
    expect(await response.text()).toContain('at once')
    expect(performance.now() - began).toBeLessThan(2000)
  })

  test('where the alternatives turn out to be down, it is waited for after all', async () => {
    const scene = await openScene({
      upstreams: [[limited(200), answerText('back again')], [resetConnection], [fails(503)]],
    })
    const response = await scene.gateway.chat()
    expect(await response.text()).toContain('back again')
    expect(response.headers.get('x-llm-proxy-provider')).toBe('upstream1')
    expect(asked(scene)[0]).toBe(2)
    const [row] = await scene.gateway.stopAndReadLedger()
    expect(row).toMatchObject({ provider: 'upstream1', outcome: 'ok', status: 200 })
  })

  test('where the route prefers so, it is waited for although another one is healthy', async () => {
    const scene = await openScene({
      policy: { limit_wait: 'preferred' },
      upstreams: [[limited(100), answerText('first')], [answerText('second')]],
    })
    expect(await (await scene.gateway.chat()).text()).toContain('first')
    expect(asked(scene)).toEqual([2, 0])
  })

  test('of limits that are longer than the request may take the client hears the shortest, at once', async () => {
    const scene = await openScene({
      upstreams: [[limited(30_000)], [limited(12_000)], [fails(500)]],
      sections: () => ({ timeouts: { total: '10s' } }),
    })
    const response = await scene.gateway.chat()
    expect(response.status).toBe(429)
    expect(Number(response.headers.get('retry-after'))).toBe(12)
    expect(await errorOf(response)).toMatchObject({ code: 'rate_limit_exceeded' })
    expect(asked(scene)).toEqual([1, 1, 1])
  })

  test('a limit that does not end is given up after two waits', async () => {
    const scene = await openScene({ upstreams: [[limited(30)]] })
    expect((await scene.gateway.chat()).status).toBe(429)
    expect(asked(scene)).toEqual([3])
  })

  test('no longer than the route allows', async () => {
    const scene = await openScene({ policy: { max_limit_wait: '50ms' }, upstreams: [[limited(100)]] })
    expect((await scene.gateway.chat()).status).toBe(429)
    expect(asked(scene)).toEqual([1])
  })

  test('a client that leaves while its limit is waited for ends the wait, and nothing more is sent', async () => {
    const scene = await openScene({ upstreams: [[limited(9_000), answerText('too late')]] })
    const leaving = new AbortController()
    const { gateway, upstream } = scene
    const answer = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer test-key-of-the-suite', 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'test-model', messages: [{ role: 'user', content: 'Hello' }] }),
      signal: leaving.signal,
    }).catch(() => 'left')
    await eventually(() => upstream.requests.length === 1)
    leaving.abort()
    expect(await answer).toBe('left')
    // Long before the limit ends.
    await eventually(() => gateway.readLog().some(line => line['outcome'] === 'client_disconnected'))
    await gateway.stopAndReadLedger()
    expect(asked(scene)).toEqual([1])
  })
})

describe('failures that may pass', () => {
  test('one 500 is asked again of the same target, once, and then of the next', async () => {
    const healed = await openScene({
      upstreams: [[fails(500), answerText('healed')], [answerText('second')]],
      provider: { max_retries: 2 },
    })
    expect(await (await healed.gateway.chat()).text()).toContain('healed')
    expect(asked(healed)).toEqual([2, 0])
    const broken = await openScene({
      upstreams: [[fails(500)], [answerText('second')]],
      provider: { max_retries: 2 },
    })
    expect(await (await broken.gateway.chat()).text()).toContain('second')
    expect(asked(broken)).toEqual([2, 1])
  })

  test.each([503, 529])(
    '%i is asked of the next target at once, and again where there is none',
    async status => {
      const scene = await openScene({
        upstreams: [[fails(status)], [answerText('second')]],
        provider: { max_retries: 2 },
      })
      expect(await (await scene.gateway.chat()).text()).toContain('second')
      expect(asked(scene)).toEqual([1, 1])
      const alone = await openScene({
        upstreams: [[fails(status), fails(status), answerText('at last')]],
        provider: { max_retries: 2 },
      })
      expect(await (await alone.gateway.chat()).text()).toContain('at last')
    },
  )

  test('where all others rest, a target is asked as often as if it stood alone', async () => {
    const scene = await openScene({
      upstreams: [[fails(404)], [answerText('second')]],
      provider: { max_retries: 2 },
    })
    await (await scene.gateway.chat()).text()
    scene.upstreams[1]?.behave(fails(503), fails(503), answerText('third time'))
    expect(await (await scene.gateway.chat()).text()).toContain('third time')
    expect(asked(scene)).toEqual([1, 4])
  })

  test('only the answer is billed, and the books name the model that gave it', async () => {
    const scene = await openScene({
      upstreams: [[fails(500)], [answerJson(200, completion('yes'))]],
      provider: { max_retries: 1 },
    })
    const response = await scene.gateway.chat()
    expect(response.headers.get('x-llm-proxy-provider')).toBe('upstream2')
    expect(response.headers.get('x-llm-proxy-attempts')).toBe('3')
    const [row] = await scene.gateway.stopAndReadLedger()
    expect(row).toMatchObject({ provider: 'upstream2', model: 'test-model' })
    const attempts = JSON.parse(String(row?.['attempts'])) as Array<Record<string, unknown>>
    expect(attempts.map(({ code }) => code)).toEqual(['upstream_error', 'upstream_error', null])
    expect(attempts.some(attempt => 'billed' in attempt)).toBe(false)
  })
})

describe('refusals', () => {
  test.each([
    ['a prompt that is too long', tooLong, 'context_length_exceeded'],
    ["a content filter's refusal", filtered, 'content_filter'],
  ])('%s goes to the client, and is not sent again', async (_title, refusal, code) => {
    const scene = await openScene({
      upstreams: [[refusal], [answerText('never')]],
      provider: { max_retries: 2 },
    })
    const response = await scene.gateway.chat()
    expect(response.status).toBe(400)
    expect(await errorOf(response)).toMatchObject({ code })
    expect(asked(scene)).toEqual([1, 0])
  })

  test.each([
    ['a prompt that is too long', tooLong, { context_length: ['nowhere', 'spare'] }],
    ["a content filter's refusal", filtered, { content_filter: ['spare'] }],
  ])('%s is asked of the list for it alone, where there is one', async (_title, refusal, fallbacks) => {
    const scene = await openScene({
      policy: { fallbacks },
      upstreams: [[refusal], [answerText('never')], [answerText('from the spare')]],
      sections: withSpare,
    })
    const response = await scene.gateway.chat()
    expect(await response.text()).toContain('from the spare')
    expect(response.headers.get('x-llm-proxy-model')).toBe('spare')
    expect(asked(scene)).toEqual([1, 0, 1])
    const sent = JSON.parse(String(scene.upstreams[2]?.requests[0]?.body)) as { model: string }
    expect(sent.model).toBe('spare')
    const [row] = await scene.gateway.stopAndReadLedger()
    expect(row).toMatchObject({ model: 'spare', provider: 'upstream3', model_asked: 'test-model' })
    const decision = JSON.parse(String(row?.['decision'])) as { candidates: string[]; fallback: unknown }
    expect(decision.candidates).toEqual(['upstream1/test-model', 'upstream2/test-model'])
    expect(decision.fallback).toMatchObject({ candidates: ['upstream3/spare'] })
  })

  test('a fallback that fails as well leaves the refusal to the client, and stands in the row', async () => {
    const scene = await openScene({
      policy: { fallbacks: { context_length: ['spare'] } },
      upstreams: [[tooLong], [answerText('never')], [answerJson(200, [])]],
      sections: withSpare,
    })
    const response = await scene.gateway.chat()
    expect(response.status).toBe(400)
    expect(await errorOf(response)).toMatchObject({ code: 'context_length_exceeded' })
    const [row] = await scene.gateway.stopAndReadLedger()
    expect(row).toMatchObject({ error_code: 'context_length_exceeded', provider: 'upstream1' })
    expect(JSON.parse(String(row?.['attempts']))).toMatchObject([
      { provider: 'upstream1', code: 'context_length_exceeded' },
      { provider: 'upstream3', code: 'upstream_malformed' },
    ])
  })

  test('a list is for its own kind of failure', async () => {
    const scene = await openScene({
      policy: { fallbacks: { context_length: ['spare'] } },
      upstreams: [[filtered], [answerText('never')], [answerText('never')]],
      sections: withSpare,
    })
    expect((await scene.gateway.chat()).status).toBe(400)
    expect(asked(scene)).toEqual([1, 0, 0])
  })

  test('a status that the route lists is a reason to ask the next target', async () => {
    const refusing = fails(422, {}, { message: 'I cannot read this.' })
    const usual = await openScene({ upstreams: [[refusing], [answerText('second')]] })
    expect((await usual.gateway.chat()).status).toBe(400)
    const scene = await openScene({
      policy: { failover_statuses: [422] },
      upstreams: [[refusing], [answerText('second')]],
    })
    expect(await (await scene.gateway.chat()).text()).toContain('second')
    expect(asked(scene)).toEqual([1, 1])
  })

  test.each([404, 410])('a model that is gone (%i) is asked last for a while', async status => {
    const scene = await openScene({ upstreams: [[fails(status)], [answerText('second')]] })
    for (let request = 0; request < 3; request++)
      expect(await (await scene.gateway.chat()).text()).toContain('second')
    expect(asked(scene)).toEqual([1, 3])
    scene.upstreams[1]?.behave(fails(503))
    await scene.gateway.chat()
    expect(asked(scene)[0]).toBe(2)
  })
})

describe('a target that freezes under load', () => {
  test('costs no request, and few of them their first timer', async () => {
    const { gateway, upstreams, settled } = await openScene({
      upstreams: [[answerText('first')], [answerText('second')]],
      provider: { timeouts: { headers: '400ms' } },
      sections: () => ({ circuit_breaker: { failure_threshold: 5, recovery_timeout: '60s' } }),
    })
    const statuses: number[] = []
    let before = 0
    let left = 600
    const ask = async (): Promise<void> => {
      while (left > 0) {
        left -= 1
        if (left === 500) {
          before = upstreams[0]?.requests.length ?? 0
          upstreams[0]?.behave(stall)
        }
        const response = await gateway.chat()
        await response.text()
        statuses.push(response.status)
      }
    }
    await Promise.all(Array.from({ length: 20 }, ask))
    expect(statuses.filter(status => status !== 200)).toEqual([])
    // Those that were under way, and few more before the fifth timer ran out.
    expect((upstreams[0]?.requests.length ?? 0) - before).toBeLessThanOrEqual(60)
    await settled()
  })
})
