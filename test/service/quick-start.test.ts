// The first minute with the gateway: what it prints is true, what it is told it obeys, and what is wrong it says, with
// the exit code that is documented.

import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { run, startChild } from '../support/child-process.ts'
import {
  chatBody,
  describeGateway,
  type GatewayOptions,
  type GatewayProcess,
  mainFile,
  makeFolder,
  removeFolder,
  repository,
  startGateway,
} from '../support/gateway-process.ts'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) removeFolder(folder)
})

function newFolder(): string {
  const folder = makeFolder()
  folders.push(folder)
  return folder
}

async function start(options: GatewayOptions = {}): Promise<GatewayProcess> {
  const gateway = await startGateway({ folder: newFolder(), ...options })
  onTestFinished(() => void gateway.stop())
  return gateway
}

/** Runs the program to its end, for what it says and its exit code. */
function llmProxy(parameters: readonly string[], options: { folder?: string; environment?: object } = {}) {
  return run(process.execPath, [mainFile, ...parameters], {
    folder: options.folder ?? newFolder(),
    environment: { ...options.environment },
  })
}

/** The lines below `Try:`, as they would be copied into a shell. */
function printedCommands(gateway: GatewayProcess): string[] {
  const [, commands = ''] = gateway.stdout().split('Try:\n')
  return commands
    .split('\n')
    .filter(line => line.startsWith('  curl '))
    .map(line => line.trim())
}

test('npm start without any configuration answers the very curl that it prints', async () => {
  const folder = newFolder()
  const child = startChild('npm', ['start', '--', '--port', '0', '--data', join(folder, 'data')], {
    folder: repository,
  })
  onTestFinished(() => void child.stop())
  const gateway = await describeGateway(child, folder)
  expect(gateway.stdout()).toContain('simulator: built in')
  const [ask = '', health = ''] = printedCommands(gateway)
  const answer = await run('sh', ['-c', `${ask} --fail --silent --show-error`])
  expect(answer.stderr).toBe('')
  expect(JSON.parse(answer.stdout)).toMatchObject({
    object: 'chat.completion',
    choices: [{ message: { role: 'assistant', content: expect.stringMatching(/\S/) } }],
  })
  const healthy = await run('sh', ['-c', `${health} --fail --silent --show-error`])
  expect(JSON.parse(healthy.stdout)).toMatchObject({ status: 'healthy' })
})

test('SIGTERM to npm start ends the gateway too', async () => {
  const folder = newFolder()
  const parameters = ['start', '--', '--port', '0', '--data', join(folder, 'data')]
  const gateway = await describeGateway(startChild('npm', parameters, { folder: repository }), folder)
  expect(await gateway.stop()).toMatchObject({ code: 0 })
  expect(gateway.stdout()).toContain('SIGTERM: finishing what is in flight')
  await expect(fetch(`${gateway.url}/health/live`)).rejects.toThrow()
})

test('health, metrics and the welcome answer at their documented addresses', async () => {
  const gateway = await start()
  const paths = ['/', '/health', '/health/live', '/health/ready', '/metrics', '/metrics/prometheus']
  for (const path of paths) expect((await fetch(gateway.url + path)).status, path).toBe(200)
  expect(await (await fetch(`${gateway.url}/metrics`)).json()).toMatchObject({
    cache_performance: {},
    performance: {},
    providers: {},
    system: {},
    business: {},
  })
  expect((await fetch(`${gateway.url}/nothing`)).status).toBe(404)
})

