import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import {
  configurationOf,
  knownProviders,
  load,
  loadText,
  problemsOf,
} from '../../test/fixtures/load-configuration.ts'
import { findConfigurationFile, loadConfiguration, readEnvironment } from './load.ts'

const documented = 'test/fixtures/documented-config.yaml'
const documentedWithAlerts = 'test/fixtures/documented-config-with-alerts.yaml'

test('the documented file loads unchanged, every value in its place', () => {
  const result = load({ file: documented, environment: { OPENAI_API_KEY: 'sk-1' } })
  if (!result.ok) throw new Error(inspect(result.problems))
  const { configuration } = result
  expect(configuration).toMatchObject({
    app: { name: 'LLM Proxy API', version: '2.0.0', environment: 'production' },
    server: { host: '0.0.0.0', port: 8000 },
    auth: { required: true, header: 'x-api-key' },
    timeouts: {
      connectMs: 10_000,
      headersMs: 30_000,
      firstContentMs: 30_000,
      idleMs: 30_000,
      totalMs: 600_000,
    },
    circuitBreaker: { failureThreshold: 5, recoveryMs: 60_000, halfOpenMaxCalls: 3 },
    rateLimit: { requestsPerWindow: 1000, windowMs: 60_000, burstLimit: 50 },
    logging: {
      level: 'info',
      format: 'json',
      file: 'logs/proxy_api.log',
      maxBytes: 104_857_600,
      maxFiles: 5,
    },
  })
  expect(configuration.auth.keys.map(key => key.reveal())).toEqual([
    'your-primary-api-key',
    'your-backup-api-key',
  ])
  expect(configuration.providers.map(({ type }) => type)).toEqual(['openai', 'anthropic'])
  expect(configuration.providers[0]).toMatchObject({
    name: 'openai',
    type: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    models: ['gpt-3.5-turbo', 'gpt-4', 'gpt-4-turbo-preview'],
    enabled: true,
    priority: 1,
    timeouts: { connectMs: 10_000, headersMs: 30_000, firstContentMs: 30_000, idleMs: 30_000 },
    maxRetries: 3,
    maxConnections: 100,
  })
  expect(configuration.providers[0]?.keys.map(key => key.reveal())).toEqual(['sk-1'])
  expect(configuration.notBuilt).toEqual(['condensation', 'caching', 'memory', 'telemetry'])
  expect(result.reload).toBe(false)
})

test('the documented file with the documented alerts loads unchanged and names the alerts as not built', () => {
  expect(configurationOf(load({ file: documentedWithAlerts })).notBuilt).toContain('alerts')
})

test('keys that the documentation prints and keys without effect are noticed', () => {
  const result = load({ file: documented })
  if (!result.ok) throw new Error(inspect(result.problems))
  expect(result.notices.map(notice => notice.split(' ')[0])).toEqual([
    'providers[0].max_keepalive_connections',
    'auth.api_keys[0]',
    'auth.api_keys[1]',
    'http_client.pool_limits.max_keepalive_connections',
    'http_client.pool_limits.keepalive_timeout',
  ])
})

test('an empty file means the defaults', () => {
  expect(configurationOf(loadText(''))).toMatchObject({
    app: { name: 'LLM Proxy API', version: '1.2.3', environment: 'production' },
    server: {
      host: '127.0.0.1',
      port: 8000,
      maxBodyBytes: 16 * 1024 * 1024,
      headersTimeoutMs: 20_000,
      bodyTimeoutMs: 60_000,
      keepAliveMs: 65_000,
      pingAfterMs: 15_000,
      shutdownMs: 30_000,
    },
    auth: { required: true, header: 'x-api-key', keys: [] },
    models: { aliases: {}, groups: {}, fallbacks: {}, pricesFile: null, details: {}, detailsFile: null },
    timeouts: {
      connectMs: 5_000,
      headersMs: 300_000,
      firstContentMs: 60_000,
      idleMs: 60_000,
      totalMs: 600_000,
    },
    retry: { baseMs: 250, maxMs: 8_000 },
    circuitBreaker: { failureThreshold: 5, recoveryMs: 60_000, halfOpenMaxCalls: 3 },
    rateLimit: null,
    logging: { level: 'info', format: 'json', file: null },
    metrics: { enabled: true },
    media: { maxBytes: 20 * 1024 * 1024, timeoutMs: 15_000, allowedHosts: [] },
    notBuilt: [],
  })
})

test('the file wants to be watched unless it says otherwise', () => {
  expect(loadText('')).toMatchObject({ reload: true })
  expect(loadText('server: {reload: false}')).toMatchObject({ reload: false })
})

test('a section without a value means its defaults', () => {
  expect(configurationOf(loadText('server:\nauth:\n  api_keys:\n')).server.port).toBe(8000)
})

test('durations are seconds or texts with a unit', () => {
  const text =
    'server: {headers_timeout: 1.5, body_timeout: 500ms, keep_alive: 2m, ping_after: "7", shutdown_timeout: 1h}'
  expect(configurationOf(loadText(text)).server).toMatchObject({
    headersTimeoutMs: 1_500,
    bodyTimeoutMs: 500,
    keepAliveMs: 120_000,
    pingAfterMs: 7_000,
    shutdownMs: 3_600_000,
  })
})

test('debug sets the log level', () => {
  expect(configurationOf(loadText('server: {debug: true}\nlogging: {level: ERROR}')).logging.level).toBe(
    'debug',
  )
})

