// A real Redis for one test file: on a free port of loopback, in a folder of its own, with nothing kept.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '../../bench/lib/free-port.ts'
import { type RunningChild, startChild } from './child-process.ts'

export const hasRedis = spawnSync('redis-server', ['--version']).error === undefined

export interface RedisServer {
  readonly url: string
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>
  /** Starts it again at the same port, with nothing in it. */
  restart(): Promise<void>
  /** It keeps its connections and answers nothing, until it is thawed. */
  freeze(): void
  thaw(): void
  /** What a command of another client answers. */
  run(...words: string[]): string
  close(): Promise<void>
}

export const startRedis = (...settings: readonly string[]): Promise<RedisServer> => startRedisAs({ settings })

export interface RedisManner {
  readonly settings: readonly string[]
  /** Authority, certificate and key: then it speaks TLS alone. */
  readonly tls?: { readonly ca: string; readonly certificate: string; readonly key: string }
  /** It watches over other servers, and holds nothing. */
  readonly sentinel?: true
}

export async function startRedisAs({ settings, tls, sentinel }: RedisManner): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-redis-'))
  const port = await findFreePort()
  const start = async (): Promise<RunningChild> => {
    const parameters = [
      ...(sentinel ? [sentinelFile(folder), '--sentinel'] : []),
      ...(tls === undefined ? ['--port', String(port)] : ['--port', '0', '--tls-port', String(port)]),
      ...(tls === undefined ? [] : ['--tls-ca-cert-file', tls.ca, '--tls-cert-file', tls.certificate]),
      ...(tls === undefined ? [] : ['--tls-key-file', tls.key]),
      '--bind',
      '127.0.0.1',
      ...(sentinel ? [] : ['--save', '']),
      '--dir',
      folder,
      ...settings,
    ]
    const started = startChild('redis-server', parameters, { folder })
    await started.waitForOutput(sentinel ? /Sentinel ID is/ : /Ready to accept connections/)
    return started
  }
  const cliTls =
    tls === undefined ? [] : ['--tls', '--cacert', tls.ca, '--cert', tls.certificate, '--key', tls.key]
  let child = await start()
  const kill = async (): Promise<void> => {
    child.send('SIGKILL')
    await child.exited
  }
  return {
    url: `${tls === undefined ? 'redis' : 'rediss'}://127.0.0.1:${port}`,
    kill,
    async restart() {
      await kill()
      child = await start()
    },
    freeze: () => child.send('SIGSTOP'),
    thaw: () => child.send('SIGCONT'),
    run: (...words) =>
      spawnSync('redis-cli', ['-p', String(port), ...cliTls, ...words], { encoding: 'utf8' }).stdout.trim(),
    async close() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A sentinel writes into its configuration, and does not start without one. */
function sentinelFile(folder: string): string {
  const file = join(folder, 'sentinel.conf')
  writeFileSync(file, '')
  return file
}
