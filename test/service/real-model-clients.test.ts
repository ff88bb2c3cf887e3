// A real model behind a server with three wire formats: whichever of them the gateway asks it by, the SDK of every format
// reads what the server itself answers. Skipped where LLM_PROXY_SHARED, the folder with the tool, is not set.
// The model is too small to call tools: it answers with text, whatever it is offered.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AskingClient, openClients, type Question, type Read } from '../support/asking-clients.ts'
import { type GatewayProcess, removeFolder, startGateway, withKey } from '../support/gateway-process.ts'
import { hasRealModel, type RealModel, realModelName, startRealModel } from '../support/real-model.ts'

/** The server does not mind by which name its model is called. OpenAI has this one on its API of responses alone. */
const responsesModel = 'gpt-4.1-pro'

function gatewayBefore({ url }: RealModel): Promise<GatewayProcess> {
  const common = { api_key: 'none', max_retries: 0 }
  const providers = [
    { name: 'chat', type: 'openai_compatible', base_url: `${url}/v1`, models: [realModelName] },
    { name: 'messages', type: 'anthropic', base_url: url, models: ['claude-haiku-4-5'] },
    { name: 'responses', type: 'openai', base_url: `${url}/v1`, models: [responsesModel] },
  ].map(provider => ({ ...common, ...provider }))
  return startGateway({ yaml: withKey(`providers: ${JSON.stringify(providers)}`) })
}

const question: Question = {
  model: realModelName,
  system: 'You are a helpful assistant.',
  text: 'What is the capital of France?',
  maxTokens: 24,
}

describe.skipIf(!hasRealModel)('a real model (where LLM_PROXY_SHARED is set)', () => {
  let model: RealModel
  let gateway: GatewayProcess
  let clients: ReadonlyMap<string, AskingClient>
  let expected: Read

  beforeAll(async () => {
    model = await startRealModel()
    gateway = await gatewayBefore(model)
    clients = new Map(openClients(gateway).map(client => [client.name, client]))
    const [direct] = openClients({ url: model.url, key: 'none' })
    if (direct === undefined) throw new Error('no client')
    expected = await direct.whole(question)
  }, 300_000)

  afterAll(async () => {
    await gateway.stop()
    await model.stop()
    removeFolder(gateway.folder)
  })

  test('answers something', () => {
    expect(expected.text).toContain('Paris')
    expect(expected.input).toBeGreaterThan(10)
    expect(expected.output).toBeGreaterThan(3)
  })

  test('is asked on the API of responses where its model lives there', async () => {
    const messages = [{ role: 'user', content: 'Hi' }]
    const answer = await gateway.post('/v1/chat/completions', {
      model: responsesModel,
      messages,
      max_tokens: 1,
    })
    expect(await answer.json()).toMatchObject({ id: expect.stringMatching(/^resp_/) as string })
  })

  describe.each([
    ['chat completions', realModelName],
    ['messages', 'claude-haiku-4-5'],
    ['responses', responsesModel],
  ])('asked by %s', (_format, name) => {
    test.each(openClients({ url: 'http://nowhere', key: 'none' }).map(client => [client.name]))(
      'says the same to the client of %s, whole and in a stream',
      async clientName => {
        const client = clients.get(clientName)
        const asked = { ...question, model: name }
        expect(await client?.whole(asked)).toEqual(expected)
        expect(await client?.stream(asked)).toEqual(expected)
      },
    )
  })
})
