// This gateway with everything on: key, rate limit, ledger, access log, metrics, cost.

import { existsSync, readdirSync, statSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Subject, startAndWait } from './subject.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const key = 'benchmark-key-0123456789abcdef'
const model = 'gpt-4o-mini'

/** JSON is YAML too. */
function createConfiguration(options: { upstreamPort: number; folder: string }): string {
  const configuration = {
    auth: { api_keys: [key] },
    providers: [
      {
        name: 'upstream',
        type: 'openai',
        base_url: `http://127.0.0.1:${options.upstreamPort}/v1`,
        api_key_env: 'BENCHMARK_UPSTREAM_KEY',
        models: [model],
        enabled: true,
        priority: 1,
        max_connections: 20_000,
      },
    ],
    caching: { enabled: false },
    rate_limit: { requests_per_window: 1_000_000_000, window_seconds: 60, burst_limit: 1_000_000_000 },
    logging: { level: 'INFO', format: 'json', file: join(options.folder, 'access.log') },
  }
  return `${JSON.stringify(configuration, null, 2)}\n`
}

/** What a build has made is what users run; from the sources the types are stripped at every start. */
function findProgram(): { path: string; kind: 'built' | 'from the sources' } {
  const built = join(root, 'dist/main.js')
  const source = join(root, 'src/main.ts')
  const newest = () =>
    Math.max(
      ...readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile() && !entry.name.endsWith('.test.ts'))
        .map(entry => statSync(join(entry.parentPath, entry.name)).mtimeMs),
    )
  if (existsSync(built) && statSync(built).mtimeMs > newest()) return { path: built, kind: 'built' }
  return { path: source, kind: 'from the sources' }
}

export const gateway: Subject = {
  name: 'gateway',
  features: 'key, rate limit, routing, access log to a file, metrics, cost, ledger',
  isPeer: false,
  anthropic: { path: '/v1/messages', headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01' } },
  async prepare() {
    if (!existsSync(join(root, 'src/main.ts'))) throw new Error('src/main.ts does not exist')
  },
  async readVersion() {
    const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    const version = manifest instanceof Object && 'version' in manifest ? manifest.version : 'unknown'
    return `${String(version)} (${findProgram().kind})`
  },
  async start({ launcher, core, upstreamPort, folder }) {
    const file = join(folder, 'config.yaml')
    await writeFile(file, createConfiguration({ upstreamPort, folder }))
    const { launched, origin, readyMs } = await startAndWait({
      launcher,
      launch: {
        command: process.execPath,
        arguments: [
          findProgram().path,
          'serve',
          '--config',
          file,
          '--host',
          '127.0.0.1',
          '--port',
          '0',
          '--data',
          folder,
        ],
        core,
        environment: { BENCHMARK_UPSTREAM_KEY: 'upstream', NODE_ENV: 'production' },
        folder,
      },
      origin: null,
      healthPath: '/health/ready',
      timeoutMs: 20_000,
    })
    return {
      launched,
      readyMs,
      target: {
        host: origin.hostname,
        port: Number(origin.port),
        path: '/v1/chat/completions',
        headers: { authorization: `Bearer ${key}` },
      },
    }
  },
}
