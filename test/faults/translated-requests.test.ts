// Requests on their way to providers of other formats: each attempt begins with what the client sent, and what is left
// out on the way is told.

import { describe, expect, test } from 'vitest'
import { grammars } from '../conformance/grammars/index.ts'
import { readStreamEvents } from '../conformance/support/stream-events.ts'
import { answerJson, type FakeUpstream } from '../support/fake-upstream.ts'
import { type Scene, shareScene } from '../support/scene.ts'
import {
  answerOf,
  askAs,
  clientFormats,
  eventsOf,
  foreignTo,
  groupOf,
  lastBody,
  modelOf,
  type Speaker,
  saying,
  speakingSections,
  streamOf,
  upstreamFormats,
} from '../support/speakers.ts'

type Json = Record<string, unknown>

const hello = saying([{ type: 'text', text: 'Hello again' }])
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVQImWNwav0CAALIAbzDqqRyAAAAAElFTkSuQmCC'

const scene = shareScene({
  upstreams: [...upstreamFormats, 'spare'].map(() => []),
  sections: upstreams => speakingSections(upstreams),
})

function upstreamOf({ upstreams }: Scene, name: Speaker | 'spare'): FakeUpstream {
  const index = name === 'spare' ? upstreamFormats.length : upstreamFormats.indexOf(name)
  const upstream = upstreams[index]
  if (upstream === undefined) throw new Error(`there is no upstream of ${name}`)
  return upstream
}

interface Asked {
  readonly status: number
  readonly warnings: readonly string[]
  readonly answer: Json
  /** What the upstream got; null where nobody was asked. */
  readonly sent: Json | null
}

async function ask(client: string, upstream: Speaker, more: Json): Promise<Asked> {
  const { requests } = upstreamOf(scene(), upstream)
  const before = requests.length
  upstreamOf(scene(), upstream).behave(answerOf(upstream, hello))
  const model = modelOf(upstream)
  const answered = await askAs(scene().gateway, { client, model, streaming: false, more })
  const answer = JSON.parse((await answered.whole).toString()) as Json
  const told = String(answered.headers['x-llm-proxy-warnings'] ?? '')
  return {
    status: answered.status,
    warnings: told === '' ? [] : told.split('; '),
    answer,
    sent: requests.length > before ? lastBody(upstreamOf(scene(), upstream)) : null,
  }
}

describe.each(clientFormats)('a client of %s', client => {
  test.each(foreignTo(client).filter(upstream => upstream !== 'anthropic-messages'))(
    'is passed on from %s as it came: the next provider gets what it would have got alone',
    async upstream => {
      const spare = upstreamOf(scene(), 'spare')
      spare.behave(answerOf('anthropic-messages', hello))
      upstreamOf(scene(), upstream).behave(answerJson(500, { error: { message: 'broken' } }))
      const asking = { client, streaming: false }
      await (await askAs(scene().gateway, { ...asking, model: 'spare-model' })).whole
      const alone = spare.requests.at(-1)?.body.toString()
      const answered = await askAs(scene().gateway, { ...asking, model: groupOf(upstream) })
      expect(answered.status).toBe(200)
      await answered.whole
      const passedOn = spare.requests.at(-1)?.body.toString()
      // The client's own bytes, where the next provider speaks its format, name the model last.
      expect(passedOn).toBe(alone)
    },
  )
})

