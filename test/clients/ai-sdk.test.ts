// The AI SDK, by its packages of three formats, before vendors of the others.

import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { APICallError, generateText, isStepCount, type LanguageModel, Output, streamText, tool } from 'ai'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
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

const packages = {
  'openai-compatible': (model: string): LanguageModel =>
    createOpenAICompatible({
      name: 'gateway',
      apiKey: testKey,
      baseURL: `${gatewayUrl()}/v1`,
      includeUsage: true,
      supportsStructuredOutputs: true,
    })(model),
  anthropic: (model: string): LanguageModel =>
    createAnthropic({ apiKey: testKey, baseURL: `${gatewayUrl()}/anthropic/v1` })(model),
  google: (model: string): LanguageModel =>
    createGoogleGenerativeAI({ apiKey: testKey, baseURL: `${gatewayUrl()}/v1beta` })(model),
}

const { chat, anthropic, gemini } = vendorModels

describe.each([
  ['openai-compatible', 'Anthropic', anthropic],
  ['openai-compatible', 'Gemini', gemini],
  ['anthropic', 'chat completions', chat],
  ['anthropic', 'Gemini', gemini],
  ['google', 'chat completions', chat],
  ['google', 'Anthropic', anthropic],
] as const)('the package %s before a vendor of %s', (name, _format, vendorModel) => {
  const settings = () => ({ model: packages[name](vendorModel), maxRetries: 0, prompt: 'Hi' })

  test('generates a text', async () => {
    const { text, usage, finishReason } = await generateText({ ...settings(), instructions: 'Be brief.' })
    expect({ text, finishReason }).toEqual({ text: greeting, finishReason: 'stop' })
    expect(usage).toMatchObject({ inputTokens, outputTokens })
  })

  test('streams a text', async () => {
    const { textStream, usage, finishReason } = streamText(settings())
    const pieces: string[] = []
    for await (const piece of textStream) pieces.push(piece)
    expect(pieces.length).toBeGreaterThan(1)
    expect(pieces.join('')).toBe(greeting)
    expect(await finishReason).toBe('stop')
    expect(await usage).toMatchObject({ inputTokens, outputTokens })
  })

  test('loops over tools, whole and streamed', async () => {
    const asked: unknown[] = []
    const get_weather = tool({
      description: 'Tells the weather.',
      inputSchema: z.object({ city: z.string() }),
      execute: input => {
        asked.push(input)
        return 'sunny'
      },
    })
    const looping = { ...settings(), tools: { get_weather }, stopWhen: isStepCount(3) }
    const whole = await generateText(looping)
    expect(whole.steps.map(({ finishReason }) => finishReason)).toEqual(['tool-calls', 'stop'])
    expect(whole.steps[0]?.text).toBe(thinkingOfTools)
    expect(whole.text).toContain('sunny')
    const streamed = streamText(looping)
    await streamed.consumeStream()
    expect(await streamed.text).toContain('sunny')
    expect(asked).toEqual([{ city: 'Lisbon' }, { city: 'Lisbon' }])
    if (name !== 'google') expect(whole.text).toBe(sayResult('sunny'))
  })

  test('generates an object by a schema, whole and streamed', async () => {
    const output = Output.object({ schema: z.object({ name: z.string(), inhabitants: z.number().int() }) })
    expect((await generateText({ ...settings(), output })).output).toEqual(city)
    expect(await streamText({ ...settings(), output }).output).toEqual(city)
  })

  test('raises a failure as its own', async () => {
    const error: unknown = await generateText({ ...settings(), prompt: failWith(400) }).catch(
      (thrown: unknown) => thrown,
    )
    expect(APICallError.isInstance(error)).toBe(true)
    expect(error).toMatchObject({
      statusCode: 400,
      isRetryable: false,
      message: expect.stringContaining('words of the vendor') as string,
    })
  })

  test('raises a failure of a stream', async () => {
    const errors: unknown[] = []
    const onError = ({ error }: { error: unknown }) => void errors.push(error)
    await streamText({ ...settings(), model: packages[name](limited(vendorModel)), onError }).consumeStream({
      onError: () => {},
    })
    expect(errors).toMatchObject([{ statusCode: 429, isRetryable: true }])
  })
})
