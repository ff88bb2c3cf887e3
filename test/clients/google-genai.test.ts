// Google's own client for JavaScript before vendors of other formats.

import { ApiError, FunctionCallingConfigMode, GoogleGenAI, type Part, Type } from '@google/genai'
import { describe, expect, test } from 'vitest'
import { limited, vendorModels } from '../support/scripted-vendors/index.ts'
import {
  city,
  failWith,
  greeting,
  inputTokens,
  outputTokens,
  sayResult,
  thinkingOfTools,
} from '../support/scripted-vendors/turn.ts'
import { testKey } from '../support/test-gateway.ts'
import { shareVendors } from '../support/vendor-scene.ts'

const gatewayUrl = shareVendors()

function openClient(apiKey = testKey): GoogleGenAI {
  return new GoogleGenAI({ apiKey, httpOptions: { baseUrl: gatewayUrl() } })
}

const usage = {
  promptTokenCount: inputTokens,
  candidatesTokenCount: outputTokens,
  totalTokenCount: inputTokens + outputTokens,
}
const weather = {
  name: 'get_weather',
  description: 'Tells the weather.',
  parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ['city'] },
}
const withTools = { tools: [{ functionDeclarations: [weather] }] }

describe.each([
  ['chat completions', vendorModels.chat],
  ['Anthropic', vendorModels.anthropic],
  ['Gemini', vendorModels.gemini],
])('a vendor of %s', (_format, model) => {
  test('answers', async () => {
    const answer = await openClient().models.generateContent({
      model,
      contents: 'Hi',
      config: { systemInstruction: 'Be brief.', temperature: 0.5, maxOutputTokens: 100 },
    })
    expect(answer.text).toBe(greeting)
    expect(answer.candidates?.[0]?.finishReason).toBe('STOP')
    expect(answer.usageMetadata).toMatchObject(usage)
  })

  test('answers in a stream', async () => {
    const texts: string[] = []
    let last: unknown
    for await (const chunk of await openClient().models.generateContentStream({ model, contents: 'Hi' })) {
      if (chunk.text !== undefined) texts.push(chunk.text)
      last = chunk
    }
    expect(texts.length).toBeGreaterThan(1)
    expect(texts.join('')).toBe(greeting)
    expect(last).toMatchObject({ candidates: [{ finishReason: 'STOP' }], usageMetadata: usage })
  })

  test('remembers within a chat what was said', async () => {
    const chat = openClient().chats.create({ model })
    await chat.sendMessage({ message: 'Hi' })
    const texts: string[] = []
    for await (const chunk of await chat.sendMessageStream({ message: 'And?' })) texts.push(chunk.text ?? '')
    expect(texts.join('')).toBe(greeting)
    // Every chunk that the client read is a content of its history, and is sent again.
    expect((await chat.sendMessage({ message: 'And then?' })).text).toBe(greeting)
    expect(chat.getHistory(true).length).toBeGreaterThan(5)
  })

  test.each([['whole'], ['streamed']])('calls a tool and uses its result, %s', async kind => {
    const chat = openClient().chats.create({ model, config: withTools })
    const send = async (message: string | Part[]) => {
      if (kind === 'whole') return [await chat.sendMessage({ message })]
      const chunks = []
      for await (const chunk of await chat.sendMessageStream({ message })) chunks.push(chunk)
      return chunks
    }
    const asked = await send('How is the weather in Lisbon?')
    const parts = asked.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
    expect(parts.map(({ text }) => text ?? '').join('')).toBe(thinkingOfTools)
    const [call, ...others] = parts.flatMap(({ functionCall }) => functionCall ?? [])
    expect(others).toEqual([])
    expect(call).toMatchObject({ name: 'get_weather', args: { city: 'Lisbon' } })
    const response = { name: 'get_weather', response: { output: 'sunny' }, ...(call?.id && { id: call.id }) }
    const told = await send([{ functionResponse: response }])
    const words = told.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
    expect(words.map(({ text }) => text ?? '').join('')).toContain('sunny')
  })

  test('the client runs the tool by itself', async () => {
    const asked: unknown[] = []
    const tool = {
      tool: () => Promise.resolve({ functionDeclarations: [weather] }),
      callTool: (calls: readonly { name?: string; args?: Record<string, unknown>; id?: string }[]) => {
        asked.push(calls.map(({ args }) => args))
        const parts = calls.map(({ id, name = '' }): Part => {
          const response = { name, response: { output: 'sunny' }, ...(id !== undefined && { id }) }
          return { functionResponse: response }
        })
        return Promise.resolve(parts)
      },
    }
    const answer = await openClient().models.generateContent({
      model,
      contents: 'How is the weather?',
      config: {
        tools: [tool],
        toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.AUTO } },
      },
    })
    expect(asked).toEqual([[{ city: 'Lisbon' }]])
    expect(answer.text).toContain('sunny')
  })

  test('answers by a schema, in both ways to write one', async () => {
    const ask = async (config: object) => {
      const options = { responseMimeType: 'application/json', ...config }
      const answer = await openClient().models.generateContent({ model, contents: 'A city', config: options })
      return JSON.parse(answer.text ?? '') as unknown
    }
    const own = {
      type: Type.OBJECT,
      properties: { name: { type: Type.STRING }, inhabitants: { type: Type.INTEGER } },
      required: ['name', 'inhabitants'],
    }
    expect(await ask({ responseSchema: own })).toEqual(city)
    const standard = {
      type: 'object',
      properties: { name: { type: 'string' }, inhabitants: { type: 'integer' } },
      required: ['name', 'inhabitants'],
    }
    expect(await ask({ responseJsonSchema: standard })).toEqual(city)
  })

  test('counts tokens', async () => {
    const { totalTokens } = await openClient().models.countTokens({
      model,
      contents: 'Hello there, my friend',
    })
    expect(totalTokens).toBeGreaterThan(0)
  })

  test('fails as the client knows it, whole and streamed', async () => {
    const question = { model, contents: failWith(400) }
    const refused: unknown = await openClient()
      .models.generateContent(question)
      .catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(ApiError)
    const words = expect.stringContaining('words of the vendor') as string
    expect(refused).toMatchObject({ status: 400, message: words })
    const busy = { model: limited(model), contents: 'Hi' }
    await expect(openClient().models.generateContent(busy)).rejects.toMatchObject({
      status: 429,
      message: expect.stringContaining('RESOURCE_EXHAUSTED') as string,
    })
    await expect(openClient().models.generateContentStream(busy)).rejects.toMatchObject({ status: 429 })
  })
})