describe('fields that only the client’s format has', () => {
  test.each<[client: string, upstream: Speaker, more: Json, param: string]>([
    ['openai-chat', 'anthropic-messages', { modalities: ['text', 'audio'] }, 'modalities'],
    ['openai-chat', 'gemini', { web_search_options: {} }, 'web_search_options'],
    ['openai-chat', 'cohere-chat', { logit_bias: { 1: 5 } }, 'logit_bias'],
    ['openai-chat', 'anthropic-messages', { logit_bias: { 1: 5 } }, 'logit_bias'],
    ['openai-responses', 'gemini', { conversation: 'conv_1' }, 'conversation'],
    [
      'anthropic-messages',
      'openai-chat',
      { mcp_servers: [{ type: 'url', url: 'https://a.example' }] },
      'mcp_servers',
    ],
    ['anthropic-messages', 'openai-chat', { container: 'container_1' }, 'container'],
    ['gemini', 'openai-chat', { cachedContent: 'cachedContents/1' }, 'cachedContent'],
    ['bedrock-converse', 'openai-chat', { guardrailConfig: { guardrailIdentifier: 'g' } }, 'guardrailConfig'],
  ])('%s: what %s cannot do is refused by its name before anybody is asked', async (...row) => {
    const [client, upstream, more, param] = row
    const { status, sent, answer } = await ask(client, upstream, more)
    expect(status).toBe(400)
    expect(sent).toBeNull()
    expect(JSON.stringify(answer)).toContain(param)
  })

  test.each<[client: string, upstream: Speaker, more: Json, names: readonly string[]]>([
    [
      'openai-chat',
      'anthropic-messages',
      { prediction: { type: 'content', content: 'x' }, verbosity: 'low' },
      ['prediction', 'verbosity'],
    ],
    ['openai-responses', 'anthropic-messages', { max_tool_calls: 3 }, ['max_tool_calls']],
    [
      'anthropic-messages',
      'openai-chat',
      { context_management: { edits: [] }, x_future: 1 },
      ['context_management', 'x_future'],
    ],
    ['gemini', 'openai-chat', { safetySettings: [{ category: 'c', threshold: 't' }] }, ['safetySettings']],
    ['cohere-chat', 'openai-chat', { safety_mode: 'STRICT' }, ['safety_mode']],
    [
      'bedrock-converse',
      'openai-chat',
      { performanceConfig: { latency: 'optimized' } },
      ['performanceConfig'],
    ],
    ['ollama-chat', 'openai-chat', { options: { min_p: 0.1 }, keep_alive: '5m' }, ['options.min_p']],
  ])('%s: what %s can do without is left out, and told', async (...row) => {
    const [client, upstream, more, names] = row
    const { status, sent, warnings } = await ask(client, upstream, more)
    expect(status).toBe(200)
    expect(warnings).toEqual(names.map(name => `dropped parameter ${name}`))
    for (const name of names) expect(JSON.stringify(sent)).not.toContain(name.split('.').at(-1))
  })

  test('are no reason for a warning where the target understands them', async () => {
    const { warnings, sent } = await ask('openai-chat', 'ollama-chat', { num_ctx: 9000, min_p: 0.1 })
    expect(warnings).toEqual([])
    expect(sent).toMatchObject({ options: { num_ctx: 9000, min_p: 0.1 } })
  })

  test('are asked of the next target, which may know them', async () => {
    upstreamOf(scene(), 'spare').behave(answerOf('anthropic-messages', hello))
    const model = groupOf('openai-chat')
    const before = upstreamOf(scene(), 'openai-chat').requests.length
    const more = { container: 'container_1' }
    const answered = await askAs(scene().gateway, {
      client: 'anthropic-messages',
      model,
      streaming: false,
      more,
    })
    expect(answered.status).toBe(200)
    await answered.whole
    expect(upstreamOf(scene(), 'openai-chat').requests).toHaveLength(before)
    expect(lastBody(upstreamOf(scene(), 'spare'))).toMatchObject(more)
  })
})

