import { describe, expect, test } from 'vitest'
import {
  configurationOf,
  knownProviders,
  load,
  loadText,
  problemsOf,
} from '../../test/fixtures/load-configuration.ts'
import { formatProblem } from './describe.ts'

const withEnvironment = (environment: Record<string, string>) => configurationOf(load({ environment }))
const providersOf = (environment: Record<string, string>) => withEnvironment(environment).providers

test('the documented variables win over the file', () => {
  const text = `
server: {host: localhost, port: 1}
auth: {api_keys: [of-the-file]}
metrics: {enabled: true}
rate_limit: {requests_per_window: 1, window_seconds: 10, burst_limit: 7}
http_client: {pool_limits: {max_connections: 3}}
providers: [{type: groq}, {type: openai, max_connections: 4}]
`
  const configuration = configurationOf(
    loadText(text, {
      HOST: '::1',
      PORT: '9000',
      LLM_PROXY_API_KEYS: 'one, two',
      API_KEYS_REQUIRED: 'no',
      METRICS_ENABLED: 'false',
      RATE_LIMIT_REQUESTS: '10000',
      HTTP_MAX_CONNECTIONS: '5000',
    }),
  )
  expect(configuration.server).toMatchObject({ host: '::1', port: 9000 })
  expect(configuration.auth.keys.map(key => key.reveal())).toEqual(['one', 'two'])
  expect(configuration.auth.required).toBe(false)
  expect(configuration.metrics.enabled).toBe(false)
  expect(configuration.rateLimit).toEqual({ requestsPerWindow: 10_000, windowMs: 10_000, burstLimit: 7 })
  expect(configuration.providers.map(provider => provider.maxConnections)).toEqual([5000, 4])
})

test('variables of features that are not there yet are checked and named', () => {
  const environment = {
    CACHE_MAX_MEMORY_MB: '1024',
    MEMORY_THRESHOLD_MB: '2048',
    PROMETHEUS_URL: 'http://p:9090',
  }
  expect(withEnvironment(environment).notBuilt).toEqual([
    'CACHE_MAX_MEMORY_MB (environment)',
    'MEMORY_THRESHOLD_MB (environment)',
    'PROMETHEUS_URL (environment)',
  ])
})

test('a bad value of a documented variable is a problem with its name', () => {
  const environment = {
    HTTP_MAX_CONNECTIONS: '0',
    CACHE_MAX_MEMORY_MB: 'much',
    MEMORY_THRESHOLD_MB: '-1',
    API_KEYS_REQUIRED: 'perhaps',
    RATE_LIMIT_REQUESTS: '1e3',
    METRICS_ENABLED: '2',
    PROMETHEUS_URL: 'prometheus:9090',
    HOST: 'two words',
    PORT: '70000',
    LLM_PROXY_API_KEYS: 'a,,b',
  }
  const result = load({ environment })
  expect(result.ok).toBe(false)
  const problems = result.ok ? [] : result.problems
  expect(problems.map(problem => problem.path).toSorted()).toEqual(Object.keys(environment).toSorted())
  for (const problem of problems)
    expect(problem).toMatchObject({ file: 'environment', line: null, column: null })
})

test('an empty variable is as good as none', () => {
  expect(withEnvironment({ PORT: '', METRICS_ENABLED: ' ', LLM_PROXY_API_KEYS: '' }).server.port).toBe(8000)
})

test('without a file, the providers are those with a key or an address in the environment, in the order of the list', () => {
  const providers = providersOf({
    OLLAMA_BASE_URL: 'http://localhost:11434/v1/',
    GROQ_API_KEY: 'gsk',
    OPENAI_API_KEY: 'sk',
  })
  expect(providers).toMatchObject([
    { name: 'openai', type: 'openai', priority: 1, models: null, baseUrl: null, missingKeyVariables: [] },
    { name: 'groq', type: 'groq', priority: 2, models: null },
    { name: 'ollama', type: 'ollama', priority: 3, baseUrl: 'http://localhost:11434/v1', keys: [] },
  ])
  expect(providers[1]?.keys.map(key => key.reveal())).toEqual(['gsk'])
})

