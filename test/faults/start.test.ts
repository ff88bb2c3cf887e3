// A start that fails and is repeated, and a configuration that cannot even be read.

import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { type App, startApp } from '../../src/app.ts'
import type { Configuration } from '../../src/config/configuration.ts'
import { type LoadResult, loadConfiguration } from '../../src/config/load.ts'
import { providerKinds } from '../../src/providers/kinds.ts'
import { answerText } from '../support/fake-upstream.ts'
import { configurationText, openUpstream, providersFor, type Sections } from '../support/scene.ts'
import { testKey } from '../support/test-gateway.ts'

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-start-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function configurationFor(folder: string, sections: Sections = {}): Promise<Configuration> {
  const upstream = await openUpstream(answerText('hello'))
  const file = join(folder, 'config.yaml')
  const logging = { level: 'info', file: 'access.log' }
  writeFileSync(file, configurationText({ providers: providersFor([upstream]), logging, ...sections }))
  const loaded = loadConfiguration({ file, environment: {}, knownProviders: providerKinds })
  if (!loaded.ok) throw new Error('the configuration of the test is wrong')
  return loaded.configuration
}

interface StartOptions {
  readonly folder: string
  readonly configuration: Configuration
  readonly load?: () => LoadResult
}

async function start({ folder, configuration, load }: StartOptions): Promise<App> {
  const app = await startApp({
    configuration,
    load: load ?? (() => ({ ok: true, configuration, notices: [], reload: false })),
    watchFile: null,
    dataDirectory: join(folder, 'data'),
    version: '0.0.0-test',
  })
  onTestFinished(async () => void (await app.stop()))
  return app
}

async function ask({ address }: App, key: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${address.port}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: 'test-model', messages: [{ role: 'user', content: 'Hello' }] }),
  })
  await response.text()
  return response.status
}

function countStoredKeys(folder: string): number {
  const database = new DatabaseSync(join(folder, 'data', 'gateway.sqlite'), { readOnly: true })
  const rows = database.prepare('SELECT * FROM api_keys').all()
  database.close()
  return rows.length
}

test('a first start whose port is taken stores no key, and the next one shows a key that works', async () => {
  const folder = makeFolder()
  const blocker = createServer().listen(0, '127.0.0.1')
  await once(blocker, 'listening')
  const { port } = blocker.address() as AddressInfo
  const configuration = await configurationFor(folder, { server: { port } })
  await expect(start({ folder, configuration })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  expect(countStoredKeys(folder)).toBe(0)
  blocker.close()
  await once(blocker, 'close')
  const app = await start({ folder, configuration })
  expect(app.newKey).not.toBeNull()
  expect(countStoredKeys(folder)).toBe(1)
  expect(await ask(app, app.newKey?.reveal() ?? '')).toBe(200)
})

/** What the health document says of the newest configuration. */
async function readValidity({ address }: App): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${address.port}/health`)
  const { configuration } = (await response.json()) as { configuration: Record<string, unknown> }
  return configuration['valid']
}

test('a configuration that cannot be read changes nothing and is told, until one can be read again', async () => {
  const folder = makeFolder()
  const configuration = await configurationFor(folder, { auth: { api_keys: [testKey] } })
  let load = (): LoadResult => {
    throw new Error('EIO: the disk is gone')
  }
  const app = await start({ folder, configuration, load: () => load() })
  expect(await readValidity(app)).toBe(true)
  await app.reload()
  expect(await readValidity(app)).toBe(false)
  expect(await ask(app, testKey)).toBe(200)
  load = () => ({ ok: true, configuration, notices: [], reload: false })
  await app.reload()
  expect(await readValidity(app)).toBe(true)
  expect(await ask(app, testKey)).toBe(200)
})
