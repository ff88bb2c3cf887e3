// A configuration that changes while requests are in flight.

import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  answerText,
  type Behaviour,
  chunk,
  doneMarker,
  type FakeUpstream,
  streamEvents,
} from '../support/fake-upstream.ts'
import { configurationText, eventually, openScene, providersFor, type Scene } from '../support/scene.ts'
import { openStreamClient } from '../support/stream-client.ts'
import { waitUntil } from '../support/wait-until.ts'

const usual = {
  auth: { api_keys: ['test-key-of-the-suite'] },
  logging: { level: 'info', file: 'access.log' },
}
const configurationFor = (upstream: FakeUpstream | undefined, more: object = {}): string =>
  configurationText({ providers: providersFor(upstream ? [upstream] : []), ...usual, ...more })

/** Begins a stream and ends it when told. */
function openEnded(): { readonly behaviour: Behaviour; end(): void } {
  let end = (): void => {}
  const ended = new Promise<void>(resolve => {
    end = resolve
  })
  const events = [chunk({ role: 'assistant', content: 'old' }), chunk({}, 'stop') + doneMarker]
  return {
    behaviour: streamEvents(events, { before: index => (index === 1 ? ended : Promise.resolve()) }),
    end,
  }
}

function openTwo(first: Behaviour): Promise<Scene> {
  return openScene({
    upstreams: [[first], [answerText('new')]],
    sections: ([old]) => ({ providers: providersFor(old ? [old] : []) }),
  })
}

async function answered({ gateway }: Scene): Promise<string> {
  return (await gateway.chat()).text()
}

/** How often the log says that a configuration was taken over, or refused. */
function count({ gateway }: Scene, what: 'loaded' | 'refused'): number {
  return gateway.readLog().filter(({ message }) => String(message).startsWith(`configuration ${what}`)).length
}

test('a stream ends on the provider that it began with, the next request goes to the new one', async () => {
  const { behaviour, end } = openEnded()
  const scene = await openTwo(behaviour)
  const client = await openStreamClient(scene.gateway)
  await client.sees('old')
  scene.gateway.writeConfiguration(configurationFor(scene.upstreams[1]))
  await eventually(() => count(scene, 'loaded') === 2)
  expect(await answered(scene)).toContain('new')
  end()
  expect((await client.whole).endsWith(doneMarker)).toBe(true)
  await scene.settled()
  const rows = await scene.gateway.stopAndReadLedger()
  expect(rows).toMatchObject([{ outcome: 'ok' }, { outcome: 'ok' }])
  expect(new Set(rows.map(row => row['config_version'])).size).toBe(2)
})

test('a request of a provider that is removed meanwhile still gets its answer', async () => {
  let answer = (): void => {}
  const waiting: Behaviour = (request, response) => {
    answer = () => void answerText('from the old one')(request, response)
  }
  const scene = await openTwo(waiting)
  const asked = answered(scene)
  await eventually(() => scene.upstream.requests.length === 1)
  const [replacement] = providersFor(scene.upstreams.slice(1))
  const providers = [{ ...replacement, name: 'another' }]
  scene.gateway.writeConfiguration(configurationText({ providers, ...usual }))
  await eventually(() => count(scene, 'loaded') === 2)
  const response = await scene.gateway.chat()
  expect(response.headers.get('x-llm-proxy-provider')).toBe('another')
  expect(await response.text()).toContain('new')
  answer()
  expect(await asked).toContain('from the old one')
  await scene.settled()
})

test('the timers of a request are those of the configuration that it began with', async () => {
  const { behaviour, end } = openEnded()
  const scene = await openTwo(behaviour)
  const client = await openStreamClient(scene.gateway)
  await client.sees('old')
  const impatient = { timeouts: { idle: '1ms', headers: '1ms', first_token: '1ms', total: '1ms' } }
  scene.gateway.writeConfiguration(configurationFor(scene.upstream, impatient))
  await eventually(() => count(scene, 'loaded') === 2)
  expect((await scene.gateway.chat()).status).toBe(504)
  end()
  expect((await client.whole).endsWith(doneMarker)).toBe(true)
})