test('a file without providers is filled from the environment as well', () => {
  const { providers } = configurationOf(loadText('server: {port: 1}', { GROQ_API_KEY: 'gsk' }))
  expect(providers.map(provider => provider.name)).toEqual(['groq'])
})

test('without any key, the simulator answers', () => {
  expect(providersOf({})).toMatchObject([
    { name: 'simulator', type: 'simulator', priority: 1, missingKeyVariables: [] },
  ])
})

test('an empty list of providers means none', () => {
  expect(configurationOf(loadText('providers: []')).providers).toEqual([])
})

test('a key in the environment for a provider that is not there yet is named, and others serve', () => {
  const kinds = [...knownProviders, { type: 'new-vendor', keyVariables: ['NEW_VENDOR_KEY'], builtIn: false }]
  const environment = { NEW_VENDOR_KEY: 'k' }
  const configuration = configurationOf(load({ environment, knownProviders: kinds }))
  expect(configuration.notBuilt).toEqual(['provider new-vendor (type new-vendor)'])
  expect(configuration.providers.map(provider => provider.name)).toEqual(['simulator'])
})

test('another name of a provider counts in the file, and not in the environment', () => {
  const kinds = [
    ...knownProviders,
    { type: 'ai', keyVariables: ['GROQ_API_KEY'], isAlias: true, builtIn: true },
  ]
  const environment = { GROQ_API_KEY: 'k' }
  const namesOf = (options: Parameters<typeof load>[0]) =>
    configurationOf(load({ environment, knownProviders: kinds, ...options })).providers.map(
      ({ name }) => name,
    )
  expect(namesOf({})).toEqual(['groq'])
  expect(namesOf({ file: 'c', readFile: () => 'providers: [{type: ai}]' })).toEqual(['ai'])
})

test('a key without the address that it needs is left out with a notice', () => {
  const result = load({ environment: { AZURE_OPENAI_KEY: 'k' } })
  expect(result).toMatchObject({
    ok: true,
    notices: [
      'AZURE_OPENAI_KEY is set, but azure is left out: it needs `base_url`, or the variable AZURE_OPENAI_ENDPOINT',
    ],
  })
})

test('key and address of a provider in the file come from its usual variables', () => {
  const environment = { AZURE_OPENAI_KEY: ' k\n', AZURE_OPENAI_ENDPOINT: 'https://x.example.com/' }
  const [provider] = configurationOf(loadText('providers: [{type: azure, name: eu}]', environment)).providers
  expect(provider).toMatchObject({ name: 'eu', baseUrl: 'https://x.example.com' })
  expect(provider?.keys.map(key => key.reveal())).toEqual(['k'])
})

test.each(['https://x/v1?', 'https://x/#f', 'https://u@x', 'file:///etc', 'x/v1', 'https://'])(
  'an address like %s is refused',
  address => {
    const text = `providers: [{type: openai, base_url: "${address}"}]`
    expect(problemsOf(loadText(text))[0]).toContain(
      'providers[0].base_url: must be an http:// or https:// address',
    )
  },
)

test('an address is brought into its usual form', () => {
  const text = 'providers: [{type: openai, base_url: " HTTPS://Example.com:443/v1// "}]'
  expect(configurationOf(loadText(text)).providers[0]?.baseUrl).toBe('https://example.com/v1')
})

test('a provider without its address is a problem', () => {
  const result = loadText('providers:\n  - type: azure\n  - {name: own, type: openai_compatible}')
  expect(problemsOf(result)).toEqual([
    'config.yaml:2:5 providers[0]: needs `base_url`, or the variable AZURE_OPENAI_ENDPOINT',
    'config.yaml:3:5 providers[1]: needs `base_url`',
  ])
})

