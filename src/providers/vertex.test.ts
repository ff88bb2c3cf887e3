import { expect, test } from 'vitest'
import type { Destination } from '../call.ts'
import { GatewayError } from '../errors.ts'
import { Secret } from '../lib/secret.ts'
import { buildConnection } from './build-connection.ts'
import type { ProviderSettings } from './provider.ts'
import { makeSettings } from './settings.fixture.ts'
import { vertex } from './vertex.ts'

const timers = { connectMs: 1, headersMs: 1, firstContentMs: 1, idleMs: 1 }

function connect(settings: Partial<ProviderSettings>) {
  return buildConnection({
    provider: vertex,
    settings: makeSettings({ name: 'vertex', baseUrl: null, keys: [], ...settings }),
    timers,
    maxConnections: 1,
    maxRetries: 0,
  })
}

function urlOf(settings: Partial<ProviderSettings>, destination: Partial<Destination>) {
  const connection = connect(settings)
  const all = { operation: 'chat', format: 'gemini', model: 'gemini-2.5-pro', streaming: false } as const
  return connection.origin + connection.pathFor({ ...all, ...destination })
}

const project = { project: 'my-project', location: 'europe-west4' }
const place =
  'https://europe-west4-aiplatform.googleapis.com/v1beta1/projects/my-project/locations/europe-west4'

test.each<[Partial<Destination>, string]>([
  [{}, '/publishers/google/models/gemini-2.5-pro:generateContent'],
  [{ streaming: true }, '/publishers/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse'],
  [
    { operation: 'token_count', format: 'gemini-token-count' },
    '/publishers/google/models/gemini-2.5-pro:countTokens',
  ],
  [
    { operation: 'embedding', format: 'vertex-embeddings', model: 'text-embedding-005' },
    '/publishers/google/models/text-embedding-005:predict',
  ],
  [
    { operation: 'embedding', format: 'vertex-embeddings', model: 'gemini-embedding-2' },
    '/publishers/google/models/gemini-embedding-2:embedContent',
  ],
  [
    { format: 'anthropic-messages', model: 'claude-sonnet-4-5@20250929' },
    '/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict',
  ],
  [
    { format: 'anthropic-messages', model: 'claude-sonnet-4-5', streaming: true },
    '/publishers/anthropic/models/claude-sonnet-4-5:streamRawPredict',
  ],
  [
    { operation: 'token_count', format: 'anthropic-token-count', model: 'claude-sonnet-4-5' },
    '/publishers/anthropic/models/count-tokens:rawPredict',
  ],
  [
    { format: 'openai-chat', model: 'meta/llama-3.3-70b-instruct-maas' },
    '/endpoints/openapi/chat/completions',
  ],
  [{ model: 'endpoints/123' }, '/endpoints/123:generateContent'],
])('%j is asked at the place of its publisher', (destination, path) => {
  expect(urlOf(project, destination)).toBe(place + path)
})

test.each([
  [null, 'https://aiplatform.googleapis.com/v1beta1/projects/p/locations/global/'],
  ['global', 'https://aiplatform.googleapis.com/v1beta1/projects/p/locations/global/'],
  ['us-central1', 'https://us-central1-aiplatform.googleapis.com/v1beta1/projects/p/locations/us-central1/'],
  ['eu', 'https://aiplatform.eu.rep.googleapis.com/v1beta1/projects/p/locations/eu/'],
])('the location %s has an address of its own', (location, start) => {
  expect(urlOf({ project: 'p', location }, {}).startsWith(start)).toBe(true)
})

test('each model is asked in the format of its vendor', () => {
  expect(vertex.formatsFor?.('chat', 'gemini-2.5-pro')).toEqual(['gemini'])
  expect(vertex.formatsFor?.('chat', 'claude-opus-4-6')).toEqual(['anthropic-messages'])
  expect(vertex.formatsFor?.('chat', 'meta/llama-3.3-70b-instruct-maas')).toEqual(['openai-chat'])
  expect(vertex.formatsFor?.('chat', 'google/gemini-2.5-pro')).toEqual(['gemini'])
  expect(vertex.formatsFor?.('rerank', 'x')).toEqual([])
})

test("Anthropic's models are named in the path, and the version of their API in the body", () => {
  const destination = { operation: 'chat', model: 'm', streaming: false } as const
  expect(vertex.editsFor?.({ ...destination, format: 'anthropic-messages' })).toEqual({
    model: null,
    anthropic_version: '"vertex-2023-10-16"',
  })
  expect(vertex.editsFor?.({ ...destination, format: 'gemini' })).toEqual({})
})

test('an account is asked for a token, and needs a project', () => {
  const settings = makeSettings({ name: 'vertex', keys: [], ...project })
  const scope = 'https://www.googleapis.com/auth/cloud-platform'
  expect(vertex.authScheme?.(settings)).toEqual({ scheme: 'google', scope })
  expect(() => vertex.authScheme?.({ ...settings, project: null })).toThrow(GatewayError)
})

test('an account may be written in place of a key, and is never sent', () => {
  const account = new Secret('{"type":"service_account"}')
  const settings = makeSettings({ name: 'vertex', keys: [account], ...project })
  expect(vertex.authScheme?.(settings)).toMatchObject({ scheme: 'google' })
  expect(connect({ keys: [account], ...project }).headersFor(account)).toEqual([])
})

test('a key stands for its project', () => {
  const key = new Secret('AIza')
  expect(vertex.authScheme?.(makeSettings({ keys: [key], project: null }))).toBeNull()
  expect(connect({ keys: [key] }).headersFor(key)).toEqual(['x-goog-api-key', 'AIza'])
  expect(urlOf({ keys: [key], ...project, location: null }, {})).toBe(
    'https://aiplatform.googleapis.com/v1beta1/publishers/google/models/gemini-2.5-pro:generateContent',
  )
})
