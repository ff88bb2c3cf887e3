// The gateway with OpenAI's SDK: a plain answer, a stream, an error.
// biome-ignore-all lint/suspicious/noConsole: an example prints

import OpenAI from 'openai'

const {
  LLM_PROXY_KEY,
  LLM_PROXY_URL = 'http://localhost:8000',
  LLM_PROXY_MODEL = 'gpt-4o-mini',
} = process.env

const client = new OpenAI({
  baseURL: `${LLM_PROXY_URL}/v1`,
  apiKey: LLM_PROXY_KEY,
  // The gateway tries again by itself, with the next provider too.
  maxRetries: 0,
})

const { data: answer, response } = await client.chat.completions
  .create({ model: LLM_PROXY_MODEL, messages: [{ role: 'user', content: 'Hello' }] })
  .withResponse()
console.log(answer.choices[0]?.message.content)
console.log('provider:', response.headers.get('x-llm-proxy-provider'))

const stream = await client.chat.completions.create({
  model: LLM_PROXY_MODEL,
  messages: [{ role: 'user', content: 'Count to five' }],
  stream: true,
})
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '')
process.stdout.write('\n')

try {
  await client.chat.completions.create({
    model: 'gpt-4o-mimi',
    messages: [{ role: 'user', content: 'Hello' }],
  })
} catch (error) {
  if (!(error instanceof OpenAI.NotFoundError)) throw error
  console.log(error.status, error.code, error.message)
}
