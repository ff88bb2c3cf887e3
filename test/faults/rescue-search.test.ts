// How it is searched for who goes on with a broken stream, and what of that stands in the books.

import { describe, expect, test } from 'vitest'
import { resetConnection, stall } from '../support/fake-upstream.ts'
import {
  ask,
  begun,
  breaking,
  policy,
  read,
  shareRescue,
  upstreamOf,
  whole,
} from '../support/rescue-scene.ts'
import { eventually } from '../support/scene.ts'
import { askAs, streamOf } from '../support/speakers.ts'

describe('the search for who goes on', () => {
  const scene = shareRescue()

  test('is in the row, too, where the client leaves meanwhile', async () => {
    policy.rescue = 'continue'
    upstreamOf(scene(), 'openai-chat').behave(breaking('openai-chat', 'cut', 'Hello'))
    const claude = upstreamOf(scene(), 'claude')
    claude.behave(stall)
    const client = await askAs(scene().gateway, { client: 'openai-chat', model: 'continue-openai-chat' })
    await eventually(() => claude.requests.length === 1)
    client.leave()
    await claude.requests[0]?.aborted
    await scene().settled()
    const row = (await scene().gateway.stopAndReadLedger()).at(-1)
    expect(row).toMatchObject({ outcome: 'client_disconnected' })
    const attempts = JSON.parse(String(row?.['attempts'])) as Record<string, unknown>[]
    expect(attempts).toMatchObject([
      { provider: 'openai-chat', code: 'upstream_truncated' },
      { provider: 'claude', code: 'client_disconnected', role: 'rescue', billed: { outputTokens: 0 } },
    ])
  })
})

describe('malformed events', () => {
  const scene = shareRescue()

  test('of the answer that broke are counted with those of the one that went on', async () => {
    policy.rescue = 'continue'
    const events = [...begun('openai-chat', 'Hello'), Buffer.from('data: {"broken\n\n')]
    upstreamOf(scene(), 'openai-chat').behave(streamOf('openai-chat', events, { ending: 'cut' }))
    upstreamOf(scene(), 'claude').behave(whole('claude', ' again'))
    expect(await ask(scene(), 'openai-chat', 'openai-chat')).toMatchObject({ text: 'Hello again' })
    await scene().settled()
    const metrics = await (await fetch(`${scene().gateway.url}/metrics/prometheus`)).text()
    const counted = metrics
      .split('\n')
      .filter(line => line.startsWith('llm_proxy_malformed_stream_events_total{'))
    expect(counted.filter(line => line.endsWith(' 1'))).toHaveLength(1)
  })
})

describe('health', () => {
  const scene = shareRescue()

  test('that a target has lost since the stream began counts: it is asked last', async () => {
    policy.rescue = 'continue'
    const events = begun('openai-chat', 'Hello')
    upstreamOf(scene(), 'openai-chat').behave(streamOf('openai-chat', events, { ending: 'stall' }))
    upstreamOf(scene(), 'vllm').behave(whole('vllm', ' again'))
    const claude = upstreamOf(scene(), 'claude')
    // Whoever says that its model is gone is asked last for a while.
    claude.behave((_request, response) => void response.writeHead(404).end('{}'))
    const client = await askAs(scene().gateway, { client: 'openai-chat', model: 'continue-openai-chat' })
    await askAs(scene().gateway, { client: 'openai-chat', model: 'claude/claude-sonnet-4-5' })
    expect(claude.requests).toHaveLength(1)
    expect(read('openai-chat', await client.whole)).toMatchObject({ text: 'Hello again' })
    expect(claude.requests).toHaveLength(1)
  })
})

describe('a limit', () => {
  const scene = shareRescue()

  test('that ends soon is waited for where nobody else is left', async () => {
    policy.rescue = 'continue'
    upstreamOf(scene(), 'openai-chat').behave(breaking('openai-chat', 'cut', 'Hello'))
    upstreamOf(scene(), 'vllm').behave(resetConnection)
    const claude = upstreamOf(scene(), 'claude')
    claude.behave(
      (_request, response) => void response.writeHead(429, { 'retry-after-ms': '100' }).end('{}'),
      whole('claude', ' again'),
    )
    expect(await ask(scene(), 'openai-chat', 'openai-chat')).toMatchObject({ text: 'Hello again' })
    expect(claude.requests).toHaveLength(2)
  })
})
