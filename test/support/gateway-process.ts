// The gateway as its user starts it: a process of its own, in a folder of its own, without the keys of whoever runs
// the tests.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type RunningChild, startChild } from './child-process.ts'

export const repository = join(import.meta.dirname, '../..')
export const mainFile = join(repository, 'src/main.ts')

export interface GatewayProcess extends RunningChild {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly port: number
  /** The working folder; it holds `data`. */
  readonly folder: string
  /** The configured key, or the one that the first start printed. */
  readonly key: string
  /** Sends JSON with the key. */
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>
  get(path: string): Promise<Response>
  /** Values of the metrics by name with labels, as Prometheus would read them. */
  readMetrics(): Promise<ReadonlyMap<string, number>>
}

export interface GatewayOptions {
  /** Text of the configuration file; none where it is left out. */
  readonly yaml?: string
  /** The working folder; a new one where it is left out. */
  readonly folder?: string
  readonly parameters?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

export const serviceKey = 'key-of-the-service-suite'

/** Configuration of a gateway with the suite's key, on a free port. Upstreams are asked for what a test asks alone. */
export function withKey(yaml: string): string {
  return `${yaml}\ndiscovery:\n  enabled: false\nserver:\n  port: 0\nauth:\n  api_keys: ["${serviceKey}"]\nlogging:\n  file: access.log\n`
}

export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'llm-proxy-service-'))
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

/** Resolves when the gateway has printed its address. */
export async function startGateway(options: GatewayOptions = {}): Promise<GatewayProcess> {
  const folder = options.folder ?? makeFolder()
  const file = join(folder, 'gateway.yaml')
  if (options.yaml !== undefined) writeFileSync(file, options.yaml)
  const parameters = [
    ...(options.yaml === undefined ? ['--port', '0'] : ['--config', file]),
    ...(options.parameters ?? []),
  ]
  const child = startChild(process.execPath, [mainFile, ...parameters], { ...options, folder })
  return await describeGateway(child, folder)
}

/** A process that is, or will be, a gateway. */
export async function describeGateway(child: RunningChild, folder: string): Promise<GatewayProcess> {
  const [, url = '', port = ''] = await child.waitForOutput(/listens on (http:\/\/\S+:(\d+))/)
  await child.waitForOutput(/curl \S+\/health\n/)
  const key = /only this once: (\S+)/.exec(child.stdout())?.[1] ?? serviceKey
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  return {
    ...child,
    get hasExited() {
      return child.hasExited
    },
    url,
    port: Number(port),
    folder,
    key,
    get: path => fetch(url + path, { headers }),
    post: (path, body, init = {}) =>
      fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body), ...init }),
    readMetrics: async () => parseMetrics(await (await fetch(`${url}/metrics/prometheus`)).text()),
  }
}

function parseMetrics(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map(line => {
      const end = line.lastIndexOf(' ')
      return [line.slice(0, end), Number(line.slice(end + 1))]
    }),
  )
}

export interface LedgerRecord {
  readonly id: string
  readonly status: number
  readonly outcome: string
  readonly provider: string | null
}

/** The rows of a gateway that has ended, oldest first. */
export function readLedger(folder: string): LedgerRecord[] {
  const database = new DatabaseSync(join(folder, 'data/gateway.sqlite'), { readOnly: true })
  const rows = database.prepare('SELECT * FROM ledger ORDER BY started_at, id').all()
  database.close()
  return rows as unknown as LedgerRecord[]
}

export function chatBody(more: object = {}): object {
  return { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }], ...more }
}
