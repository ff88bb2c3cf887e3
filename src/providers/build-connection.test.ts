import { expect, test } from 'vitest'
import type { Destination } from '../call.ts'
import { GatewayError } from '../errors.ts'
import { Secret } from '../lib/secret.ts'
import { buildConnection } from './build-connection.ts'
import { findProvider } from './index.ts'
import type { Provider, ProviderSettings } from './provider.ts'
import { makeSettings, testKey } from './settings.fixture.ts'

function build(type: string, changes: Partial<ProviderSettings> = {}) {
  const provider = findProvider(type) as Provider
  return buildConnection({
    provider,
    settings: makeSettings(changes),
    timers: { connectMs: 1, headersMs: 2, firstContentMs: 3, idleMs: 4 },
    maxConnections: 5,
    maxRetries: 2,
  })
}

function refusalOf(type: string, changes: Partial<ProviderSettings>): GatewayError {
  try {
    build(type, changes)
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
  }
  throw new Error('was not refused')
}

function chatWith(model: string): Destination {
  return { operation: 'chat', format: 'openai-chat', model, streaming: false }
}

function chatUrl(type: string, baseUrl: string) {
  const connection = build(type, { baseUrl })
  const format = findProvider(type)?.formats.chat?.[0] ?? ''
  return connection.origin + connection.pathFor({ ...chatWith('m'), format })
}

test('a connection carries what was configured', () => {
  const connection = build('openai', { name: 'main' })
  expect(connection).toMatchObject({
    provider: 'main',
    type: 'openai',
    origin: 'https://api.openai.com',
    keys: [testKey],
    timers: { connectMs: 1, headersMs: 2, firstContentMs: 3, idleMs: 4 },
    maxConnections: 5,
    maxRetries: 2,
  })
  expect('answer' in connection).toBe(false)
})

test('a provider that answers by itself does so through its connection', () => {
  const answer = () => Promise.reject(new Error('not asked'))
  const provider = { ...(findProvider('simulator') as Provider), answer }
  const timers = { connectMs: 1, headersMs: 1, firstContentMs: 1, idleMs: 1 }
  const settings = makeSettings({ keys: [] })
  expect(buildConnection({ provider, settings, timers, maxConnections: 1, maxRetries: 0 }).answer).toBe(
    answer,
  )
})

test('paths and headers are made once and then handed out again', () => {
  const connection = build('openai')
  expect(connection.headersFor(testKey)).toBe(connection.headersFor(testKey))
  expect(connection.headersFor(null)).toBe(connection.headersFor(null))
  expect(connection.headersFor(testKey)).toEqual(['authorization', 'Bearer sk-test'])
  expect(connection.headersFor(null)).toEqual([])
  expect(connection.headersFor(new Secret('sk-later'))).toEqual(['authorization', 'Bearer sk-later'])
  expect(connection.pathFor(chatWith('a'))).toBe('/v1/chat/completions')
})

test('any number of model names leaves paths right', () => {
  const connection = build('azure', { baseUrl: 'https://n.openai.azure.com', apiVersion: '2024-10-21' })
  for (let round = 0; round < 2_500; round++)
    expect(connection.pathFor(chatWith(`d${round}`))).toBe(
      `/openai/deployments/d${round}/chat/completions?api-version=2024-10-21`,
    )
})

test.each([
  ['https://proxy.example/openai/v1', 'https://proxy.example/openai/v1/chat/completions'],
  ['https://proxy.example/openai/v1///', 'https://proxy.example/openai/v1/chat/completions'],
  [' https://proxy.example/v1 ', 'https://proxy.example/v1/chat/completions'],
  ['proxy.example/v1', 'https://proxy.example/v1/chat/completions'],
  ['http://10.0.0.1:8080', 'http://10.0.0.1:8080/chat/completions'],
])('the base URL %s leads to %s', (baseUrl, url) => {
  expect(chatUrl('openai', baseUrl)).toBe(url)
})

test.each([
  ['0.0.0.0:11434', 'http://127.0.0.1:11434/api/chat'],
  ['0.0.0.0', 'http://127.0.0.1:11434/api/chat'],
  ['http://0.0.0.0:9999', 'http://127.0.0.1:9999/api/chat'],
  [':11435', 'http://127.0.0.1:11435/api/chat'],
  ['box', 'http://box:11434/api/chat'],
  ['box:1234', 'http://box:1234/api/chat'],
  ['box:1234/', 'http://box:1234/api/chat'],
  ['box:1234/v1', 'http://box:1234/api/chat'],
  ['box/prefix/v1/', 'http://box:11434/prefix/api/chat'],
  ['[::1]:11434', 'http://[::1]:11434/api/chat'],
  ['[::]', 'http://[::1]:11434/api/chat'],
  ['https://ollama.com', 'https://ollama.com/api/chat'],
  ['https://ollama.com/v1', 'https://ollama.com/api/chat'],
])('OLLAMA_HOST=%s leads to %s', (baseUrl, url) => {
  expect(chatUrl('ollama', baseUrl)).toBe(url)
})

test.each([
  ['openai_compatible', null, /needs a base_url/],
  ['azure', null, /needs a base_url/],
  ['openai', 'https://', /not a URL/],
  ['openai', 'ftp://host/v1', /ftp:/],
  ['openai', 'https://user:secret@host/v1', /credentials/],
  ['azure', 'https://n.openai.azure.com/openai?api-version=1', /query/],
])('%s with the base URL %s is refused', (type, baseUrl, message) => {
  const refusal = refusalOf(type, { baseUrl })
  expect(refusal.code).toBe('no_provider')
  expect(refusal.message).toMatch(message)
  expect(refusal.message).not.toContain('secret')
})

test('a configured header replaces one of the same name', () => {
  const connection = build('openai', { headers: { Authorization: 'Basic x', 'X-Team': 'a' } })
  expect(connection.headersFor(testKey)).toEqual(['authorization', 'Basic x', 'x-team', 'a'])
})

test('a key with a line break is refused at once, and not shown', () => {
  const refusal = refusalOf('openai', { keys: [testKey, new Secret('sk-1\r\nx-evil: 1')] })
  expect(refusal.message).toMatch(/line break/)
  expect(refusal.message).not.toContain('sk-1')
})

test.each([
  [{ 'x-a': 'b\r\nx-evil: 1' }],
  [{ 'x-a\r\nx-evil': 'b' }],
  [{ '': 'b' }],
  [{ 'Content-Length': '0' }],
  [{ 'transfer-encoding': 'chunked' }],
])('the header %j is refused', headers => {
  expect(refusalOf('openai', { headers }).code).toBe('no_provider')
})