test('keys of the file and of the named variables add up, and the variables without one are named', () => {
  const text =
    'providers: [{type: openai, api_key: a, api_keys: [b, c], api_key_env: [FIRST, SECOND, THIRD]}]'
  const environment = { FIRST: 'd', THIRD: 'e', OPENAI_API_KEY: 'unused' }
  const [provider] = configurationOf(loadText(text, environment)).providers
  expect(provider?.keys.map(key => key.reveal())).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(provider?.missingKeyVariables).toEqual(['SECOND'])
})

test('a provider without a key names where one was looked for, unless it needs none', () => {
  const text = 'providers: [{type: azure, base_url: http://x}, {type: ollama}]'
  expect(configurationOf(loadText(text)).providers.map(provider => provider.missingKeyVariables)).toEqual([
    ['AZURE_OPENAI_API_KEY', 'AZURE_OPENAI_KEY'],
    [],
  ])
})

test('any server that speaks the protocol is a provider, whatever the list of providers', () => {
  const text = 'providers: [{name: vllm, type: openai_compatible, base_url: "http://gpu:8000/v1"}]'
  const result = load({ file: 'config.yaml', readFile: () => text, knownProviders: [] })
  expect(configurationOf(result).providers).toMatchObject([
    { name: 'vllm', baseUrl: 'http://gpu:8000/v1', keys: [], missingKeyVariables: [] },
  ])
})

test('providers that are not there yet are named if they are on, and left out', () => {
  const text = `
providers:
  - {name: newest, type: newer-vendor, models: [a]}
  - {type: newer-vendor, enabled: false}
  - {type: new-vendor}
  - {type: openai}`
  const planned = (type: string) => ({ type, keyVariables: [], builtIn: false })
  const kinds = [...knownProviders, planned('new-vendor'), planned('newer-vendor')]
  const configuration = configurationOf(load({ file: 'c', readFile: () => text, knownProviders: kinds }))
  expect(configuration.notBuilt).toEqual([
    'provider newest (type newer-vendor)',
    'provider new-vendor (type new-vendor)',
  ])
  expect(configuration.providers.map(({ name, priority }) => [name, priority])).toEqual([['openai', 4]])
})

test('every detail of a provider arrives, its own timers above its timeout above the general ones', () => {
  const text = `
timeouts: {connect: 1, headers: 2, first_token: 3, idle: 4}
providers:
  - name: eu
    type: azure
    base_url: https://x.example.com/openai/
    api_version: "2024-10-21"
    deployments: {gpt-4o: my-deployment}
    base_models: {my-model: gpt-4o}
    headers: {X-Team: research}
    organization: org
    project: proj
    enabled: false
    priority: 0
    max_retries: 0
    timeout: 30
    timeouts: {headers: 5m}
  - {type: groq, timeouts: {idle: 9}}`
  const { providers } = configurationOf(loadText(text))
  expect(providers[0]).toMatchObject({
    name: 'eu',
    baseUrl: 'https://x.example.com/openai',
    apiVersion: '2024-10-21',
    deployments: { 'gpt-4o': 'my-deployment' },
    baseModels: { 'my-model': 'gpt-4o' },
    headers: { 'x-team': 'research' },
    organization: 'org',
    project: 'proj',
    enabled: false,
    priority: 0,
    maxRetries: 0,
    timeouts: { connectMs: 1_000, headersMs: 300_000, firstContentMs: 30_000, idleMs: 30_000 },
  })
  expect(providers[1]).toMatchObject({
    maxRetries: 2,
    maxConnections: 10_000,
    timeouts: { connectMs: 1_000, headersMs: 2_000, firstContentMs: 3_000, idleMs: 9_000 },
  })
})

test('a key with a line break inside is a problem of its variable', () => {
  const result = load({ environment: { OPENAI_API_KEY: 'sk-1\nsk-2' } })
  expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
    'environment OPENAI_API_KEY: must not be empty and must not hold control characters nor characters beyond Latin-1',
  ])
})