test('a result keeps the shape that it was told in', async () => {
  const client = openClient()
  const chat = client.chats.create({ model: vendorModels.anthropic, config: withTools })
  const [call] = (await chat.sendMessage({ message: 'Weather?' })).functionCalls ?? []
  const response = { degrees: 21 }
  const part = { functionResponse: { name: 'get_weather', response, ...(call?.id && { id: call.id }) } }
  const answer = await chat.sendMessage({ message: [part] })
  expect(answer.text).toBe(sayResult('{"degrees":21}'))
})

test.each([
  ['chat completions', vendorModels.chat],
  ['Google', 'gemini-embedding-001'],
])('texts are embedded by a vendor of %s', async (_format, model) => {
  const { embeddings } = await openClient().models.embedContent({ model, contents: ['one', 'two'] })
  expect(embeddings?.map(({ values }) => values)).toEqual([
    [0.5, -1],
    [0.5, -1],
  ])
})

test('a wrong key and an unknown model are told in the words of the client', async () => {
  const ask = (client: GoogleGenAI, model: string) =>
    client.models.generateContent({ model, contents: 'Hi' }).catch((error: unknown) => error)
  const stranger = await ask(openClient('wrong'), vendorModels.chat)
  expect(stranger).toBeInstanceOf(ApiError)
  expect(stranger).toMatchObject({ status: 401 })
  const unknown = await ask(openClient(), 'nobody')
  expect(unknown).toMatchObject({ status: 404, message: expect.stringContaining('NOT_FOUND') as string })
})
