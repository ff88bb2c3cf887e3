// A real Redis for one test file: on a free port of loopback, in a folder of its own, with nothing kept.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
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

export async function startRedis(...settings: readonly string[]): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-redis-'))
  const port = await findFreePort()
  const start = async (): Promise<RunningChild> => {
    const parameters = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--dir',
      folder,
      ...settings,
    ]
    const started = startChild('redis-server', parameters, { folder })
    await started.waitForOutput(/Ready to accept connections/)
    return started
  }
  let child = await start()
  const kill = async (): Promise<void> => {
    child.send('SIGKILL')
    await child.exited
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    async restart() {
      await kill()
      child = await start()
    },
    freeze: () => child.send('SIGSTOP'),
    thaw: () => child.send('SIGCONT'),
    run: (...words) =>
      spawnSync('redis-cli', ['-p', String(port), ...words], { encoding: 'utf8' }).stdout.trim(),
    async close() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
