// The gateway with Cohere's SDK: a plain answer, a stream, embeddings.
// biome-ignore-all lint/suspicious/noConsole: an example prints

import { CohereClientV2 } from 'cohere-ai'

const {
  LLM_PROXY_KEY = '',
  LLM_PROXY_URL = 'http://localhost:8000',
  LLM_PROXY_MODEL = 'gpt-4o-mini',
} = process.env

const client = new CohereClientV2({ token: LLM_PROXY_KEY, environment: LLM_PROXY_URL, maxRetries: 0 })

const messages = [{ role: 'user' as const, content: 'Hello' }]
const { message, usage } = await client.chat({ model: LLM_PROXY_MODEL, messages })
for (const part of message?.content ?? []) if (part.type === 'text') console.log(part.text)
console.log('tokens:', usage?.tokens?.outputTokens)

const stream = await client.chatStream({ model: LLM_PROXY_MODEL, messages })
for await (const event of stream)
  if (event.type === 'content-delta') process.stdout.write(event.delta?.message?.content?.text ?? '')
process.stdout.write('\n')

const { embeddings } = await client.embed({
  model: 'text-embedding-3-small',
  texts: ['one', 'two'],
  inputType: 'search_document',
  embeddingTypes: ['float'],
})
console.log(`${embeddings.float?.length} vectors`)
