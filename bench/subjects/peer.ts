// Any other gateway, described by a small file: how to install, start and ask it. docs/performance.md explains it.

import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { findFreePort } from '../lib/free-port.ts'
import { type Subject, SubjectError, startAndWait } from './subject.ts'

const command = z.array(z.string()).min(1)

/** In all texts `{home}`, `{folder}`, `{port}`, `{upstream}` and `{node}` are filled in. */
const peerSchema = z.strictObject({
  name: z.string().regex(/^[\w-]+$/),
  /** What is switched on. */
  features: z.string(),
  /** Run once, in `{home}`, while `installed` does not exist. */
  install: z.array(command).default([]),
  installed: z.string().optional(),
  /** The last line of its output is the version. */
  version: command.optional(),
  /** Name -> text (or JSON) of files written into `{folder}` before each start. */
  files: z.record(z.string(), z.unknown()).default({}),
  start: command,
  environment: z.record(z.string(), z.string()).default({}),
  health: z.string(),
  startTimeoutSeconds: z.number().default(60),
  path: z.string(),
  headers: z.record(z.string(), z.string()).default({}),
})

export type PeerFile = z.infer<typeof peerSchema>

const run = promisify(execFile)
const installTimeoutMs = 15 * 60_000

/** Throws an Error that names the file and the field. */
export function readPeerFile(path: string): PeerFile {
  const parsed = peerSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')))
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}

/** `{name}` -> its value; names that are not known stay as they are. */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}

export function createPeer(file: PeerFile, workFolder: string): Subject {
  const home = join(workFolder, 'peers', file.name)
  const fixed = { home, node: process.execPath }
  const fillAll = (words: readonly string[], values: Readonly<Record<string, string>> = fixed) =>
    words.map(word => fillIn(word, values))
  // The peers run on the same Node as the rest.
  const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`

  const runOnce = async (words: readonly string[]) => {
    const [program = '', ...rest] = fillAll(words)
    const options = { cwd: home, env: { ...process.env, PATH: path }, timeout: installTimeoutMs }
    return run(program, rest, options).catch((error: Error & { stdout?: string; stderr?: string }) => {
      const lines = `${error.stdout ?? ''}${error.stderr ?? ''}`.trimEnd().split('\n')
      throw new SubjectError(`${words.join(' ')}: ${error.message.split('\n')[0]}`, lines.slice(-20))
    })
  }

  return {
    name: file.name,
    features: file.features,
    isPeer: true,
    anthropic: null,
    async prepare() {
      mkdirSync(home, { recursive: true })
      if (file.installed !== undefined && existsSync(fillIn(file.installed, fixed))) return
      process.stderr.write(`installing ${file.name}\n`)
      for (const words of file.install) await runOnce(words)
    },
    async readVersion() {
      if (file.version === undefined) return 'unknown'
      const { stdout } = await runOnce(file.version)
      return stdout.trimEnd().split('\n').at(-1) ?? 'unknown'
    },
    async start({ launcher, core, upstreamPort, folder }) {
      const port = await findFreePort()
      const upstream = `http://127.0.0.1:${upstreamPort}`
      const values = { ...fixed, folder, port: String(port), upstream }
      for (const [name, content] of Object.entries(file.files)) {
        const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2)
        writeFileSync(join(folder, name), fillIn(text, values))
      }
      const [program = '', ...rest] = fillAll(file.start, values)
      const environment = { PATH: path, ...mapValues(file.environment, text => fillIn(text, values)) }
      const { launched, readyMs } = await startAndWait({
        launcher,
        launch: { command: program, arguments: rest, core, environment, folder },
        origin: `http://127.0.0.1:${port}`,
        healthPath: file.health,
        timeoutMs: file.startTimeoutSeconds * 1000,
      })
      const headers = mapValues(file.headers, text => fillIn(text, values))
      return { launched, readyMs, target: { host: '127.0.0.1', port, path: file.path, headers } }
    },
  }
}

function mapValues(
  record: Readonly<Record<string, string>>,
  map: (text: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, text]) => [name, map(text)]))
}