test.each([
  ['is not YAML', 'providers: [\n  {'],
  ['has an unknown key', 'serverr:\n  port: 1\n'],
  ['has a wrong value', 'timeouts:\n  total: soon\n'],
  ['has a provider of an unknown type', 'providers:\n  - type: no_such_vendor\n'],
])('a file that %s changes nothing, and a good one after it is taken', async (_what, broken) => {
  const scene = await openTwo(answerText('old'))
  scene.gateway.writeConfiguration(broken)
  await eventually(() => count(scene, 'refused') > 0)
  expect(await answered(scene)).toContain('old')
  expect(count(scene, 'loaded')).toBe(1)
  scene.gateway.writeConfiguration(configurationFor(scene.upstreams[1]))
  await eventually(() => count(scene, 'loaded') === 2)
  expect(await answered(scene)).toContain('new')
})

test('keys that are taken away no longer open, keys that are added do', async () => {
  const scene = await openTwo(answerText('old'))
  const auth = { api_keys: ['another-key-of-the-suite'] }
  scene.gateway.writeConfiguration(configurationFor(scene.upstream, { auth }))
  await eventually(() => count(scene, 'loaded') === 2)
  expect((await scene.gateway.chat()).status).toBe(401)
  const headers = { authorization: 'Bearer another-key-of-the-suite' }
  expect((await scene.gateway.chat({}, headers)).status).toBe(200)
})

test('a swap of the link behind the file, as in a mounted ConfigMap, is noticed', async () => {
  const scene = await openTwo(answerText('old'))
  const inFolder = (name: string): string => join(scene.gateway.directory, name)
  const mount = (version: string, upstream: FakeUpstream | undefined): void => {
    mkdirSync(inFolder(version))
    writeFileSync(join(inFolder(version), 'config.yaml'), configurationFor(upstream))
    symlinkSync(version, inFolder('..data_tmp'))
    renameSync(inFolder('..data_tmp'), inFolder('..data'))
  }
  mount('..version1', scene.upstream)
  symlinkSync('..data/config.yaml', inFolder('config.link'))
  renameSync(inFolder('config.link'), inFolder('config.yaml'))
  expect(await answered(scene)).toContain('old')
  mount('..version2', scene.upstreams[1])
  await eventually(() => count(scene, 'loaded') >= 2)
  await eventually(() => scene.gateway.readLog().length > 0)
  expect(await answered(scene)).toContain('new')
})

/** US dollars for a million tokens of input of the model, as they are shown. */
async function shownPrice({ gateway }: Scene): Promise<number | undefined> {
  const shown = await fetch(`${gateway.url}/api/models/upstream1/test-model?live=false`)
  return ((await shown.json()) as { prices: { input: number } | null }).prices?.input
}

const pricesOf = (input: number | string): string =>
  `- {provider: upstream1, model: test-model, input: ${input}, output: 8}\n`

test('a changed file of prices is taken over; of a broken one it is told what is wrong, and the former prices stay', async () => {
  const scene = await openTwo(answerText('old'))
  const file = join(scene.gateway.directory, 'prices.yaml')
  writeFileSync(file, pricesOf('a lot'))
  const models = { prices_file: file }
  scene.gateway.writeConfiguration(configurationFor(scene.upstream, { models }))
  await eventually(() => count(scene, 'refused') === 1)

  // Nobody touches the configuration: the file that it names is put right, goes wrong, and is put right again.
  writeFileSync(file, pricesOf(2))
  await eventually(() => count(scene, 'loaded') === 2)
  expect(await shownPrice(scene)).toBe(2)

  writeFileSync(file, pricesOf('much'))
  await eventually(() => count(scene, 'refused') === 2)
  const warning = scene.gateway
    .readLog()
    .findLast(({ message }) => String(message).startsWith('configuration refused'))
  expect(JSON.stringify(warning)).toContain(`${file}:1:51 [0].input: Must be a number`)
  expect(await shownPrice(scene)).toBe(2)
  expect(await answered(scene)).toContain('old')

  writeFileSync(file, pricesOf(3))
  await eventually(() => count(scene, 'loaded') === 3)
  expect(await shownPrice(scene)).toBe(3)
})

