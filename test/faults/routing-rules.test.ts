// Rules of routing over sockets: which upstream is asked, what a copy may do, and what can be said of it afterwards.

import { expect, test } from 'vitest'
import {
  answerJson,
  answerText,
  type Behaviour,
  resetConnection,
  stall,
  streamEvents,
  wholeStream,
} from '../support/fake-upstream.ts'
import { eventually, openScene, type Scene, type Sections } from '../support/scene.ts'

const answering: readonly (readonly Behaviour[])[] = [[answerText('first')], [answerText('second')]]

function openWithRules(
  rules: readonly Sections[],
  more: Sections = {},
  upstreams = answering,
): Promise<Scene> {
  return openScene({ upstreams, sections: () => ({ routing: { rules, ...more } }) })
}

function countsOf({ upstreams }: Scene): readonly number[] {
  return upstreams.map(({ requests }) => requests.length)
}

const gold = {
  name: 'gold',
  when: 'metadata.tier == "gold"',
  use: 'upstream2/test-model',
}

test('metadata of the body, or of a header, leads to another target', async () => {
  const scene = await openWithRules([gold])
  await scene.gateway.chat()
  expect(countsOf(scene)).toEqual([1, 0])
  await scene.gateway.chat({ metadata: { tier: 'gold' } })
  await scene.gateway.chat({}, { 'x-llm-proxy-metadata': '{"tier":"gold"}' })
  expect(countsOf(scene)).toEqual([1, 2])
})

test('a rule may lead to several names, one of which nobody serves', async () => {
  const scene = await openWithRules(
    [{ name: 'all', use: ['nobody-serves-this', 'upstream2/test-model', 'upstream1/test-model'] }],
    {},
    [[answerText('first')], [answerJson(503, { error: { message: 'No.' } })]],
  )
  const response = await scene.gateway.chat()
  expect(response.headers.get('x-llm-proxy-provider')).toBe('upstream1')
  expect(countsOf(scene)).toEqual([1, 1])
})

test('a split keeps each user on one side', async () => {
  const scene = await openWithRules([
    {
      name: 'canary',
      split: [{ share: '50%', use: 'upstream2/test-model' }],
      use: 'upstream1/test-model',
      sticky_by: 'user',
    },
  ])
  const sides = new Map<string, Set<string | null>>()
  for (let index = 0; index < 30; index++) {
    const user = `user-${index % 10}`
    const response = await scene.gateway.chat({ user })
    const provider = response.headers.get('x-llm-proxy-provider')
    sides.set(user, (sides.get(user) ?? new Set()).add(provider))
  }
  expect([...sides.values()].map(({ size }) => size)).toEqual(Array.from({ length: 10 }, () => 1))
  expect(countsOf(scene).every(count => count > 0)).toBe(true)
})

test('round robin takes turns, and a conversation stays where it was answered', async () => {
  const scene = await openWithRules([], { strategy: 'round_robin' })
  const ask = async (messages: readonly object[]) => {
    const response = await scene.gateway.chat({ messages })
    return response.headers.get('x-llm-proxy-provider')
  }
  const opening = (index: number) => [{ role: 'user', content: `Question ${index}` }]
  const homes = [await ask(opening(0)), await ask(opening(1)), await ask(opening(2)), await ask(opening(3))]
  expect(new Set(homes.slice(0, 2)).size).toBe(2)
  for (const [index, home] of homes.entries()) {
    const turn = [...opening(index), { role: 'assistant', content: 'A' }, { role: 'user', content: 'More' }]
    expect([await ask(turn), await ask(turn)]).toEqual([home, home])
  }
})

test('a conversation stays with the target that finished its answer, not with the one whose stream broke', async () => {
  let asked = 0
  const breaksOnce: Behaviour = (request, response) => {
    const answer =
      asked++ === 0
        ? streamEvents(wholeStream('Hel').slice(0, 2), { ending: 'cut' })
        : streamEvents(wholeStream('Hel', 'lo'))
    return answer(request, response)
  }
  const { gateway } = await openScene({
    upstreams: [[breaksOnce], [breaksOnce]],
    sections: () => ({ routing: { strategy: 'round_robin', defaults: { rescue: 'restart' } } }),
  })
  const ask = async (messages: object[]) => {
    const response = await gateway.chat({ messages, stream: true })
    expect(await response.text()).toContain('[DONE]')
    return response.headers.get('x-llm-proxy-provider')
  }
  const first = { role: 'user', content: 'Hello' }
  const broke = await ask([first])
  const turn = [first, { role: 'assistant', content: 'Hello' }, { role: 'user', content: 'More' }]
  const later = [await ask(turn), await ask(turn), await ask(turn)]
  expect(later).not.toContain(broke)
})