describe('credentials of AWS', () => {
  const entry = (more = '') => `providers: [{type: bedrock${more}}]`
  const environment = {
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'token',
    AWS_DEFAULT_REGION: 'eu-central-1',
  }
  const bedrockOf = (text: string, variables: Record<string, string> = environment) =>
    configurationOf(loadText(text, variables)).providers[0]

  test('come from the usual variables, and the region, too', () => {
    const provider = bedrockOf(entry())
    expect(provider?.region).toBe('eu-central-1')
    expect(provider?.aws?.accessKeyId).toBe('id')
    expect(provider?.aws?.secretAccessKey.reveal()).toBe('secret')
    expect(provider?.aws?.sessionToken?.reveal()).toBe('token')
  })

  test('of the file are not mixed with those of the environment', () => {
    const pair = ', region: us-east-1, aws_access_key_id: a, aws_secret_access_key: b'
    const provider = bedrockOf(entry(pair))
    expect([provider?.region, provider?.aws?.accessKeyId, provider?.aws?.sessionToken]).toEqual([
      'us-east-1',
      'a',
      null,
    ])
  })

  test('are read for providers that take them alone, and do not make a provider by themselves', () => {
    expect(bedrockOf('providers: [{type: openai}]')).toMatchObject({ aws: null, region: null })
    expect(bedrockOf('')?.type).toBe('simulator')
    expect(bedrockOf('', { AWS_BEARER_TOKEN_BEDROCK: 'key', AWS_REGION: 'us-east-1' })).toMatchObject({
      type: 'bedrock',
      region: 'us-east-1',
    })
  })

  test('that are half are a mistake, and so is a region that is none', () => {
    const half = loadText(entry(', aws_access_key_id: a'))
    expect(half.ok ? [] : half.problems.map(({ message }) => message)).toEqual([
      '`aws_access_key_id` needs `aws_secret_access_key` beside it',
    ])
    for (const region of ['evil.example/x', 'EU', ''])
      expect(loadText(entry(`, region: "${region}"`)).ok).toBe(false)
    expect(loadText(entry(), { AWS_REGION: 'evil.example/x' }).ok).toBe(false)
  })
})

test('a project of Google Cloud and the credentials for it make a provider', () => {
  const environment = {
    GOOGLE_APPLICATION_CREDENTIALS: '/etc/account.json',
    GOOGLE_CLOUD_PROJECT: 'p',
    GOOGLE_CLOUD_LOCATION: 'europe-west4',
  }
  expect(withEnvironment(environment).providers).toMatchObject([
    {
      name: 'vertex',
      project: 'p',
      location: 'europe-west4',
      google: { credentialsFile: '/etc/account.json', credentialsText: null },
    },
  ])
  const { GOOGLE_CLOUD_PROJECT: _project, ...others } = environment
  expect(withEnvironment(others).providers.map(({ name }) => name)).toEqual(['simulator'])
})

test('the file wins over the variables of Google Cloud, and no other provider reads them', () => {
  const text = `
providers:
  - {type: vertex, project: mine, location: us, credentials_file: /mine.json}
  - {type: openai}`
  const environment = {
    GOOGLE_APPLICATION_CREDENTIALS: '/etc/account.json',
    GOOGLE_CLOUD_PROJECT: 'p',
    GOOGLE_CLOUD_LOCATION: 'europe-west4',
  }
  const [vertex, openai] = configurationOf(load({ file: 'c', readFile: () => text, environment })).providers
  expect(vertex).toMatchObject({ project: 'mine', location: 'us', google: { credentialsFile: '/mine.json' } })
  expect(openai).toMatchObject({ project: null, location: null, google: { credentialsFile: null } })
})

test('a key that is JSON holds the credentials of an account', () => {
  const text = `providers: [{type: vertex, project: p, api_key_env: ACCOUNT}]`
  const environment = { ACCOUNT: '{"type":"service_account"}' }
  const [vertex] = configurationOf(load({ file: 'c', readFile: () => text, environment })).providers
  expect(vertex?.google.credentialsText?.reveal()).toBe('{"type":"service_account"}')
})
