// A real model behind a real server: through the gateway it answers with the same text as directly.
// Skipped where LLM_PROXY_SHARED, the folder with the tool that serves it, is not set.

import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GatewayProcess, removeFolder, startGateway, withKey } from '../support/gateway-process.ts'
import { documentedPrograms, expectPython, installPythonClients } from '../support/python.ts'
import { hasRealModel, type RealModel, realModelName, startRealModel } from '../support/real-model.ts'
import { waitUntil } from '../support/wait-until.ts'

const documentedModels = ['gpt-4', 'gpt-3.5-turbo', 'claude-3-opus', 'claude-3-sonnet']

function gatewayBefore(model: RealModel): Promise<GatewayProcess> {
  const aliases = documentedModels.map(name => `\n    ${name}: local/${realModelName}`).join('')
  return startGateway({
    yaml: withKey(`providers:
  - name: local
    type: openai_compatible
    base_url: ${model.url}/v1
    models: [${realModelName}]
    max_retries: 0
models:
  aliases:${aliases}`),
  })
}

/** The same question has the same answer: no chance, and no cache that changes the counts of tokens. */
const body = {
  model: realModelName,
  temperature: 0,
  max_tokens: 48,
  cache_prompt: false,
  messages: [
    { role: 'system' as const, content: 'You are a helpful assistant.' },
    { role: 'user' as const, content: 'What is the capital of France?' },
  ],
}

