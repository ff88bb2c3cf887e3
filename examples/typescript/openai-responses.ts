// OpenAI's Responses: a second question that leans on the first by its id alone. The gateway keeps the conversation,
// whichever provider answers.
// biome-ignore-all lint/suspicious/noConsole: an example prints

import OpenAI from 'openai'

const {
  LLM_PROXY_KEY,
  LLM_PROXY_URL = 'http://localhost:8000',
  LLM_PROXY_MODEL = 'gpt-4o-mini',
} = process.env

const client = new OpenAI({ baseURL: `${LLM_PROXY_URL}/v1`, apiKey: LLM_PROXY_KEY, maxRetries: 0 })

const first = await client.responses.create({ model: LLM_PROXY_MODEL, input: 'Hello' })
console.log(first.output_text)

const stream = await client.responses.create({
  model: LLM_PROXY_MODEL,
  previous_response_id: first.id,
  input: 'What did I say?',
  stream: true,
})
for await (const event of stream) {
  if (event.type === 'response.output_text.delta') process.stdout.write(event.delta)
  if (event.type === 'response.completed') console.log(`\n${event.response.usage?.total_tokens} tokens`)
}
