// A gateway with many models whose event loop is watched while it is asked for all of them, for one that does not exist,
// and to read its configuration anew. Usage: node questions-child.ts URL…, one for each upstream that lists models.
// Prints what it saw as one line of JSON.

import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { setTimeout as delayed } from 'node:timers/promises'
import { startTestGateway, testKey } from './test-gateway.ts'
import { type WatchedTurns, watchTurns } from './watch-turns.ts'

/** By what was done: of all times that it was done the one in the middle, as what others do on the machine counts too. */
export type WatchedQuestions = Readonly<Record<string, WatchedTurns>>

const warmUps = 3
const rounds = 5

const providers = process.argv.slice(2).map((url, index) => ({
  name: `host-${index}`,
  type: 'openrouter',
  base_url: url,
  api_key: 'key',
}))
const gateway = await startTestGateway(
  `discovery: { interval: 1h }\nproviders: ${JSON.stringify(providers)}\nserver: { port: 0, shutdown_timeout: 20ms }`,
)

/** Throws the answer away piece by piece: what this end does with it must not count. */
async function ask(path: string, headers: Record<string, string> = {}, body = ''): Promise<void> {
  const method = body === '' ? 'GET' : 'POST'
  const asking = request(gateway.url + path, {
    method,
    headers: { authorization: `Bearer ${testKey}`, ...headers },
  })
  asking.end(body)
  const [answer] = (await once(asking, 'response')) as [IncomingMessage]
  answer.resume()
  await once(answer, 'end')
}

/** Another one each time, each a letter away from one that is there. */
let mistakes = 0
const mistypedName = (): string => `publisher-7/model-3-${++mistakes * 7}-instrukt`

const actions: Readonly<Record<string, () => Promise<void>>> = {
  'the first list of all models': () => ask('/v1/models'),
  'another list of all models': () => ask('/v1/models'),
  'a list in the shape of Mistral': () => ask('/v1/models', { 'user-agent': 'mistral-client-python/3.7.0' }),
  'a list in the shape of Ollama': () => ask('/api/tags'),
  'the first page of 1000': () => ask('/api/models?limit=1000&live=true&facets=true'),
  'another page of 1000': () => ask('/api/models?limit=1000&live=true&facets=true'),
  'a chat with a name of nobody': () =>
    ask(
      '/v1/chat/completions',
      { 'content-type': 'application/json' },
      JSON.stringify({ model: mistypedName(), messages: [{ role: 'user', content: 'Hello' }] }),
    ),
  'a model of nobody': () => ask(`/v1/models/${mistypedName()}`),
  'a model of nobody at a provider': () => ask(`/v1/models/host-2/${mistypedName()}`),
  'a search for a model of nobody': () => ask(`/api/models/${mistypedName()}`),
  async 'a reload'() {
    await gateway.app.reload()
    await ask('/api/models?limit=1')
  },
}

const seen = new Map<string, WatchedTurns[]>()
for (let round = 0; round < warmUps + rounds; round++) {
  // Nothing of what was worked out of the lists holds any more.
  await gateway.app.discovery.refresh()
  await ask('/api/models?limit=1')
  for (const [title, act] of Object.entries(actions)) {
    const stop = watchTurns()
    await act()
    await delayed(50)
    const watched = stop()
    if (round >= warmUps) seen.set(title, [...(seen.get(title) ?? []), watched])
  }
}
await gateway.stop()
const inTheMiddle = [...seen].map(([title, all]) => {
  const sorted = all.toSorted((one, other) => one.longestWorkMs - other.longestWorkMs)
  return [title, sorted[Math.floor(sorted.length / 2)]]
})
process.stdout.write(`${JSON.stringify(Object.fromEntries(inTheMiddle))}\n`)