test('a condition that fails lets the request pass to the next rule, and is told once', async () => {
  const scene = await openWithRules([{ ...gold, when: 'metadata.tier > 3' }])
  for (const tier of ['a', 'b']) expect((await scene.gateway.chat({ metadata: { tier } })).status).toBe(200)
  expect(countsOf(scene)).toEqual([2, 0])
  const told = scene.gateway.readLog().filter(line => JSON.stringify(line).includes('routing rule failed'))
  expect(told).toHaveLength(1)
})

const shadowed = {
  name: 'copied',
  use: 'upstream1/test-model',
  shadow: { use: 'upstream2/test-model', timeout: '200ms', max_concurrent: 1 },
}

test('a copy goes to the shadow, and stands in the ledger under its own row', async () => {
  const scene = await openWithRules([shadowed])
  const response = await scene.gateway.chat()
  expect(response.headers.get('x-llm-proxy-provider')).toBe('upstream1')
  await eventually(
    () => countsOf(scene)[1] === 1,
    () => countsOf(scene),
  )
  const [one, other] = scene.upstreams.map(({ requests }) => requests[0]?.body.toString())
  expect(other).toBe(one)
  await scene.settled()
  const rows = await scene.gateway.stopAndReadLedger()
  const byProvider = new Map(rows.map(row => [row['provider'], row]))
  expect(byProvider.get('upstream2')).toMatchObject({ operation: 'chat', outcome: 'ok', input_uncached: 7 })
  expect(JSON.parse(String(byProvider.get('upstream2')?.['decision']))).toMatchObject({
    shadow: true,
    rule: 'copied',
  })
  expect(String(byProvider.get('upstream1')?.['decision'])).not.toContain('shadow')
})

test('the row of a copy holds what the copy used, and nothing of a second call for the client', async () => {
  const scene = await openScene({
    upstreams: [[stall], [answerText('second')], [answerText('copy')]],
    sections: () => ({
      models: { groups: { pair: { targets: ['upstream1/test-model', 'upstream2/test-model'] } } },
      routing: {
        rules: [
          {
            name: 'both',
            models: 'pair',
            hedge: { after: '30ms', max_share: '100%' },
            shadow: { use: 'upstream3/test-model' },
          },
        ],
      },
    }),
  })
  expect((await scene.gateway.chat({ model: 'pair' })).status).toBe(200)
  await eventually(
    () => scene.upstreams[2]?.requests.length === 1,
    () => countsOf(scene),
  )
  await scene.settled()
  const rows = await scene.gateway.stopAndReadLedger()
  const [copy, own] = ['upstream3', 'upstream2'].map(name => rows.find(row => row['provider'] === name))
  expect(copy).toMatchObject({ input_uncached: 7, usage_source: 'provider' })
  expect(Number(own?.['input_uncached'])).toBeGreaterThan(7)
})

test('copies that wait keep no client from a connection', async () => {
  const silentCopy: Behaviour = (request, response) =>
    (request.body.toString().includes('copied-model') ? stall : answerText('first'))(request, response)
  const scene = await openScene({
    upstreams: [[silentCopy]],
    provider: { max_connections: 1, models: ['test-model', 'copied-model'] },
    sections: () => ({
      routing: {
        rules: [
          { name: 'copied', models: 'test-model', shadow: { use: 'upstream1/copied-model', timeout: '5s' } },
        ],
      },
    }),
  })
  expect((await scene.gateway.chat()).status).toBe(200)
  await eventually(
    () => countsOf(scene)[0] === 2,
    () => countsOf(scene),
  )
  expect((await scene.gateway.chat()).status).toBe(200)
})

test.each<[string, Behaviour]>([
  ['is silent', stall],
  ['fails', answerJson(500, { error: { message: 'No.' } })],
  ['refuses the key', answerJson(401, { error: { message: 'No.' } })],
  ['cuts its connection', resetConnection],
  ['streams and stalls', streamEvents(wholeStream('a', 'b').slice(0, 2), { ending: 'stall' })],
])(
  'a shadow that %s changes nothing for the client, nor for the health of its target',
  async (_, behaviour) => {
    const scene = await openScene({
      upstreams: [[answerText('first')], [behaviour]],
      sections: () => ({ routing: { rules: [shadowed] }, circuit_breaker: { failure_threshold: 1 } }),
    })
    const stream = behaviour.toString().includes('options.before')
    for (let index = 0; index < 3; index++) {
      const response = await scene.gateway.chat(stream ? { stream: false } : {})
      expect(response.status).toBe(200)
      await scene.settled()
    }
    scene.upstreams[1]?.behave(answerText('second'))
    const direct = await scene.gateway.post('/v1/chat/completions', {
      model: 'upstream2/test-model',
      messages: [{ role: 'user', content: 'Hello' }],
    })
    expect(direct.status).toBe(200)
  },
)