test('a changed file of facts is taken over as well, and one that is not named any more is let go', async () => {
  const scene = await openTwo(answerText('old'))
  const file = join(scene.gateway.directory, 'details.yaml')
  const window = async (): Promise<unknown> => {
    const shown = await fetch(`${scene.gateway.url}/api/models/upstream1/test-model?live=false`)
    return ((await shown.json()) as { context_window: number | null }).context_window
  }
  writeFileSync(file, 'test-model: {context_window: 1000}\n')
  scene.gateway.writeConfiguration(configurationFor(scene.upstream, { models: { details_file: file } }))
  await eventually(() => count(scene, 'loaded') === 2)
  expect(await window()).toBe(1000)
  writeFileSync(file, 'test-model: {context_window: 2000}\n')
  await eventually(() => count(scene, 'loaded') === 3)
  expect(await window()).toBe(2000)

  scene.gateway.writeConfiguration(configurationFor(scene.upstream))
  await eventually(() => count(scene, 'loaded') === 4)
  writeFileSync(file, 'test-model: {context_window: many}\n')
  scene.gateway.writeConfiguration(configurationFor(scene.upstream, { timeouts: { total: '9s' } }))
  await eventually(() => count(scene, 'loaded') === 5)
  expect(count(scene, 'refused')).toBe(0)
})

async function readValidity({ gateway }: Scene): Promise<unknown> {
  const health = (await (await fetch(`${gateway.url}/health`)).json()) as {
    configuration: { valid: boolean }
  }
  return health.configuration.valid
}

test('of several reloads at once, the file that was read last stays in force, a good one or a broken one', async () => {
  const scene = await openTwo(answerText('old'))
  const reload = (text: string): Promise<void> => {
    scene.gateway.writeConfiguration(text)
    return scene.gateway.app.reload()
  }
  const [old, other] = scene.upstreams.map(upstream => configurationFor(upstream))
  const broken = 'serverr:\n  port: 1\n'

  await Promise.all([reload(other ?? ''), reload(old ?? ''), reload(other ?? '')])
  expect(await answered(scene)).toContain('new')
  expect(await readValidity(scene)).toBe(true)

  await Promise.all([reload(old ?? ''), reload(broken)])
  expect(await answered(scene)).toContain('old')
  expect(await readValidity(scene)).toBe(false)

  await Promise.all([reload(broken), reload(other ?? '')])
  expect(await answered(scene)).toContain('new')
  expect(await readValidity(scene)).toBe(true)
})

test('a file that is named and changed while a reload goes on is not missed', async () => {
  const scene = await openTwo(answerText('old'))
  const file = join(scene.gateway.directory, 'prices.yaml')
  writeFileSync(file, pricesOf(2))
  scene.gateway.writeConfiguration(configurationFor(scene.upstream, { models: { prices_file: file } }))
  const settled = scene.gateway.app.reload()
  writeFileSync(file, pricesOf(3))
  await settled
  await waitUntil('the newest prices are shown', async () => (await shownPrice(scene)) === 3)
})

test('a gateway that is told to end while a reload goes on ends, and takes nothing over any more', async () => {
  const scene = await openTwo(answerText('old'))
  scene.gateway.writeConfiguration(configurationFor(scene.upstreams[1]))
  const settled = scene.gateway.app.reload()
  const stopped = scene.gateway.stopAndReadLedger()
  await Promise.all([settled, stopped])
  await scene.gateway.app.reload()
  expect(count(scene, 'loaded')).toBe(1)
})
