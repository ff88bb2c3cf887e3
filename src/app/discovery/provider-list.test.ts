// How the list of a provider is kept over restarts and reloads, and when it is asked for again.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import {
  arrange,
  hourMs,
  json,
  makeDirectory,
  names,
  openListingUpstream,
  providerAt,
  settled,
} from './arranged.fixture.ts'

const many = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`)

test('after a restart the lists, the changes and what is gone are there before anybody has answered', async () => {
  const directory = makeDirectory()
  const upstream = await openListingUpstream(names(...many(250)))
  const first = arrange([providerAt(upstream.url)], { directory })
  await settled(first.discovery)
  upstream.answer = names(...many(249))
  await first.nextRound()
  const { gone } = first.discovery.liveList('one', []) ?? {}
  await first.close()
  expect(readFileSync(join(directory, 'model-lists.jsonl'), 'utf8')).not.toContain('key-1')
  await upstream.close()

  const second = arrange([providerAt(upstream.url)], { directory })
  expect(second.discovery.liveList('one', [])?.models).toHaveLength(249)
  await settled(second.discovery)
  expect(second.discovery.states()[0]).toMatchObject({ status: 'failed', models: 249 })
  expect(second.listed()).toEqual(many(249))
  expect(second.kinds()).toEqual(['removed m249'])
  expect(second.discovery.liveList('one', [])?.gone).toEqual(gone)
  second.discovery.record([
    { at: 1, kind: 'retired', provider: 'one', model: 'm1', facts: [], replacement: null },
  ])
  expect(second.discovery.changes(0, 10).map(({ sequence }) => sequence)).toEqual([1, 2])
})

test('a file that is broken is told and left aside', async () => {
  for (const text of ['{', '{"version":7}', '{"version":1,"sequence":0}\n{"provider":"one"}', '[]', '']) {
    const directory = makeDirectory()
    writeFileSync(join(directory, 'model-lists.jsonl'), text)
    const upstream = await openListingUpstream(names('a'))
    const { discovery, events, listed, close } = arrange([providerAt(upstream.url)], { directory })
    expect(events[0]).toMatchObject({ type: 'notice', level: 'warn', detail: { file: 'model-lists.jsonl' } })
    await settled(discovery)
    expect(listed()).toEqual(['a'])
    await close()
    expect(existsSync(join(directory, 'model-lists.jsonl.new'))).toBe(false)
    expect(readFileSync(join(directory, 'model-lists.jsonl'), 'utf8')).toContain('{"models":[{"id":"a"}]}')
  }
})

test('a server that hangs at the details of its models is left after three times what a request may take', async () => {
  const upstream = await openListingUpstream((request, response, body) => {
    if (request.url === '/api/tags')
      json({ models: many(100).map(model => ({ model })) })(request, response, body)
  })
  const { discovery, listed } = arrange([providerAt(upstream.url, { type: 'ollama', keys: [] })], {
    settings: { timeoutMs: 60 },
  })
  await settled(discovery)
  expect(listed()).toHaveLength(100)
  // Four at once, and each of them a few times.
  expect(upstream.asked.length).toBeLessThanOrEqual(1 + 4 * 4)
})

test('a shorter interval counts at once, a longer one from the next answer on', async () => {
  const upstream = await openListingUpstream(names('a'))
  const settings = { intervalMs: hourMs }
  const { discovery, clock, nextRound } = arrange([providerAt(upstream.url)], { settings })
  await settled(discovery)
  const answeredAt = clock.wall()
  const nextAfter = (): number => (discovery.states()[0]?.nextAt ?? 0) - answeredAt
  clock.advance(hourMs / 4)
  settings.intervalMs = hourMs / 2
  discovery.follow([providerAt(upstream.url)])
  expect(nextAfter()).toBe(hourMs / 2)
  settings.intervalMs = hourMs
  discovery.follow([providerAt(upstream.url)])
  expect(nextAfter()).toBe(hourMs / 2)
  settings.intervalMs = hourMs / 8
  discovery.follow([providerAt(upstream.url)])
  clock.advance(0)
  await vi.waitFor(() => expect(upstream.asked).toHaveLength(2))
  await settled(discovery)
  settings.intervalMs = hourMs
  await nextRound()
  expect(nextAfter()).toBe(hourMs / 4 + hourMs / 8 + hourMs)
})

test('a provider that is switched off for a while finds its list again, also after a restart', async () => {
  const directory = makeDirectory()
  const upstream = await openListingUpstream(names('a', 'b'))
  const first = arrange([providerAt(upstream.url)], { directory })
  await settled(first.discovery)
  upstream.answer = names('a')
  await first.nextRound()
  const { gone } = first.discovery.liveList('one', []) ?? {}
  first.discovery.follow([])
  expect([...first.discovery.lists().keys()]).toEqual([])
  await first.close()
  await upstream.close()

  const second = arrange([], { directory })
  await second.close()
  const third = arrange([], { directory })
  third.discovery.follow([providerAt(upstream.url)])
  await settled(third.discovery)
  expect(third.listed()).toEqual(['a'])
  expect(gone?.size).toBe(1)
  expect(third.discovery.liveList('one', [])?.gone).toEqual(gone)
  // What nobody has asked for in a month is let go.
  third.discovery.follow([])
  third.clock.advance(31 * 24 * hourMs)
  third.discovery.follow([])
  expect(third.discovery.liveList('one', [])).toBeNull()
})

test('a provider that stays as it is keeps its list through a new configuration, and its other keys are asked', async () => {
  const upstream = await openListingUpstream(names('a'))
  const { discovery, listed } = arrange([providerAt(upstream.url)])
  await settled(discovery)
  discovery.follow([providerAt(upstream.url)])
  expect(upstream.asked).toHaveLength(1)
  discovery.follow([providerAt(upstream.url, { keys: ['key-2'] })])
  expect(listed()).toEqual(['a'])
  await settled(discovery)
  expect(upstream.requests.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer key-1',
    'Bearer key-2',
  ])
  discovery.follow([providerAt(upstream.url, { keys: ['key-2'], asked: false })])
  expect(discovery.states()).toMatchObject([{ status: 'unlisted', models: 0, nextAt: null }])
  expect(listed()).toBeNull()
})
