// A whole gateway inside the test process, on loopback and a folder of its own: what a test sends goes through every
// real part, from socket to socket.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { loadPlugins } from '../../src/app/plugins.ts'
import { type App, startApp } from '../../src/app.ts'
import { formatProblem } from '../../src/config/describe.ts'
import { type LoadResult, loadConfiguration } from '../../src/config/load.ts'
import { findPlugins } from '../../src/config/plugins.ts'
import { kindsWith } from '../../src/providers/kinds.ts'

export const testKey = 'test-key-of-the-suite'

export interface TestGateway {
  readonly app: App
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly port: number
  readonly directory: string
  /** Replaces the configuration file; the running gateway notices by itself. */
  writeConfiguration(yaml: string): void
  /** Sends JSON with the key of the suite. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
  chat(body?: object, headers?: Record<string, string>): Promise<Response>
  /** Lines of the access log so far. */
  readLog(): Record<string, unknown>[]
  /** Ends the gateway and gives the rows of its ledger, oldest first. */
  stopAndReadLedger(): Promise<Record<string, unknown>[]>
  stop(): Promise<void>
}

/**
 * @param yaml everything but `server.port`, `auth`, `logging` and `discovery`, which are set here unless it has them:
 *   upstreams are asked for what a test asks alone
 * @param directory of an earlier gateway that was stopped; a new one where it is left out
 */
export async function startTestGateway(
  yaml: string,
  directory = mkdtempSync(join(tmpdir(), 'llm-proxy-test-')),
): Promise<TestGateway> {
  const file = join(directory, 'config.yaml')
  const complete = (text: string): string =>
    [
      text,
      /^auth:/m.test(text) ? '' : `auth:\n  api_keys: ["${testKey}"]`,
      /^discovery:/m.test(text) ? '' : 'discovery:\n  enabled: false',
      /^logging:/m.test(text) ? '' : 'logging:\n  level: INFO\n  file: access.log',
      /^server:/m.test(text) ? '' : 'server:\n  port: 0',
    ].join('\n')
  writeFileSync(file, complete(yaml))
  const plugins = await loadPlugins(findPlugins({ file, environment: {} }))
  if (plugins.problems.length > 0) throw new Error(plugins.problems.map(formatProblem).join('\n'))
  const knownProviders = kindsWith(plugins.providers)
  const load = (): LoadResult => loadConfiguration({ file, environment: { PORT: '0' }, knownProviders })
  const loaded = load()
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'))
  const app = await startApp({
    configuration: loaded.configuration,
    load,
    watchFile: file,
    dataDirectory: join(directory, 'data'),
    version: '0.0.0-test',
    plugins: plugins.providers,
  })
  const url = `http://127.0.0.1:${app.address.port}`
  const post: TestGateway['post'] = (path, body, headers = {}) =>
    fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    })
  let stopped: Promise<unknown> | null = null
  const stopOnce = async (): Promise<void> => {
    stopped ??= app.stop()
    await stopped
  }
  return {
    app,
    url,
    port: app.address.port,
    directory,
    writeConfiguration: text => writeFileSync(file, complete(text)),
    post,
    chat: (body = {}, headers) =>
      post(
        '/v1/chat/completions',
        { model: 'test-model', messages: [{ role: 'user', content: 'Hello' }], ...body },
        headers,
      ),
    readLog() {
      app.flush()
      return readFileSync(join(directory, 'data', 'access.log'), 'utf8')
        .split('\n')
        .filter(line => line !== '')
        .map(line => JSON.parse(line) as Record<string, unknown>)
    },
    async stopAndReadLedger() {
      await stopOnce()
      const database = new DatabaseSync(join(directory, 'data', 'gateway.sqlite'), { readOnly: true })
      const rows = database.prepare('SELECT * FROM ledger ORDER BY started_at, id').all()
      database.close()
      return rows
    },
    async stop() {
      await stopOnce()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