test.each(['WARNING', 'warn', 'WARN'])('the level %s is warn', level => {
  expect(configurationOf(loadText(`logging: {level: ${level}}`)).logging.level).toBe('warn')
})

test('the timers of http_client are the general ones, and `timeouts` wins over them', () => {
  const text = 'http_client: {timeout: 7, connect_timeout: 2}\ntimeouts: {idle: 90s, total: 20m}'
  expect(configurationOf(loadText(text)).timeouts).toEqual({
    connectMs: 2_000,
    headersMs: 7_000,
    firstContentMs: 7_000,
    idleMs: 90_000,
    totalMs: 1_200_000,
  })
})

test('read_timeout wins over the timeout of http_client', () => {
  const text = 'http_client: {timeout: 7, read_timeout: 9}'
  expect(configurationOf(loadText(text)).timeouts).toMatchObject({ headersMs: 9_000, idleMs: 9_000 })
})

test('keys off on this machine alone are allowed', () => {
  expect(configurationOf(loadText('auth: {required: false}')).auth.required).toBe(false)
})

test('keys off for everybody are refused with the way out', () => {
  expect(problemsOf(loadText('server: {host: 0.0.0.0}\nauth: {required: false}'))).toEqual([
    'config.yaml:2:18 auth.required: keys may be switched off only on a loopback address, not on 0.0.0.0: require keys, or set `server.host` to 127.0.0.1',
  ])
  expect(problemsOf(load({ environment: { API_KEYS_REQUIRED: 'false', HOST: '0.0.0.0' } }))[0]).toMatch(
    /^environment API_KEYS_REQUIRED: keys may be switched off only on a loopback address/,
  )
})

test('the version follows the file, the variables that count and the keys in them, and nothing else', () => {
  const versionOf = (text: string, environment: Record<string, string>) =>
    configurationOf(loadText(text, environment)).version
  const text = 'providers: [{type: openai, api_key_env: MY_KEY}]'
  const first = versionOf(text, { MY_KEY: 'sk-1' })
  expect(first).toMatch(/^[0-9a-f]{12}$/)
  expect(versionOf(text, { MY_KEY: 'sk-1', UNRELATED: 'x' })).toBe(first)
  expect(versionOf(text, { MY_KEY: 'sk-2' })).not.toBe(first)
  expect(versionOf(text, { MY_KEY: 'sk-1', METRICS_ENABLED: 'false' })).not.toBe(first)
  expect(versionOf(`${text}\n`, { MY_KEY: 'sk-1' })).not.toBe(first)
})

test('the result is frozen to the bottom', () => {
  const frozen = (value: unknown): boolean =>
    typeof value !== 'object' ||
    value === null ||
    (Object.isFrozen(value) && Object.values(value).every(part => frozen(part)))
  expect(frozen(configurationOf(load({ file: documented })))).toBe(true)
})

test('names of the prototype of objects are ordinary names', () => {
  const { models } = configurationOf(loadText('models: {aliases: {constructor: gpt-4o}}'))
  expect(models.aliases['constructor']).toBe('gpt-4o')
  expect(models.aliases['toString']).toBeUndefined()
})

test('secrets do not print', () => {
  const text =
    'auth: {api_keys: [top-secret]}\nproviders: [{type: openai, api_key: top-secret, api_keys: [top-secret]}]'
  const configuration = configurationOf(loadText(text))
  expect(
    `${JSON.stringify(configuration)}${inspect(configuration, { depth: 9, showHidden: true })}`,
  ).not.toContain('top-secret')
})

test('a file that is not there is a problem', () => {
  const result = loadConfiguration({ file: 'nowhere.yaml', environment: {}, knownProviders })
  expect(problemsOf(result)).toEqual(['nowhere.yaml: cannot be read: there is no such file'])
})

test('a .env file fills in what the process does not have', () => {
  const folder = mkdtempSync(join(tmpdir(), 'env-'))
  writeFileSync(join(folder, '.env'), 'PATH=wrong\nLLM_PROXY_TEST_ONLY="a b" # comment\n')
  expect(readEnvironment(folder)['LLM_PROXY_TEST_ONLY']).toBe('a b')
  expect(readEnvironment(folder)['PATH']).not.toBe('wrong')
  expect(readEnvironment()['LLM_PROXY_TEST_ONLY']).toBeUndefined()
  rmSync(folder, { recursive: true })
})

test('the file is the one on the command line, else that of LLM_PROXY_CONFIG', () => {
  expect(findConfigurationFile('a.yaml', { LLM_PROXY_CONFIG: 'b.yaml' })).toBe('a.yaml')
  expect(findConfigurationFile(undefined, { LLM_PROXY_CONFIG: 'b.yaml' })).toBe('b.yaml')
  expect(findConfigurationFile(undefined, { LLM_PROXY_CONFIG: '' })).toBeNull()
})

const shared = process.env['LLM_PROXY_SHARED']

test.skipIf(shared === undefined)(
  'the documented files are those of the source document, blanks apart (LLM_PROXY_SHARED)',
  () => {
    const words = (path: string) => readFileSync(path, 'utf8').replaceAll(/\s+/g, ' ').trim()
    const document = words(join(shared ?? '', 'spec/original.pt.md'))
    const [main, both] = [words(documented), words(documentedWithAlerts)]
    expect(document).toContain(main)
    expect(both.startsWith(main)).toBe(true)
    expect(document).toContain(both.slice(main.length).trim())
  },
)
