// Google's own client for JavaScript against a gateway whose upstreams speak its format, or OpenAI's.

import { ApiError, FunctionCallingConfigMode, ThinkingLevel } from '@google/genai'
import { describe, expect, test } from 'vitest'
import {
  answerJson,
  chunk,
  completion,
  doneMarker,
  streamEvents,
  usageChunk,
  wholeStream,
} from '../support/fake-upstream.ts'
import { asked, event, model, native, open, stop } from './google.fixture.ts'

const contents = 'What is the weather in Lisbon?'
const declaration = {
  name: 'get_weather',
  description: 'Looks it up',
  parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}
const tools = [{ functionDeclarations: [declaration] }]

describe('an upstream of the same format', () => {
  test('a question and its answer pass as they are', async () => {
    const { client, scene } = await open('gemini', answerJson(200, native([{ text: 'Sunny.' }], stop)))
    const answer = await client.models.generateContent({
      model,
      contents,
      config: { systemInstruction: 'Be brief.', temperature: 0, safetySettings: [] },
    })
    expect(answer.text).toBe('Sunny.')
    expect(answer.usageMetadata?.thoughtsTokenCount).toBe(3)
    const [request] = scene.upstream.requests
    expect(request?.url).toBe('/v1beta/models/test-model:generateContent')
    expect(request?.headers['x-goog-api-key']).toBe('upstream-key')
    expect(asked(scene)).toMatchObject({
      contents: [{ role: 'user', parts: [{ text: contents }] }],
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      generationConfig: { temperature: 0 },
    })
    const [row] = await scene.gateway.stopAndReadLedger()
    expect(row).toMatchObject({ input_uncached: 7, output_text: 2, output_reasoning: 3 })
  })

  test('a stream passes as it is, piece by piece', async () => {
    const pieces = [native([{ text: 'Sun' }]), native([{ text: 'ny.' }]), native([{ text: '' }], stop)]
    const { client, scene } = await open('gemini', streamEvents(pieces.map(event)))
    const texts: (string | undefined)[] = []
    for await (const piece of await client.models.generateContentStream({ model, contents }))
      texts.push(piece.text)
    expect(texts).toEqual(['Sun', 'ny.', ''])
    expect(scene.upstream.requests[0]?.url).toBe('/v1beta/models/test-model:streamGenerateContent?alt=sse')
    const [row] = await scene.gateway.stopAndReadLedger()
    expect(row).toMatchObject({ input_uncached: 7, output_text: 2, output_reasoning: 3 })
  })

  test('tokens are counted by the provider, and nothing is generated', async () => {
    const { client, scene } = await open('gemini', answerJson(200, { totalTokens: 31 }))
    expect((await client.models.countTokens({ model, contents })).totalTokens).toBe(31)
    expect(scene.upstream.requests.map(({ url }) => url)).toEqual(['/v1beta/models/test-model:countTokens'])
    const [row] = await scene.gateway.stopAndReadLedger()
    expect(row).toMatchObject({ input_uncached: 0, output_text: 0 })
  })

  test('embeddings pass as they are, named by the model that is asked', async () => {
    const { client, scene } = await open('gemini', answerJson(200, { embeddings: [{ values: [0.5, -1] }] }))
    const answer = await client.models.embedContent({
      model: `main/${model}`,
      contents,
      config: { outputDimensionality: 2 },
    })
    expect(answer.embeddings?.[0]?.values).toEqual([0.5, -1])
    expect(scene.upstream.requests[0]?.url).toBe('/v1beta/models/test-model:batchEmbedContents')
    expect(asked(scene)).toMatchObject({
      requests: [{ model: 'models/test-model', outputDimensionality: 2 }],
    })
  })

  test('an error of the provider is raised with its status and words', async () => {
    const error = { code: 429, message: 'Slow down.', status: 'RESOURCE_EXHAUSTED' }
    const { client } = await open('gemini', answerJson(429, { error }))
    const raised = await client.models.generateContent({ model, contents }).catch((thrown: unknown) => thrown)
    expect(raised).toBeInstanceOf(ApiError)
    expect(raised).toMatchObject({ status: 429 })
    expect((raised as ApiError).message).toContain('Slow down.')
  })

  test('a stream that breaks off is an error, not an answer', async () => {
    const { client } = await open(
      'gemini',
      streamEvents([event(native([{ text: 'Sun' }]))], { ending: 'end' }),
    )
    const texts: (string | undefined)[] = []
    const reading = async () => {
      for await (const piece of await client.models.generateContentStream({ model, contents }))
        texts.push(piece.text)
    }
    await expect(reading()).rejects.toThrow()
    expect(texts).toEqual(['Sun'])
  })
})

