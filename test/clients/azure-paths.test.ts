// The paths of Azure's API without a client: the deployment stands in the path, and the body names no model.

import { AzureOpenAI } from 'openai'
import { describe, expect, test } from 'vitest'
import { answerJson, completion } from '../support/fake-upstream.ts'
import { openScene, type Scene } from '../support/scene.ts'
import { testKey } from '../support/test-gateway.ts'

const model = 'test-model'
const pathOf = (operation: string) => `/openai/deployments/${model}/${operation}?api-version=2024-10-21`

async function ask({ gateway }: Scene, operation: string, body: object): Promise<Response> {
  return await gateway.post(pathOf(operation), body)
}

function asked({ upstream }: Scene): unknown {
  return JSON.parse(upstream.requests[0]?.body.toString() ?? '')
}

const messages = [{ role: 'user' as const, content: 'Hi' }]
const answer = { object: 'list', model, data: [{ object: 'embedding', index: 0, embedding: [0.5] }] }

describe('a deployment is asked without a model in the body', () => {
  test.each([
    ['chat/completions', { messages }, completion('Hello')],
    ['completions', { prompt: 'Hi' }, { ...completion('Hello'), choices: [{ index: 0, text: 'Hello' }] }],
    ['embeddings', { input: 'Hi' }, answer],
    ['images/generations', { prompt: 'a cat' }, { created: 1, data: [{ b64_json: 'AAAA' }] }],
    ['audio/speech', { input: 'Hi', voice: 'alloy' }, {}],
  ])('%s', async (operation, body, reply) => {
    const scene = await openScene({ upstreams: [[answerJson(200, reply)]] })
    expect((await ask(scene, operation, body)).status).toBe(200)
    expect(asked(scene)).toEqual({ ...body, model })
  })

  test.each(['audio/transcriptions', 'audio/translations', 'images/edits'])(
    '%s, by a form',
    async operation => {
      const scene = await openScene({ upstreams: [[answerJson(200, { text: 'Hi', created: 1, data: [] })]] })
      const form = new FormData()
      form.set(operation === 'images/edits' ? 'image' : 'file', new Blob(['bytes']), 'a.bin')
      form.set('prompt', 'Hi')
      const response = await fetch(scene.gateway.url + pathOf(operation), {
        method: 'POST',
        headers: { 'api-key': testKey },
        body: form,
      })
      expect(response.status).toBe(200)
      const [request] = scene.upstream.requests
      const headers = { 'content-type': String(request?.headers['content-type']) }
      const passed = await new Response(new Uint8Array(request?.body ?? []), { headers }).formData()
      expect(passed.get('model')).toBe(model)
      expect(passed.get('prompt')).toBe('Hi')
    },
  )
})

test('the model of the path counts, whatever the body says', async () => {
  const scene = await openScene({ upstreams: [[answerJson(200, completion('Hello'))]] })
  expect((await ask(scene, 'chat/completions', { model: 'gpt-4o', messages })).status).toBe(200)
  expect(asked(scene)).toEqual({ model, messages })
})

test('a deployment may be a model of another vendor', async () => {
  const scene = await openScene({
    upstreams: [[answerJson(200, { model, message: { role: 'assistant', content: 'Hello' }, done: true })]],
    sections: ([upstream]) => ({
      providers: [
        { name: 'main', type: 'ollama', base_url: `http://127.0.0.1:${upstream?.port}`, models: [model] },
      ],
    }),
  })
  const response = await ask(scene, 'chat/completions', { messages })
  expect(await response.json()).toMatchObject({ model, choices: [{ message: { content: 'Hello' } }] })
  expect(asked(scene)).toMatchObject({ model, messages })
})

test("Azure's client is answered", async () => {
  const scene = await openScene({ upstreams: [[answerJson(200, completion('Hello'))]] })
  const client = new AzureOpenAI({
    apiKey: testKey,
    endpoint: scene.gateway.url,
    deployment: model,
    apiVersion: '2024-10-21',
    maxRetries: 0,
  })
  const reply = await client.chat.completions.create({ model: '', messages })
  expect(reply.choices[0]?.message.content).toBe('Hello')
})

test('the newer path of completions is served as well', async () => {
  const reply = { ...completion('Hello'), choices: [{ index: 0, text: 'Hello' }] }
  const scene = await openScene({ upstreams: [[answerJson(200, reply)]] })
  const response = await scene.gateway.post('/openai/v1/completions', { model, prompt: 'Hi' })
  expect(await response.json()).toMatchObject({ choices: [{ text: 'Hello' }] })
})

test('without a model anywhere the field is named as missing', async () => {
  const scene = await openScene({ upstreams: [[]] })
  const response = await scene.gateway.post('/openai/v1/chat/completions', { messages })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { param: 'model' } })
})
