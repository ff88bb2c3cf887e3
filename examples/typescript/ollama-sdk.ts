// The gateway with Ollama's SDK: the models, a stream, an error.
// biome-ignore-all lint/suspicious/noConsole: an example prints

import { Ollama } from 'ollama'

const {
  LLM_PROXY_KEY = '',
  LLM_PROXY_URL = 'http://localhost:8000',
  LLM_PROXY_MODEL = 'gpt-4o-mini',
} = process.env

const client = new Ollama({ host: LLM_PROXY_URL, headers: { authorization: `Bearer ${LLM_PROXY_KEY}` } })

const { models } = await client.list()
console.log(`${models.length} models`)

const messages = [{ role: 'user', content: 'Hello' }]
for await (const piece of await client.chat({ model: LLM_PROXY_MODEL, messages, stream: true }))
  process.stdout.write(piece.message.content)
process.stdout.write('\n')

try {
  await client.chat({ model: 'gpt-4o-mimi', messages })
} catch (error) {
  console.log((error as Error).message)
}
