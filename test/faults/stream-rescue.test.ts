// Streams that break after their first content, where the route wants them rescued: what the client reads is one answer.

import { describe, expect, test } from 'vitest'
import { openClients } from '../support/asking-clients.ts'
import { answerJson, resetConnection } from '../support/fake-upstream.ts'
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
import {
  askAs,
  eventsOf,
  eventsUntil,
  lastBody,
  type Speaker,
  saying,
  streamOf,
  upstreamFormats,
} from '../support/speakers.ts'
import { testKey } from '../support/test-gateway.ts'

const pairs = upstreamFormats.flatMap((client): readonly (readonly [string, Speaker])[] => [
  [client, client],
  [client, client === 'cohere-chat' ? 'gemini' : 'cohere-chat'],
])

describe.each(pairs)('a client of %s whose answer comes from %s', (client, first) => {
  const scene = shareRescue()

  test.each(['cut', 'end', 'stall', 'reset', 'error'] as const)(
    'reads on where that breaks off (%s): the next target goes on from the text',
    async how => {
      policy.rescue = 'continue'
      upstreamOf(scene(), first).behave(breaking(first, how, 'Hello '))
      const claude = upstreamOf(scene(), 'claude')
      claude.behave(whole('claude', ' again'))
      const reading = await ask(scene(), client, first)
      expect(reading).toMatchObject({ text: 'Hello again' })
      expect(lastBody(claude)['messages']).toMatchObject([
        {},
        { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
      ])
      await scene().settled()
    },
  )

  test('reads what is new of a fresh answer that begins with the same text', async () => {
    policy.rescue = 'restart'
    upstreamOf(scene(), first).behave(breaking(first, 'cut', 'Hello'))
    upstreamOf(scene(), 'claude').behave(whole('claude', 'Hello again'))
    expect(await ask(scene(), client, first)).toMatchObject({ text: 'Hello again' })
    await scene().settled()
  })

  test('hears the error where a fresh answer begins otherwise', async () => {
    policy.rescue = 'restart'
    upstreamOf(scene(), first).behave(breaking(first, 'cut', 'Hello'))
    upstreamOf(scene(), 'claude').behave(whole('claude', 'Help'))
    const answer = await askAs(scene().gateway, { client, model: `${policy.rescue}-${first}` })
    const bytes = await answer.whole
    expect(bytes.includes('Help')).toBe(false)
    expect(bytes.toString('latin1')).toMatch(/Hello/)
    expect(bytes.toString('latin1')).toMatch(/in the middle of its answer/)
    await scene().settled()
  })

  test('gets it whole from the next target where nothing is sent before', async () => {
    policy.rescue = 'buffer'
    upstreamOf(scene(), first).behave(breaking(first, 'cut', 'Hello'))
    upstreamOf(scene(), 'claude').behave(whole('claude', 'Good morning'))
    expect(await ask(scene(), client, first)).toMatchObject({ text: 'Good morning' })
    await scene().settled()
  })
})

describe('books', () => {
  const scene = shareRescue()

  test('what is rescued stands in the log and the ledger as it was billed', async () => {
    policy.rescue = 'auto'
    const first = 'openai-chat'
    upstreamOf(scene(), first).behave(breaking(first, 'cut', 'Hello'))
    upstreamOf(scene(), 'claude').behave(
      answerJson(400, {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          message: 'This model does not support assistant message prefill.',
        },
      }),
    )
    upstreamOf(scene(), 'vllm').behave(breaking('openai-chat', 'stall', ' again'))
    const plain = upstreamOf(scene(), 'plain')
    plain.behave(whole('plain', 'Hello again, world'))
    const answer = await askAs(scene().gateway, { client: first, model: `${policy.rescue}-${first}` })
    const bytes = (await answer.whole).toString()
    expect(read(first, Buffer.from(bytes))).toMatchObject({ text: 'Hello again, world' })
    expect(bytes.match(/\[DONE\]/g)).toHaveLength(1)
    expect(new Set(bytes.match(/"id":"[^"]*"/g)).size).toBe(1)
    expect(bytes).toContain(': rescued: continue from openai-chat/gpt-4.1 to vllm/qwen\n\n')
    expect(bytes).toContain(': rescued: restart from vllm/qwen to plain/plain\n\n')
    await scene().settled()
    const line = scene()
      .gateway.readLog()
      .findLast(({ message }) => message === 'request')
    expect(line).toMatchObject({
      outcome: 'ok',
      provider: 'plain',
      attempts: 5,
      warnings: [
        'rescued: continue from openai-chat/gpt-4.1 to vllm/qwen',
        'rescued: restart from vllm/qwen to plain/plain',
      ],
    })
    const rows = await scene().gateway.stopAndReadLedger()
    const row = rows.at(-1)
    const attempts = JSON.parse(String(row?.['attempts'])) as Record<string, unknown>[]
    const refused = { provider: 'claude', code: 'upstream_invalid_request', role: 'rescue' }
    const tokens = { inputTokens: expect.any(Number), outputTokens: expect.any(Number) }
    expect(attempts).toMatchObject([
      { provider: 'openai-chat', code: 'upstream_truncated', billed: tokens },
      refused,
      { provider: 'vllm', code: 'upstream_timeout', role: 'rescue', billed: tokens },
      refused,
      { provider: 'plain', code: null, role: 'rescue' },
    ])
    expect(attempts.map(attempt => 'billed' in attempt)).toEqual([true, false, true, false, false])
    const billed = attempts.flatMap(({ billed }) => (billed as { outputTokens: number } | undefined) ?? [])
    const before = billed.reduce((sum, { outputTokens }) => sum + outputTokens, 0)
    expect(before).toBeGreaterThan(0)
    // What the last one counted is 10.
    expect(row).toMatchObject({ outcome: 'ok', usage_source: 'estimated', output_text: 10 + before })
  })
})

describe('a rescued stream', () => {
  const scene = shareRescue()

  test.each([
    ['continue', ' again'],
    ['restart', 'Hello again'],
  ] as const)(
    "of a client of Google's format that reads an array stays one array (%s)",
    async (rescue, answer) => {
      upstreamOf(scene(), 'gemini').behave(breaking('gemini', 'cut', 'Hello'))
      upstreamOf(scene(), 'claude').behave(whole('claude', answer))
      const response = await scene().gateway.post(
        `/v1beta/models/${rescue}-gemini:streamGenerateContent`,
        { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
        { 'x-goog-api-key': testKey },
      )
      type Chunk = { candidates: { content: { parts: { text: string }[] } }[]; error?: unknown }
      const chunks = (await response.json()) as Chunk[]
      const said = chunks.flatMap(({ candidates }) => candidates.flatMap(({ content }) => content.parts))
      expect(said.map(part => part.text).join('')).toBe('Hello again')
      expect(chunks.some(chunk => 'error' in chunk)).toBe(false)
    },
  )

  test('of the Responses API is kept whole for the requests that go on from it', async () => {
    policy.rescue = 'continue'
    const first = 'openai-responses'
    upstreamOf(scene(), first).behave(breaking(first, 'cut', 'Hello'))
    upstreamOf(scene(), 'claude').behave(whole('claude', ' again'))
    const bytes = await (await askAs(scene().gateway, { client: first, model: `${policy.rescue}-${first}` }))
      .whole
    const numbers = [...bytes.toString().matchAll(/"sequence_number":(\d+)/g)].map(([, digits]) =>
      Number(digits),
    )
    expect(numbers).toEqual(numbers.map((_number, index) => index))
    const claude = upstreamOf(scene(), 'claude')
    claude.behave(whole('claude', 'Yes'))
    const id = /"id":"(resp_[^"]+)"/.exec(bytes.toString())?.[1]
    const more = { previous_response_id: id }
    const next = await askAs(scene().gateway, { client: first, model: 'claude/claude-sonnet-4-5', more })
    expect(read(first, await next.whole)).toMatchObject({ text: 'Yes' })
    const messages = lastBody(claude)['messages'] as { role: string; content: { text: string }[] }[]
    expect(messages.find(({ role }) => role === 'assistant')?.content).toMatchObject([
      { text: 'Hello again' },
    ])
  })

  test('is not one where a tool was being called', async () => {
    policy.rescue = 'auto'
    const first = 'openai-chat'
    const calling = saying(
      [{ type: 'tool_call', id: 'call_1', name: 'look', arguments: '{"a":1}' }],
      'tool_calls',
    )
    const begunCall = eventsUntil(eventsOf(first, calling), 'look')
    upstreamOf(scene(), first).behave(streamOf(first, begunCall, { ending: 'cut' }))
    const claude = upstreamOf(scene(), 'claude')
    const bytes = await (await askAs(scene().gateway, { client: first, model: `${policy.rescue}-${first}` }))
      .whole
    expect(bytes.toString()).toContain('upstream_truncated')
    expect(claude.requests).toHaveLength(0)
    await scene().settled()
    const line = scene()
      .gateway.readLog()
      .findLast(({ message }) => message === 'request')
    expect(line).toMatchObject({ outcome: 'truncated', warnings: ['not rescued: a tool was called'] })
  })

  test('ends with the first error where every other target fails, too', async () => {
    policy.rescue = 'auto'
    const first = 'openai-chat'
    upstreamOf(scene(), first).behave(breaking(first, 'cut', 'Hello'))
    for (const name of ['claude', 'vllm', 'plain'] as const) upstreamOf(scene(), name).behave(resetConnection)
    const bytes = await (await askAs(scene().gateway, { client: first, model: `${policy.rescue}-${first}` }))
      .whole
    expect(bytes.toString()).toContain('"code":"upstream_truncated"')
    expect(bytes.toString()).not.toContain('[DONE]')
    await scene().settled()
    const line = scene()
      .gateway.readLog()
      .findLast(({ message }) => message === 'request')
    expect(line).toMatchObject({ outcome: 'truncated', provider: first, attempts: 4 })
    expect(line?.['warnings']).toEqual(['not rescued: no other target went on'])
  })
})

describe('the bound of an answer', () => {
  const scene = shareRescue()
  const continued = async (sent: string) => {
    policy.rescue = 'continue'
    upstreamOf(scene(), 'openai-chat').behave(breaking('openai-chat', 'cut', sent))
    const claude = upstreamOf(scene(), 'claude')
    claude.behave(whole('claude', ' again'))
    const body = { model: 'continue-openai-chat', stream: true, max_tokens: 100 }
    await (await scene().gateway.chat(body)).text()
    return claude.requests.length === 0 ? null : lastBody(claude)
  }

  test('holds for all its parts together', async () => {
    expect(await continued('word '.repeat(64))).toMatchObject({ max_tokens: 20 })
  })

  test('is counted as its providers count, thoughts that nobody reads included', async () => {
    policy.rescue = 'continue'
    const count = { prompt_tokens: 9, completion_tokens: 70, total_tokens: 79 }
    const counted = Buffer.from(`data: ${JSON.stringify({ id: 'a', choices: [], usage: count })}\n\n`)
    const first = 'openai-chat'
    upstreamOf(scene(), first).behave(streamOf(first, [...begun(first, 'Hello'), counted], { ending: 'cut' }))
    const claude = upstreamOf(scene(), 'claude')
    const told = { input_tokens: 9, output_tokens: 20 }
    const more = Buffer.from(
      `event: message_delta\ndata: ${JSON.stringify({ type: 'message_delta', delta: {}, usage: told })}\n\n`,
    )
    const goingOn = [...begun('anthropic-messages', ' again'), more]
    claude.behave(streamOf('anthropic-messages', goingOn, { ending: 'cut' }))
    const vllm = upstreamOf(scene(), 'vllm')
    vllm.behave(whole('vllm', ' and again'))
    const body = { model: 'continue-openai-chat', stream: true, max_tokens: 100 }
    await (await scene().gateway.chat(body)).text()
    expect(lastBody(claude)).toMatchObject({ max_tokens: 30 })
    expect(lastBody(vllm)).toMatchObject({ max_tokens: 10 })
  })

  test('is not exceeded by an answer that has reached it', async () => {
    expect(await continued('word '.repeat(90))).toBeNull()
  })
})

describe('through their SDKs', () => {
  const scene = shareRescue()
  test.each(
    openClients({ url: 'http://127.0.0.1:1', key: testKey }).map(({ name }, index) => [name, index] as const),
  )('%s reads one answer', async (_name, index) => {
    policy.rescue = 'auto'
    const client = openClients({ url: scene().gateway.url, key: testKey })[index]
    for (const first of upstreamFormats) {
      upstreamOf(scene(), first).behave(breaking(first, 'cut', 'Hello'))
      upstreamOf(scene(), 'claude').behave(whole('claude', ' again'))
      const question = { model: `${policy.rescue}-${first}`, system: 's', text: 't', maxTokens: 100 }
      expect(await client?.stream(question)).toMatchObject({ text: 'Hello again' })
    }
  })
})
