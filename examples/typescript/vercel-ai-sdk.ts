// The gateway with the Vercel AI SDK: a stream, and a tool that is run.
// biome-ignore-all lint/suspicious/noConsole: an example prints

import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai'

const {
  LLM_PROXY_KEY = '',
  LLM_PROXY_URL = 'http://localhost:8000',
  LLM_PROXY_MODEL = 'gpt-4o-mini',
} = process.env

const gateway = createOpenAICompatible({
  name: 'llm-proxy',
  baseURL: `${LLM_PROXY_URL}/v1`,
  apiKey: LLM_PROXY_KEY,
})
const model = gateway(LLM_PROXY_MODEL)

for await (const text of streamText({ model, prompt: 'Count to five' }).textStream) process.stdout.write(text)
process.stdout.write('\n')

const weather = tool({
  description: 'The weather in a city.',
  inputSchema: jsonSchema<{ city: string }>({
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
  }),
  execute: ({ city }) => `Sunny in ${city}.`,
})
const { text, steps } = await generateText({
  model,
  tools: { weather },
  stopWhen: stepCountIs(2),
  prompt: 'What is the weather in Lisbon?',
})
console.log(steps.flatMap(({ toolResults }) => toolResults.map(({ output }) => output)))
console.log(text)
