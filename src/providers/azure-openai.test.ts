import { expect, test } from 'vitest'
import { azureOpenai } from './azure-openai.ts'
import { buildConnection } from './build-connection.ts'
import { makeSettings, testKey } from './settings.fixture.ts'

function urlFor(baseUrl: string, apiVersion: string | null, deployment = 'my gpt/4') {
  const connection = buildConnection({
    provider: azureOpenai,
    settings: makeSettings({ baseUrl, apiVersion }),
    timers: { connectMs: 1, headersMs: 1, firstContentMs: 1, idleMs: 1 },
    maxConnections: 1,
    maxRetries: 0,
  })
  return (
    connection.origin +
    connection.pathFor({ operation: 'chat', format: 'openai-chat', model: deployment, streaming: false })
  )
}

const resource = 'https://name.openai.azure.com'
const byDeployment = `${resource}/openai/deployments/my%20gpt%2F4/chat/completions?api-version=2024-10-21`

test.each([resource, `${resource}/`, `${resource}/openai`, `${resource}/openai/`])(
  'with a dated version the deployment is in the path, from %s',
  baseUrl => {
    expect(urlFor(baseUrl, '2024-10-21')).toBe(byDeployment)
  },
)

test.each([
  resource,
  `${resource}/`,
  `${resource}/openai`,
  `${resource}/openai/v1`,
  `${resource}/openai/v1/`,
])('without a version the v1 surface is asked, from %s', baseUrl => {
  expect(urlFor(baseUrl, null)).toBe(`${resource}/openai/v1/chat/completions`)
})

test('a version of the v1 surface stays a query of it', () => {
  expect(urlFor(resource, 'preview')).toBe(`${resource}/openai/v1/chat/completions?api-version=preview`)
  expect(urlFor(`${resource}/openai/v1`, 'latest')).toBe(
    `${resource}/openai/v1/chat/completions?api-version=latest`,
  )
})

test('an address down to the deployment is taken as it stands', () => {
  expect(urlFor(`${resource}/openai/deployments/mine/`, '2024-10-21')).toBe(
    `${resource}/openai/deployments/mine/chat/completions?api-version=2024-10-21`,
  )
})

test('a gateway in front of Azure keeps its own path', () => {
  expect(urlFor('https://apim.example/team', '2024-10-21', 'd')).toBe(
    'https://apim.example/team/openai/deployments/d/chat/completions?api-version=2024-10-21',
  )
})

test('the key goes into the header api-key', () => {
  expect(azureOpenai.headersFor(testKey, makeSettings())).toEqual(['api-key', 'sk-test'])
})

function connectionTo(baseUrl: string, apiVersion: string | null) {
  return buildConnection({
    provider: azureOpenai,
    settings: makeSettings({ baseUrl, apiVersion }),
    timers: { connectMs: 1, headersMs: 1, firstContentMs: 1, idleMs: 1 },
    maxConnections: 1,
    maxRetries: 0,
  })
}

test('images and audio belong to a deployment, as chat does', () => {
  const destination = { operation: 'image_edit', format: 'openai-image-edits', model: 'gpt-image-2' } as const
  expect(connectionTo(resource, '2025-04-01-preview').pathFor({ ...destination, streaming: false })).toBe(
    '/openai/deployments/gpt-image-2/images/edits?api-version=2025-04-01-preview',
  )
  expect(connectionTo(resource, null).pathFor({ ...destination, streaming: false })).toBe(
    '/openai/v1/images/edits',
  )
})

test('files and batches belong to the resource, and raw paths are below the address as it stands', () => {
  const dated = connectionTo(resource, '2024-10-21')
  expect(dated.relayPathFor?.('file', '/files/file-1')).toBe('/openai/files/file-1?api-version=2024-10-21')
  expect(connectionTo(resource, null).relayPathFor?.('batch', '/batches')).toBe('/openai/v1/batches')
  expect(connectionTo(`${resource}/openai/v1`, null).relayPathFor?.('file', '/files')).toBe(
    '/openai/v1/files',
  )
  expect(dated.relayPathFor?.('passthrough', '/openai/models?x=1')).toBe('/openai/models?x=1')
})
