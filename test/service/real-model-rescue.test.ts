// A stream that breaks off, and a real model that goes on with it: the client reads what was sent before, and behind it
// exactly what the model itself says when it is asked to go on from there. Skipped where LLM_PROXY_SHARED is not set.

import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FakeUpstream, startFakeUpstream } from '../support/fake-upstream.ts'
import { type GatewayProcess, removeFolder, startGateway, withKey } from '../support/gateway-process.ts'
import { hasRealModel, type RealModel, realModelName, startRealModel } from '../support/real-model.ts'
import { eventsOf, eventsUntil, saying, streamOf } from '../support/speakers.ts'

const sentence = 'Once upon a time, there was a small town at the sea where nobody had ever seen a train. '
const words = sentence.split(/(?<= )/)

function gatewayBefore(broken: FakeUpstream, model: RealModel): Promise<GatewayProcess> {
  const common = { api_key: 'none', max_retries: 0 }
  const settings = {
    providers: [
      { name: 'broken', type: 'openai_compatible', base_url: broken.baseUrl, models: ['m'], ...common },
      { name: 'local', type: 'llamacpp', base_url: model.url, models: [realModelName], ...common },
    ],
    models: { groups: { story: ['broken/m', `local/${realModelName}`] } },
    routing: { strategy: 'priority', rules: [{ name: 'rescue', models: ['story'], rescue: 'continue' }] },
    // Every story breaks the first of them: it must not rest.
    circuit_breaker: { failure_threshold: 1000 },
  }
  const lines = Object.entries(settings).map(([name, section]) => `${name}: ${JSON.stringify(section)}`)
  return startGateway({ yaml: withKey(lines.join('\n')) })
}

const question = {
  temperature: 0,
  max_tokens: 32,
  cache_prompt: false,
  messages: [{ role: 'user' as const, content: 'Tell me a story.' }],
}

describe.skipIf(!hasRealModel)('a real model (where LLM_PROXY_SHARED is set)', () => {
  let broken: FakeUpstream
  let model: RealModel
  let gateway: GatewayProcess

  beforeAll(async () => {
    broken = await startFakeUpstream()
    model = await startRealModel()
    gateway = await gatewayBefore(broken, model)
  }, 300_000)

  afterAll(async () => {
    await gateway.stop()
    await model.stop()
    await broken.close()
    removeFolder(gateway.folder)
  })

  /** What it says behind the words, asked without the gateway. */
  async function goOnDirectly(said: string): Promise<string> {
    const direct = new OpenAI({ apiKey: 'none', baseURL: `${model.url}/v1`, maxRetries: 0 })
    const stream = await direct.chat.completions.create({
      ...question,
      model: realModelName,
      stream: true,
      messages: [...question.messages, { role: 'assistant', content: said }],
    })
    let text = ''
    for await (const { choices } of stream) text += choices[0]?.delta.content ?? ''
    return text
  }

  test.each([1, 3, 6, 11, words.length])('goes on with a stream that is cut after %d words', async count => {
    const sent = words.slice(0, count).join('')
    const begun = eventsUntil(eventsOf('openai-chat', saying([{ type: 'text', text: sent }])), sent)
    broken.behave(streamOf('openai-chat', begun, { ending: 'cut' }))
    const client = new OpenAI({ apiKey: gateway.key, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
    const stream = await client.chat.completions.create({ ...question, model: 'story', stream: true })
    let read = ''
    for await (const { choices } of stream) read += choices[0]?.delta.content ?? ''
    const continuation = await goOnDirectly(sent.trimEnd())
    expect(continuation.length).toBeGreaterThan(10)
    const whole = sent.trimEnd() + continuation
    expect(whole.startsWith(read)).toBe(true)
    // Asked by itself, it may say as much again as the client wanted in all: what was sent is left out of that.
    const missing = whole.slice(read.length).split(' ').length
    expect(missing).toBeGreaterThanOrEqual(1)
    expect(missing).toBeLessThanOrEqual(2 * count + 1)
    expect(read.length).toBeGreaterThan(sent.length + 10)
  })
})
