// The gateway with Anthropic's SDK: a count of tokens, a stream with a tool, an error.
// biome-ignore-all lint/suspicious/noConsole: an example prints

import Anthropic from '@anthropic-ai/sdk'

const {
  LLM_PROXY_KEY = '',
  LLM_PROXY_URL = 'http://localhost:8000',
  LLM_PROXY_MODEL = 'gpt-4o-mini',
} = process.env

const client = new Anthropic({ baseURL: LLM_PROXY_URL, apiKey: LLM_PROXY_KEY, maxRetries: 0 })

const question = {
  model: LLM_PROXY_MODEL,
  messages: [{ role: 'user' as const, content: 'What is the weather in Lisbon?' }],
}
const weather = {
  name: 'get_weather',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] },
}

const { input_tokens: tokens } = await client.messages.countTokens(question)
console.log(`${tokens} tokens`)

const stream = client.messages.stream({
  ...question,
  max_tokens: 200,
  tools: [weather],
  tool_choice: { type: 'any' },
})
for (const block of (await stream.finalMessage()).content)
  if (block.type === 'tool_use') console.log(block.name, JSON.stringify(block.input))

try {
  await client.messages.create({ ...question, model: 'gpt-4o-mimi', max_tokens: 200 })
} catch (error) {
  if (!(error instanceof Anthropic.NotFoundError)) throw error
  console.log(error.status, error.message)
}