describe('cache markers of a client of anthropic-messages', () => {
  const marked = (ttl: string) => ({ cache_control: { type: 'ephemeral', ttl } })
  const more = {
    tools: [{ name: 'f', input_schema: { type: 'object' }, ...marked('1h') }],
    system: [{ type: 'text', text: 'Be brief.', ...marked('1h') }],
    messages: [
      { role: 'user', content: 'Go' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'f', input: {} }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 't1', content: 'x', ...marked('5m') },
          { type: 'text', text: 'On', ...marked('5m') },
        ],
      },
    ],
  }

  test('are kept by Amazon’s models of the same family, with their times', async () => {
    const { sent, warnings } = await ask('anthropic-messages', 'bedrock-converse', more)
    const point = (ttl: string) => ({ cachePoint: { type: 'default', ttl } })
    expect(sent).toMatchObject({
      toolConfig: { tools: [{ toolSpec: { name: 'f' } }, point('1h')] },
      system: [{ text: 'Be brief.' }, point('1h')],
    })
    const last = (sent?.['messages'] as Json[] | undefined)?.at(-1)?.['content'] as Json[]
    expect(last.map(block => Object.keys(block)[0])).toEqual([
      'toolResult',
      'cachePoint',
      'text',
      'cachePoint',
    ])
    expect(last[1]).toEqual(point('5m'))
    expect(warnings).toEqual([])
  })

  test.each<Speaker>(['openai-chat', 'openai-responses', 'gemini', 'cohere-chat', 'ollama-chat'])(
    'are told where %s has none',
    async upstream => {
      const { sent, warnings } = await ask('anthropic-messages', upstream, more)
      expect(JSON.stringify(sent)).not.toContain('cache_control')
      expect(warnings).toEqual(['dropped parameter cache_control'])
    },
  )
})

describe('an image in the result of a tool', () => {
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } }
  const more = {
    tools: [{ name: 'shot', input_schema: { type: 'object' } }],
    messages: [
      { role: 'user', content: 'Go' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'shot', input: {} }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: 'Here' }, image] },
        ],
      },
    ],
  }

  test.each<Speaker>(
    upstreamFormats.filter(upstream => !['anthropic-messages', 'cohere-chat'].includes(upstream)),
  )('reaches %s', async upstream => {
    const { status, sent } = await ask('anthropic-messages', upstream, more)
    expect(status).toBe(200)
    expect(JSON.stringify(sent)).toContain(pixel)
    expect(JSON.stringify(sent)).toContain('Here')
  })
})

describe('a history that is not whole', () => {
  const call = { id: 'call_000001', type: 'function', function: { name: 'look', arguments: '{"city":' } }
  const tools = [
    {
      type: 'function',
      function: { name: 'look', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
    },
  ]

  test.each(foreignTo('openai-chat'))(
    'is mended for %s: calls without results, results without calls',
    async upstream => {
      const messages = [
        { role: 'user', content: 'Go' },
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'user', content: 'Never mind.' },
        { role: 'user', content: 'Again' },
        { role: 'assistant', content: '' },
        { role: 'tool', tool_call_id: 'call_lost01', content: 'a lost result' },
        { role: 'user', content: 'So?' },
      ]
      const { status, sent } = await ask('openai-chat', upstream, { messages, tools })
      expect(status).toBe(200)
      const text = JSON.stringify(sent)
      for (const said of ['Go', 'Never mind.', 'Again', 'a lost result', 'So?', 'No result was recorded'])
        expect(text).toContain(said)
    },
  )

  test('is refused with the place of the message that nobody can read', async () => {
    const messages = [
      { role: 'user', content: 'Go' },
      { role: 'tool', content: 'x' },
    ]
    const { status, answer } = await ask('openai-chat', 'anthropic-messages', { messages })
    expect(status).toBe(400)
    expect(JSON.stringify(answer)).toContain('messages[1]')
  })
})

