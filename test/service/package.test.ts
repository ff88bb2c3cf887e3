// The package as it would be published: packed, installed into an empty folder, started, and asked.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageSettings, type RunningChild, run, startChild } from '../support/child-process.ts'
import {
  chatBody,
  describeGateway,
  makeFolder,
  removeFolder,
  repository,
} from '../support/gateway-process.ts'

const environment = { ...packageSettings() }
const folder = makeFolder()
const installed = join(folder, 'node_modules/llm-proxy-api')
let files: readonly string[] = []

async function mustRun(command: string, parameters: readonly string[], where: string): Promise<string> {
  const end = await run(command, parameters, { folder: where, environment })
  if (end.code !== 0) throw new Error(`${command} ${parameters.join(' ')}\n${end.stdout}\n${end.stderr}`)
  return end.stdout
}

beforeAll(async () => {
  const packed = await mustRun('npm', ['pack', '--silent', '--pack-destination', folder], repository)
  const tarball = packed.trim().split('\n').at(-1) ?? ''
  expect(tarball).toMatch(/^llm-proxy-api-.*\.tgz$/)
  await mustRun('npm', ['install', '--no-audit', '--no-fund', `./${tarball}`], folder)
  files = globSync('**/*', { cwd: installed, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(installed.length + 1))
    .filter(path => !path.startsWith('node_modules/'))
}, 300_000)

afterAll(() => removeFolder(folder))

type Start = (parameters: string[], where: string) => RunningChild

/** Starts it in a folder of its own below the one where it is installed, asks it once, and ends it. */
async function expectAnswer(name: string, start: Start): Promise<void> {
  const where = join(folder, name)
  mkdirSync(where)
  const child = start(['--port', '0', '--data', join(where, 'data')], where)
  try {
    const gateway = await describeGateway(child, where)
    const answer = await gateway.post('/v1/chat/completions', chatBody())
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ choices: [{ message: { role: 'assistant' } }] })
    expect((await fetch(`${gateway.url}/health`)).status).toBe(200)
    expect((await fetch(`${gateway.url}/metrics/prometheus`)).status).toBe(200)
  } finally {
    // The shell of npx keeps signals to itself.
    if (name === 'npx') process.kill(Number(readFileSync(join(where, 'data/gateway.pid'), 'utf8')), 'SIGTERM')
    else child.send('SIGTERM')
  }
  expect(await child.exited).toEqual({ code: 0, signal: null })
}

test('npx llm-proxy answers the first request', async () => {
  await expectAnswer('npx', (parameters, where) =>
    startChild('npx', ['llm-proxy', ...parameters], { folder: where, environment }),
  )
})

test('its version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    version: string
  }
  expect((await mustRun('npx', ['llm-proxy', '--version'], folder)).trim()).toBe(version)
})

test('it holds what it runs on, and nothing else', () => {
  const allowed = /^(dist\/.+\.(js|d\.ts|json)|bin\/llm-proxy\.js|docs\/.+\.(md|json)|examples\/.+)$|^[^/]+$/
  expect(files.filter(path => !allowed.test(path))).toEqual([])
  expect(files.filter(path => /\.(test|fixture)\./.test(path))).toEqual([])
  expect(files.filter(path => !path.includes('/')).toSorted()).toEqual([
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'LICENSE',
    'README.md',
    'SECURITY.md',
    'config.example.yaml',
    'package.json',
  ])
  for (const path of ['dist/main.js', 'bin/llm-proxy.js', 'docs/config.schema.json'])
    expect(files).toContain(path)
})

test('it says nothing of the machine that it was packed on', () => {
  const telling = [repository, `${homedir()}/`].filter(path => path.length > 2)
  const leaks = files.filter(path => {
    const text = readFileSync(join(installed, path), 'utf8')
    return telling.some(word => text.includes(word))
  })
  expect(leaks).toEqual([])
})

test('it finds the price table and the schema of its own', async () => {
  const example = join(installed, 'config.example.yaml')
  expect(await mustRun('npx', ['llm-proxy', 'check', example], folder)).toMatch(/: valid\n$/)
})

/** A Node of the system that is older than the gateway wants, if there is one. */
function findOlderNode(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(path => !path.includes('node_modules'))
  return folders
    .map(path => join(path, 'node'))
    .find(node => {
      if (!existsSync(node)) return false
      const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout
      return Number(/^v(\d+)/.exec(version)?.[1] ?? 99) < 24
    })
}

const olderNode = findOlderNode()

describe.skipIf(olderNode === undefined)('an older Node (where the system has one)', () => {
  const node = olderNode ?? ''
  /** Without the folder from which npx would take the newer one. */
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter(part => !part.includes('node_modules'))
    .join(delimiter)
  const bin = join(installed, 'bin/llm-proxy.js')

  test('hands over to the one that was installed beside the package', async () => {
    expect(execFileSync(node, ['--version'], { encoding: 'utf8' })).toMatch(/^v(1\d|2[0-3])\./)
    await expectAnswer('older-node', (parameters, where) =>
      startChild(node, [bin, ...parameters], { folder: where, environment: { ...environment, PATH: path } }),
    )
  })

  test('passes exit codes on', async () => {
    const options = { folder, environment: { ...environment, PATH: path } }
    expect((await run(node, [bin, '--prot'], options)).code).toBe(2)
    expect((await run(node, [bin, 'check', 'nowhere.yaml'], options)).code).toBe(3)
  })
})