test('a second start on the same data takes the key of the first and prints none', async () => {
  const first = await start()
  const { key, folder } = first
  expect(key).toMatch(/^llmp_/)
  expect((await first.stop()).code).toBe(0)

  const second = await start({ folder })
  expect(second.stdout()).not.toMatch(/llmp_/)
  expect(second.stdout()).toContain('1 stored')
  const answer = await fetch(`${second.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })
  expect(answer.status).toBe(200)
  expect((await fetch(`${second.url}/v1/models`)).status).toBe(401)
})

test('the key itself is nowhere in the data directory', async () => {
  const gateway = await start()
  const { key, folder } = gateway
  await gateway.post('/v1/chat/completions', chatBody())
  await gateway.stop()
  expect((await run('grep', ['--recursive', '--quiet', '--text', key, folder])).code).toBe(1)
})

test('API_KEYS_REQUIRED=false lets this machine in without a key', async () => {
  const gateway = await start({ environment: { API_KEYS_REQUIRED: 'false' } })
  expect(gateway.stdout()).toContain('requests from this machine need none')
  const [ask = ''] = printedCommands(gateway)
  expect(ask).not.toContain('authorization')
  expect((await run('sh', ['-c', `${ask} --fail --silent --show-error`])).code).toBe(0)
})

test('API_KEYS_REQUIRED=false is refused for an address that others can reach', async () => {
  const end = await llmProxy(['--port', '0', '--host', '0.0.0.0'], {
    environment: { API_KEYS_REQUIRED: 'false' },
  })
  expect(end.code).toBe(3)
  expect(end.stderr).toContain('API_KEYS_REQUIRED')
})

test('HOST, PORT and LLM_PROXY_CONFIG count, and the command line counts more', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'mine.yaml'), 'app:\n  name: mine\nserver:\n  host: 127.0.0.1\n  port: 1\n')
  const environment = { LLM_PROXY_CONFIG: 'mine.yaml', HOST: '127.0.0.2', PORT: '2' }
  const gateway = await start({ folder, environment })
  expect(gateway.stdout()).toContain('mine.yaml')
  expect(gateway.url).toMatch(/^http:\/\/127\.0\.0\.2:/)
  expect(gateway.port).toBeGreaterThan(2)
  expect((await fetch(`${gateway.url}/health/live`)).status).toBe(200)
})

test('an address that is taken ends the start with code 4 and names it', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void taken.close())
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const byEnvironment = await llmProxy([], { environment: { PORT: String(port) } })
  expect(byEnvironment.code).toBe(4)
  expect(byEnvironment.stderr).toContain(`127.0.0.1:${port}`)
  expect((await llmProxy(['--port', String(port)])).code).toBe(4)
  expect((await llmProxy(['--port', '0', '--host', '192.0.2.1'])).code).toBe(4)
})

test('a data directory that another gateway uses ends the start with code 5 and names both', async () => {
  const gateway = await start()
  const end = await llmProxy(['--port', '0'], { folder: gateway.folder })
  expect(end.code).toBe(5)
  expect(end.stderr).toContain(`process ${gateway.pid}`)
  expect((await fetch(`${gateway.url}/health/live`)).status).toBe(200)
})

test('a data directory that cannot be made ends the start with code 5', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'data'), 'a file')
  const end = await llmProxy(['--port', '0'], { folder })
  expect(end.code).toBe(5)
  expect(end.stderr).toContain('data')
  expect(end.stderr).not.toMatch(/^\s+at /m)
})

const mistaken = `server:
  port: 99999
providers:
  - name: first
    type: openai
    priorty: 1
`

test('a mistaken file ends the start with code 3, by line and column, and check says the same', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'config.yaml'), mistaken)
  const served = await llmProxy(['--port', '0'], { folder })
  expect(served.code).toBe(3)
  expect(served.stderr).toMatch(/^config\.yaml:2:9 .*65535/m)
  expect(served.stderr).toMatch(/^config\.yaml:6:5 .*did you mean `priority`/m)

  const checked = await llmProxy(['check', 'config.yaml'], { folder })
  expect(checked.code).toBe(3)
  expect(checked.stderr).toBe(`${served.stderr}config.yaml: 2 mistakes\n`)
})

test('check finds no fault with the example, and a file that is not there is one', async () => {
  const example = await llmProxy(['check', join(repository, 'config.example.yaml')])
  expect(example).toMatchObject({ code: 0, stderr: '' })
  expect(example.stdout).toMatch(/: valid\n$/)
  const missing = await llmProxy(['--config', 'nowhere.yaml', '--port', '0'])
  expect(missing.code).toBe(3)
  expect(missing.stderr).toContain('nowhere.yaml')
})

test.each([
  [['--help'], 'Exit codes'],
  [['serve', '--help'], '--port'],
  [['check', '--help'], 'line and column'],
  [['keys', '--help'], 'revoke'],
  [['keys', 'create', '--help'], '--name'],
  [['keys', 'list', '--help'], '--data'],
  [['keys', 'revoke', '--help'], '<id>'],
  [['help'], 'Exit codes'],
])('%j explains itself', async (parameters, word) => {
  const end = await llmProxy(parameters)
  expect(end).toMatchObject({ code: 0, stderr: '' })
  expect(end.stdout).toContain(word)
})

test('--version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    version: string
  }
  expect((await llmProxy(['--version'])).stdout.trim()).toBe(version)
})

test.each([
  [['--prot', '1']],
  [['serve', '--port', 'many']],
  [['--port', '70000']],
  [['server']],
  [['check', '--strict']],
  [['check', 'one.yaml', 'two.yaml']],
  [['keys', 'make']],
  [['keys', 'revoke']],
  [['keys']],
])('%j is wrong usage: code 2, and a word on why', async parameters => {
  const end = await llmProxy(parameters)
  expect(end.code).toBe(2)
  expect(end.stderr).toMatch(/\S/)
})

test('a key that is made by hand opens the gateway, and revoked it does not', async () => {
  const folder = newFolder()
  const made = await llmProxy(['keys', 'create', '--name', 'by hand'], { folder })
  const [id = '', key = ''] = made.stdout.split('\n')
  const headers = { authorization: `Bearer ${key}` }
  const first = await start({ folder })
  expect((await fetch(`${first.url}/v1/models`, { headers })).status).toBe(200)
  await first.stop()

  expect((await llmProxy(['keys', 'revoke', id], { folder })).code).toBe(0)
  expect((await llmProxy(['keys', 'list'], { folder })).stdout).toMatch(new RegExp(`${id}.*revoked`))
  const second = await start({ folder })
  expect((await fetch(`${second.url}/v1/models`, { headers })).status).toBe(401)
})