describe('a client of anthropic-messages', () => {
  const answer = saying(
    [
      { type: 'reasoning', text: 'Let me think.' },
      { type: 'text', text: 'Looking.' },
      { type: 'tool_call', id: 'call_000001', name: 'look', arguments: '{"city":"Rio"}' },
      { type: 'tool_call', id: 'call_000002', name: 'look', arguments: '{"city":"Lima"}' },
    ],
    'tool_calls',
  )
  const more = {
    tools: [{ name: 'look', input_schema: { type: 'object', properties: { city: { type: 'string' } } } }],
    thinking: { type: 'enabled', budget_tokens: 1024 },
    max_tokens: 8000,
  }

  test.each(foreignTo('anthropic-messages'))(
    'gets one block after the other from %s, in the order of its own models',
    async upstream => {
      upstreamOf(scene(), upstream).behave(streamOf(upstream, eventsOf(upstream, answer)))
      const answered = await askAs(scene().gateway, {
        client: 'anthropic-messages',
        model: modelOf(upstream),
        more,
      })
      const events = readStreamEvents('anthropic-messages', await answered.whole)
      expect(grammars['anthropic-messages']?.(events)).toEqual([])
      const bodies = events.map(({ body }) => body as Json)
      const blocks = bodies
        .filter(({ type }) => type === 'content_block_start')
        .map(({ content_block: block }) => (block as Json)['type'])
      expect(blocks).toEqual(['thinking', 'text', 'tool_use', 'tool_use'])
      expect(bodies[0]).toMatchObject({
        message: { usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) } },
      })
      expect(
        (bodies[0] as { message: { usage: { input_tokens: number } } }).message.usage.input_tokens,
      ).toBeGreaterThan(0)
      expect(bodies.find(({ type }) => type === 'message_delta')).toMatchObject({
        delta: { stop_reason: 'tool_use' },
        usage: { output_tokens: 10 },
      })
    },
  )

  test('has room for words beside its thoughts at every model, and no temperature where it is fixed', async () => {
    const thinking = {
      thinking: { type: 'enabled', budget_tokens: 30_000 },
      max_tokens: 4000,
      temperature: 0.5,
    }
    const { sent } = await ask('openai-chat', 'anthropic-messages', {
      reasoning: { max_tokens: 30_000 },
      max_tokens: 4000,
      temperature: 0.5,
    })
    const { thinking: asked, max_tokens: most } = sent as {
      thinking: { budget_tokens: number }
      max_tokens: number
    }
    expect(most).toBeGreaterThan(asked.budget_tokens)
    expect(sent).not.toHaveProperty('temperature')
    const google = await ask('anthropic-messages', 'gemini', thinking)
    const { generationConfig: config } = google.sent as {
      generationConfig: { maxOutputTokens: number; thinkingConfig: { thinkingBudget: number } }
    }
    expect(config.maxOutputTokens).toBeGreaterThan(config.thinkingConfig.thinkingBudget)
  })

  test.each(foreignTo('anthropic-messages'))(
    'counts its tokens without asking %s for an answer',
    async upstream => {
      const { requests } = upstreamOf(scene(), upstream)
      const before = requests.length
      const body = { model: modelOf(upstream), messages: [{ role: 'user', content: 'Hello' }] }
      const counted = await scene().gateway.post('/v1/messages/count_tokens', body)
      expect(counted.status).toBe(200)
      expect((await counted.json()) as Json).toMatchObject({ input_tokens: expect.any(Number) })
      expect(requests.slice(before).filter(({ url }) => !/count|tokens/i.test(url))).toEqual([])
    },
  )
})

test('beta features of a client do not reach providers of other formats', async () => {
  upstreamOf(scene(), 'bedrock-converse').behave(answerOf('bedrock-converse', hello))
  const answered = await askAs(scene().gateway, {
    client: 'anthropic-messages',
    model: modelOf('bedrock-converse'),
    streaming: false,
    headers: { 'anthropic-beta': 'claude-code-20250219,made-up-2099-01-01' },
  })
  expect(answered.status).toBe(200)
  const request = upstreamOf(scene(), 'bedrock-converse').requests.at(-1)
  expect(request?.headers['anthropic-beta']).toBeUndefined()
  expect(request?.body.toString()).not.toContain('made-up')
})

test('a count of tokens is never an answer of the model, at Google either', async () => {
  const { requests } = upstreamOf(scene(), 'openai-chat')
  const before = requests.length
  const body = { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }
  const counted = await scene().gateway.post(`/v1beta/models/${modelOf('openai-chat')}:countTokens`, body)
  expect(counted.status).toBe(200)
  expect((await counted.json()) as Json).toMatchObject({ totalTokens: expect.any(Number) })
  expect(requests).toHaveLength(before)
})
