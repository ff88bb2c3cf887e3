// LangChain's client of OpenAI's APIs before vendors of other formats, over chat completions and over responses.

import { HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { vendorModels } from '../support/scripted-vendors/index.ts'
import {
  city,
  failWith,
  greeting,
  inputTokens,
  outputTokens,
  sayResult,
} from '../support/scripted-vendors/turn.ts'
import { testKey } from '../support/test-gateway.ts'
import { shareVendors } from '../support/vendor-scene.ts'

const gatewayUrl = shareVendors()
const messages = [new SystemMessage('Be brief.'), new HumanMessage('Hi')]
const usage = {
  input_tokens: inputTokens,
  output_tokens: outputTokens,
  total_tokens: inputTokens + outputTokens,
}

const weather = tool(({ city: place }: { city: string }) => `sunny in ${place}`, {
  name: 'get_weather',
  description: 'Tells the weather.',
  schema: z.object({ city: z.string() }),
})

describe.each([
  { api: 'chat completions', vendor: 'Anthropic', model: vendorModels.anthropic },
  { api: 'chat completions', vendor: 'Gemini', model: vendorModels.gemini },
  { api: 'responses', vendor: 'chat completions', model: vendorModels.chat },
  { api: 'responses', vendor: 'Anthropic', model: vendorModels.anthropic },
  { api: 'responses', vendor: 'Gemini', model: vendorModels.gemini },
])('over $api, a vendor of $vendor', ({ api, model }) => {
  const openModel = () =>
    new ChatOpenAI({
      model,
      apiKey: testKey,
      useResponsesApi: api === 'responses',
      maxRetries: 0,
      configuration: { baseURL: `${gatewayUrl()}/v1` },
    })

  test('is invoked', async () => {
    const answer = await openModel().invoke(messages)
    expect(answer.text).toBe(greeting)
    expect(answer.usage_metadata).toMatchObject(usage)
  })

  test('streams', async () => {
    const texts: string[] = []
    const counted: unknown[] = []
    for await (const chunk of await openModel().stream(messages)) {
      if (chunk.text !== '') texts.push(chunk.text)
      if (chunk.usage_metadata !== undefined) counted.push(chunk.usage_metadata)
    }
    expect(texts.length).toBeGreaterThan(1)
    expect(texts.join('')).toBe(greeting)
    expect(counted).toMatchObject([usage])
  })

  test('calls a bound tool and uses its result', async () => {
    const bound = openModel().bindTools([weather])
    const asked = await bound.invoke(messages)
    const [call] = asked.tool_calls ?? []
    expect(call).toMatchObject({ name: 'get_weather', args: { city: 'Lisbon' } })
    const content = await weather.invoke({ city: 'Lisbon' })
    const result = new ToolMessage({ content, tool_call_id: call?.id ?? '' })
    expect((await bound.invoke([...messages, asked, result])).text).toBe(sayResult('sunny in Lisbon'))
  })

  test('calls a bound tool in a stream', async () => {
    let whole: Awaited<ReturnType<ChatOpenAI['invoke']>> | undefined
    for await (const chunk of await openModel().bindTools([weather]).stream(messages))
      whole = whole === undefined ? chunk : whole.concat(chunk)
    expect(whole?.tool_calls).toMatchObject([{ name: 'get_weather', args: { city: 'Lisbon' } }])
  })

  test.each([['jsonSchema'], ['functionCalling']] as const)('answers by a schema with %s', async method => {
    const schema = z.object({ name: z.string(), inhabitants: z.number().int() })
    const structured = openModel().withStructuredOutput(schema, { name: 'city', method })
    expect(await structured.invoke(messages)).toEqual(city)
  })

  test('raises a failure', async () => {
    await expect(openModel().invoke([new HumanMessage(failWith(400))])).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('words of the vendor') as string,
    })
  })
})

test('texts are embedded by a vendor of Gemini', async () => {
  const embeddings = new OpenAIEmbeddings({
    model: 'gemini-embedding-001',
    apiKey: testKey,
    maxRetries: 0,
    configuration: { baseURL: `${gatewayUrl()}/v1` },
  })
  expect(await embeddings.embedDocuments(['one', 'two'])).toEqual([
    [0.5, -1],
    [0.5, -1],
  ])
})
