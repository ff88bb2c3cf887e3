import { expect, test } from 'vitest'
import { findProvider } from '../providers/index.ts'
import type { ConnectedProvider } from './connect-providers.ts'
import { describeNamesByType, howToConfigure, namesByType } from './how-to-configure.ts'

test.each([
  ['mistral', 'set MISTRAL_API_KEY.'],
  ['azure', 'set AZURE_OPENAI_API_KEY and AZURE_OPENAI_ENDPOINT.'],
  ['bedrock', 'set AWS_BEARER_TOKEN_BEDROCK and AWS_REGION.'],
  ['snowflake', 'set SNOWFLAKE_PAT and SNOWFLAKE_CORTEX_BASE_URL.'],
  ['vertex', 'set VERTEX_API_KEY, or GOOGLE_APPLICATION_CREDENTIALS and GOOGLE_CLOUD_PROJECT.'],
  ['nobody-knows-it', 'add one to `providers`.'],
])('all that %s needs is told', (type, what) => {
  expect(howToConfigure(type)).toBe(`No provider of the type \`${type}\` is configured: ${what}`)
})

function configured(...names: readonly string[]): readonly ConnectedProvider[] {
  const provider = findProvider('openai')
  return names.map(name => ({ configuration: { name }, provider }) as unknown as ConnectedProvider)
}

test('a model that is named by the type of a provider is found at those that have other names', () => {
  expect(namesByType('openai/gpt-5/x', configured('oai', 'second'))).toEqual([
    'oai/gpt-5/x',
    'second/gpt-5/x',
  ])
  expect(describeNamesByType('openai/gpt-5', configured('oai'))).toBe(
    'The providers of the type `openai` have other names here: ask for `oai/gpt-5`.',
  )
})

test('where a provider has that name, or the type is another one, nothing is told', () => {
  expect(describeNamesByType('openai/gpt-5', configured('openai', 'oai'))).toBeNull()
  expect(describeNamesByType('mistral/large', configured('oai'))).toBeNull()
  expect(describeNamesByType('gpt-5', configured('oai'))).toBeNull()
})