describe('an upstream of chat completions', () => {
  test('a question with everything in it is asked, and answered in this shape', async () => {
    const { client, scene } = await open('openai_compatible', answerJson(200, completion('Sunny.')))
    const answer = await client.models.generateContent({
      model,
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }, { inlineData: { mimeType: 'image/png', data: 'AA==' } }] },
      ],
      config: {
        systemInstruction: 'Be brief.',
        maxOutputTokens: 50,
        temperature: 0.5,
        stopSequences: ['END'],
        thinkingConfig: { thinkingLevel: ThinkingLevel.LOW },
      },
    })
    expect(answer.text).toBe('Sunny.')
    expect(answer.candidates?.[0]?.finishReason).toBe('STOP')
    expect(answer.usageMetadata).toMatchObject({ promptTokenCount: 7, candidatesTokenCount: 3 })
    expect(asked(scene)).toMatchObject({
      model,
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Hi' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
          ],
        },
      ],
      temperature: 0.5,
      stop: ['END'],
    })
  })

  test('a stream arrives piece by piece, with its end and its usage', async () => {
    const { client } = await open('openai_compatible', streamEvents(wholeStream('Sun', 'ny.')))
    const pieces = []
    for await (const piece of await client.models.generateContentStream({ model, contents }))
      pieces.push(piece)
    expect(pieces.map(({ text }) => text)).toEqual(['Sun', 'ny.', ''])
    expect(pieces.at(-1)).toMatchObject({
      candidates: [{ finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 3 },
    })
  })

  test('a chat keeps what was said, whole and streamed', async () => {
    const { client, scene } = await open(
      'openai_compatible',
      streamEvents(wholeStream('Hello', '!')),
      answerJson(200, completion('Ann.')),
    )
    const chat = client.chats.create({ model })
    for await (const _ of await chat.sendMessageStream({ message: 'I am Ann.' }));
    expect((await chat.sendMessage({ message: 'Who am I?' })).text).toBe('Ann.')
    expect(asked(scene, 1)).toMatchObject({
      messages: [
        { role: 'user', content: 'I am Ann.' },
        { role: 'assistant', content: 'Hello!' },
        { role: 'user', content: 'Who am I?' },
      ],
    })
    expect(chat.getHistory(true)).toHaveLength(6)
  })

  test('functions are called, several at once, and their results are sent back', async () => {
    const call = (index: number, id: string, city: string) => ({
      index,
      id,
      type: 'function',
      function: { name: 'get_weather', arguments: JSON.stringify({ city }) },
    })
    const { client, scene } = await open(
      'openai_compatible',
      streamEvents([
        chunk({ role: 'assistant', content: null, tool_calls: [call(0, 'c1', 'Lisbon')] }),
        chunk({ tool_calls: [call(1, 'c2', 'Porto')] }),
        chunk({}, 'tool_calls'),
        usageChunk,
        doneMarker,
      ]),
      answerJson(200, completion('Sunny.')),
    )
    const config = {
      tools,
      toolConfig: {
        functionCallingConfig: { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ['get_weather'] },
      },
    }
    const parts = []
    for await (const piece of await client.models.generateContentStream({ model, contents, config }))
      parts.push(...(piece.candidates?.[0]?.content?.parts ?? []))
    const calls = parts.flatMap(({ functionCall }) => functionCall ?? [])
    expect(calls).toEqual([
      { id: 'c1', name: 'get_weather', args: { city: 'Lisbon' } },
      { id: 'c2', name: 'get_weather', args: { city: 'Porto' } },
    ])
    const answer = await client.models.generateContent({
      model,
      contents: [
        { role: 'user', parts: [{ text: contents }] },
        { role: 'model', parts },
        {
          role: 'user',
          parts: calls.map(({ id, name }) => ({
            functionResponse: { ...(id && { id }), ...(name && { name }), response: { output: '21 C' } },
          })),
        },
      ],
      config: { tools },
    })
    expect(answer.text).toBe('Sunny.')
    expect(asked(scene)).toMatchObject({
      tools: [{ function: { name: 'get_weather', parameters: declaration.parametersJsonSchema } }],
      tool_choice: { type: 'function', function: { name: 'get_weather' } },
    })
    expect(asked(scene, 1)).toMatchObject({
      messages: [
        { role: 'user' },
        { role: 'assistant', tool_calls: [{ id: 'c1' }, { id: 'c2' }] },
        { role: 'tool', tool_call_id: 'c1', content: '21 C' },
        { role: 'tool', tool_call_id: 'c2', content: '21 C' },
      ],
    })
  })

  test('an answer that has to fit a schema does', async () => {
    const { client, scene } = await open(
      'openai_compatible',
      answerJson(200, completion('{"city":"Lisbon"}')),
    )
    const responseJsonSchema = {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
    }
    const answer = await client.models.generateContent({
      model,
      contents,
      config: { responseMimeType: 'application/json', responseJsonSchema },
    })
    expect(JSON.parse(answer.text ?? '')).toEqual({ city: 'Lisbon' })
    expect(asked(scene)).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { schema: responseJsonSchema } },
    })
  })

  test('tokens are counted here, and nobody is asked', async () => {
    const { client, scene } = await open('openai_compatible')
    const { totalTokens = 0 } = await client.models.countTokens({ model, contents: 'word '.repeat(100) })
    expect(totalTokens).toBeGreaterThan(80)
    expect(totalTokens).toBeLessThan(150)
    expect(scene.upstream.requests).toEqual([])
  })

  test('thoughts are parts of their own', async () => {
    const message = { role: 'assistant', content: 'Sunny.', reasoning_content: 'Let me see.' }
    const answered = { ...completion(''), choices: [{ index: 0, message, finish_reason: 'stop' }] }
    const { client } = await open('openai_compatible', answerJson(200, answered))
    const answer = await client.models.generateContent({ model, contents })
    expect(answer.candidates?.[0]?.content?.parts).toEqual([
      { text: 'Let me see.', thought: true },
      { text: 'Sunny.' },
    ])
  })

  test('a failure is raised in this shape, before a stream and within', async () => {
    const refusal = answerJson(503, { error: { message: 'Busy.', type: 'overloaded_error' } })
    const broken = streamEvents([chunk({ role: 'assistant', content: 'Sun' })], { ending: 'cut' })
    const { client } = await open('openai_compatible', refusal, refusal, broken)
    const ask = () => client.models.generateContent({ model, contents })
    const raised = await ask().catch((thrown: unknown) => thrown)
    expect(raised).toMatchObject({ name: 'ApiError', status: 503 })
    await expect(client.models.generateContentStream({ model, contents })).rejects.toThrow(/Busy/)
    const reading = async () => {
      for await (const _ of await client.models.generateContentStream({ model, contents }));
    }
    await expect(reading()).rejects.toBeInstanceOf(ApiError)
  })
})