describe.skipIf(!hasRealModel)('a real model (where LLM_PROXY_SHARED is set)', () => {
  let model: RealModel
  let gateway: GatewayProcess
  let direct: OpenAI
  let through: OpenAI

  beforeAll(async () => {
    model = await startRealModel()
    gateway = await gatewayBefore(model)
    direct = new OpenAI({ apiKey: 'none', baseURL: `${model.url}/v1`, maxRetries: 0 })
    through = new OpenAI({ apiKey: gateway.key, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
  }, 300_000)

  afterAll(async () => {
    await gateway.stop()
    await model.stop()
    removeFolder(gateway.folder)
  })

  test('answers with the same text and the same usage', async () => {
    const expected = await direct.chat.completions.create(body)
    const answer = await through.chat.completions.create(body)
    expect(expected.choices[0]?.message.content).toContain('Paris')
    expect(answer.choices).toEqual(expected.choices)
    expect(answer.usage).toEqual(expected.usage)
  })

  test('streams the same text in the same pieces, with the same usage', async () => {
    const read = async (client: OpenAI) => {
      const options = { ...body, stream: true as const, stream_options: { include_usage: true } }
      const chunks = []
      for await (const { choices, usage } of await client.chat.completions.create(options))
        chunks.push({ choices, usage })
      return chunks
    }
    const expected = await read(direct)
    expect(expected.length).toBeGreaterThan(5)
    expect(expected.at(-1)?.usage?.total_tokens).toBeGreaterThan(10)
    expect(await read(through)).toEqual(expected)
  })

  test('a stream without asking for usage has none, and the ledger knows it all the same', async () => {
    const stream = await through.chat.completions.create({ ...body, stream: true })
    for await (const chunk of stream) expect(chunk.usage ?? null).toBeNull()
    const counted = [...(await gateway.readMetrics())].filter(([name]) =>
      /^llm_proxy_tokens_total.*kind="output_text"/.test(name),
    )
    expect(counted[0]?.[1]).toBeGreaterThan(20)
  })

  test('raw, the answer is the same but for its id and its clock', async () => {
    const send = async (url: string) => {
      const headers = { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' }
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
      const { id, created, timings, ...rest } = (await answer.json()) as Record<string, unknown>
      expect([typeof id, typeof created, typeof timings]).toEqual(['string', 'number', 'object'])
      return { status: answer.status, type: answer.headers.get('content-type'), rest }
    }
    const expected = await send(`${model.url}/v1/chat/completions`)
    expect(await send(`${gateway.url}/v1/chat/completions`)).toEqual(expected)
  })

  test('raw, the stream is the same, event by event', async () => {
    const send = async (url: string) => {
      const headers = { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' }
      const options = { ...body, stream: true, stream_options: { include_usage: true } }
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(options) })
      const text = await answer.text()
      return text.replaceAll(/"(id|created)":("[^"]*"|\d+)/g, '').replaceAll(/,?"timings":\{[^}]*\}/g, '')
    }
    const expected = await send(`${model.url}/v1/chat/completions`)
    expect(expected.trimEnd()).toMatch(/data: \[DONE\]$/)
    expect(await send(`${gateway.url}/v1/chat/completions`)).toBe(expected)
  })

  test('legacy completions are the same', async () => {
    const options = { model: realModelName, prompt: 'Once upon a time', max_tokens: 12, temperature: 0 }
    const uncached = { ...options, cache_prompt: false }
    const expected = await direct.completions.create(uncached)
    const answer = await through.completions.create(uncached)
    expect(answer.choices).toEqual(expected.choices)
    expect(answer.usage).toEqual(expected.usage)
  })

  test('its refusal keeps its status and its words', async () => {
    const tooLong = { ...body, messages: [{ role: 'user' as const, content: 'word '.repeat(6_000) }] }
    const refusal = await direct.chat.completions.create(tooLong).catch((error: unknown) => error)
    if (!(refusal instanceof OpenAI.APIError)) throw new Error('it was not refused')
    const words = String((refusal.error as { message?: unknown }).message)
    await expect(through.chat.completions.create(tooLong)).rejects.toMatchObject({
      status: refusal.status,
      message: expect.stringContaining(words),
    })
  })

  test.each([
    ['a stream', true],
    ['a whole answer', false],
  ])('a client that leaves %s frees the place that it had', async (_kind, stream) => {
    const leaving = new AbortController()
    // Without an end of its own, and longer than the test waits.
    const endless = { ...body, max_tokens: 3_500, ignore_eos: true, stream }
    const answer = through.chat.completions.create(endless, { signal: leaving.signal })
    const left = answer.then(
      async chunks => {
        for await (const _ of chunks as AsyncIterable<unknown>);
      },
      () => {},
    )
    await waitUntil('it works on the request', async () => (await model.countBusySlots()) === 1)
    leaving.abort()
    await left.catch(() => {})
    // Far less than the answer would take. It looks for its client once a second, and not while it is asked things.
    const patience = { totalMs: 12_000, betweenMs: 2_500 }
    await waitUntil('nothing is worked on', async () => (await model.countBusySlots()) === 0, patience)
  })

  test.each(documentedPrograms)('the documented program works with it: %s', async name => {
    await installPythonClients()
    await expectPython(gateway, ['run_documented.py', name], { LLM_PROXY_MAX_TOKENS: '12' })
  })
})

describe.skipIf(!hasRealModel)('a real model for embeddings (where LLM_PROXY_SHARED is set)', () => {
  let model: RealModel
  let gateway: GatewayProcess

  beforeAll(async () => {
    model = await startRealModel({ EMBED: '1' })
    gateway = await gatewayBefore(model)
  }, 300_000)

  afterAll(async () => {
    await gateway.stop()
    await model.stop()
    removeFolder(gateway.folder)
  })

  test('gives the same vectors, as floats and in base64', async () => {
    const direct = new OpenAI({ apiKey: 'none', baseURL: `${model.url}/v1`, maxRetries: 0 })
    const through = new OpenAI({ apiKey: gateway.key, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
    for (const encoding_format of ['float', 'base64'] as const) {
      const options = { model: realModelName, input: ['the sea', 'a river'], encoding_format }
      const expected = await direct.embeddings.create(options)
      expect(expected.data).toHaveLength(2)
      expect(await through.embeddings.create(options)).toEqual(expected)
    }
  })
})
