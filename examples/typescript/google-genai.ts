// The gateway with Google's SDK: a stream, an answer that fits a schema, embeddings.
// biome-ignore-all lint/suspicious/noConsole: an example prints

import { GoogleGenAI, Type } from '@google/genai'

const {
  LLM_PROXY_KEY = '',
  LLM_PROXY_URL = 'http://localhost:8000',
  LLM_PROXY_MODEL = 'gpt-4o-mini',
} = process.env

const client = new GoogleGenAI({ apiKey: LLM_PROXY_KEY, httpOptions: { baseUrl: LLM_PROXY_URL } })

const stream = await client.models.generateContentStream({
  model: LLM_PROXY_MODEL,
  contents: 'Count to five',
})
for await (const piece of stream) process.stdout.write(piece.text ?? '')
process.stdout.write('\n')

const answer = await client.models.generateContent({
  model: LLM_PROXY_MODEL,
  contents: 'Which city is the capital of Portugal?',
  config: {
    responseMimeType: 'application/json',
    responseSchema: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ['city'] },
  },
})
console.log('fits:', JSON.parse(answer.text ?? ''))

const { embeddings = [] } = await client.models.embedContent({
  model: 'text-embedding-3-small',
  contents: ['one', 'two'],
})
console.log(`${embeddings.length} vectors of ${embeddings[0]?.values?.length} numbers`)