test('no more copies are under way than may be', async () => {
  const scene = await openWithRules([shadowed], {}, [[answerText('first')], [stall]])
  for (let index = 0; index < 3; index++) expect((await scene.gateway.chat()).status).toBe(200)
  await eventually(
    () => countsOf(scene)[1] === 1,
    () => countsOf(scene),
  )
  expect(countsOf(scene)).toEqual([3, 1])
  await scene.settled()
})

test('a copy that is under way when the gateway stops delays nothing, and has its row', async () => {
  const rule = { ...shadowed, shadow: { ...shadowed.shadow, timeout: '60s' } }
  const scene = await openWithRules([rule], {}, [[answerText('first')], [stall]])
  expect((await scene.gateway.chat()).status).toBe(200)
  await eventually(
    () => countsOf(scene)[1] === 1,
    () => countsOf(scene),
  )
  const rows = await scene.gateway.stopAndReadLedger()
  await scene.upstreams[1]?.requests[0]?.aborted
  const row = rows.find(({ provider }) => provider === 'upstream2')
  expect(row).toMatchObject({ outcome: 'error', error_code: 'shutting_down', status: 503 })
  expect(JSON.parse(String(row?.['decision']))).toMatchObject({ shadow: true })
})

test('a request whose answer the provider keeps is not copied', async () => {
  const scene = await openWithRules([shadowed])
  await scene.gateway.chat({ store: true })
  await scene.gateway.chat()
  await eventually(
    () => countsOf(scene)[1] === 1,
    () => countsOf(scene),
  )
  expect(scene.upstreams[1]?.requests[0]?.body.toString()).not.toContain('store')
})

test('the row of a request holds its decision', async () => {
  const scene = await openWithRules([gold], { strategy: 'round_robin' })
  await scene.gateway.chat({ metadata: { tier: 'gold' } })
  await scene.gateway.chat({ max_tokens: 20, tools: [] })
  await scene.gateway.chat({ model: 'upstream1/test-model' })
  const rows = await scene.gateway.stopAndReadLedger()
  const decisions = rows.map(row => JSON.parse(String(row['decision'])) as Record<string, unknown>)
  expect(decisions[0]).toMatchObject({ rule: 'gold', model: 'upstream2/test-model' })
  expect(decisions[1]).toMatchObject({
    rule: null,
    strategy: 'round_robin',
    candidates: expect.arrayContaining(['upstream1/test-model', 'upstream2/test-model']),
    seed: expect.any(Number),
    facts: [5, 0, 20],
  })
  expect(decisions[2]).toEqual([5, 0, -1, 'round_robin'])
})

test('explain says what would happen, and sends nothing', async () => {
  const scene = await openWithRules([{ name: 'night', when: 'hour < 6', use: 'upstream2/test-model' }, gold])
  const request = { model: 'test-model', messages: [{ role: 'user', content: 'Hello' }], logit_bias: {} }
  const explain = (body: object) => scene.gateway.post('/api/route/explain', body)
  const day = '2026-01-31T12:00:00Z'
  const response = await explain({ request, metadata: { tier: 'gold' }, at: day })
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({
    endpoint: '/v1/chat/completions',
    rule: 'gold',
    rules: [
      { name: 'night', matched: false, reason: 'its condition does not hold' },
      { name: 'gold', matched: true, reason: null },
    ],
    model: 'upstream2/test-model',
    strategy: 'priority',
    candidates: [{ target: 'upstream2/test-model', translated: false, breaker_open: false }],
    filtered: [],
    policy: { rescue: 'error', limit_wait: 'last_resort', max_limit_wait_ms: 10_000 },
  })
  const night = await explain({
    endpoint: '/v1/messages',
    request: { ...request, max_tokens: 10, logit_bias: undefined },
    at: '2026-01-31T05:00:00Z',
  })
  expect(await night.json()).toMatchObject({ rule: 'night', candidates: [{ translated: true }] })
  for (const [body, param] of [
    [{ request, modle: 'x' }, 'modle'],
    [{ request, format: 'x' }, 'format'],
    [{}, 'request'],
    [{ request: { model: 'test-model' } }, 'messages'],
  ] as const) {
    const refused = await explain(body)
    expect([refused.status, await refused.json()]).toMatchObject([400, { error: { param } }])
  }
  expect(countsOf(scene)).toEqual([0, 0])
})

test('explain is closed to those who are not known', async () => {
  const scene = await openWithRules([gold])
  const response = await scene.gateway.post(
    '/api/route/explain',
    {},
    {
      authorization: 'Bearer wrong',
      'x-forwarded-for': '10.0.0.1',
    },
  )
  expect(response.status).toBe(401)
})
