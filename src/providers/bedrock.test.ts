import { describe, expect, test } from 'vitest'
import type { GatewayError } from '../errors.ts'
import { Secret } from '../lib/secret.ts'
import { bedrock } from './bedrock.ts'
import { buildConnection } from './build-connection.ts'
import { matchErrorRule } from './error-rules.ts'
import type { ProviderSettings } from './provider.ts'
import { makeSettings, testKey } from './settings.fixture.ts'

const aws = { accessKeyId: 'AKID', secretAccessKey: new Secret('s'), sessionToken: null }

function connect(changes: Partial<ProviderSettings>) {
  return buildConnection({
    provider: bedrock,
    settings: makeSettings(changes),
    timers: { connectMs: 1, headersMs: 1, firstContentMs: 1, idleMs: 1 },
    maxConnections: 1,
    maxRetries: 0,
  })
}

function addressOf(changes: Partial<ProviderSettings>, model: string, streaming = false) {
  const { origin, pathFor } = connect(changes)
  return `${origin}${pathFor({ operation: 'chat', format: 'bedrock-converse', model, streaming })}`
}

describe('the address', () => {
  test.each([
    [{ region: 'eu-central-1' }, 'https://bedrock-runtime.eu-central-1.amazonaws.com'],
    [{ region: 'cn-north-1' }, 'https://bedrock-runtime.cn-north-1.amazonaws.com.cn'],
    [{ region: 'eu-central-1', baseUrl: 'http://localhost:1/aws' }, 'http://localhost:1/aws'],
  ])('%o is below %s', (settings, base) => {
    expect(addressOf(settings, 'm')).toBe(`${base}/model/m/converse`)
  })

  test('of a model is encoded once, colons and slashes too', () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/ab1'
    expect(addressOf({ region: 'us-east-1' }, arn, true)).toBe(
      'https://bedrock-runtime.us-east-1.amazonaws.com/model/' +
        'arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fab1/converse-stream',
    )
  })

  test('needs a region, and says so', () => {
    let message = ''
    try {
      connect({})
    } catch (thrown) {
      message = (thrown as GatewayError).message
    }
    expect(message).toBe('The provider test needs a region.')
  })
})

describe('credentials', () => {
  test('a long-term key goes as a bearer token, and wins over a signature', () => {
    const settings = makeSettings({ region: 'us-east-1', aws })
    expect(bedrock.headersFor(testKey, settings)).toEqual(['authorization', 'Bearer sk-test'])
    expect(bedrock.authScheme?.(settings)).toBeNull()
  })

  test.each([
    [{ region: 'us-east-1' }, 'us-east-1'],
    [{ baseUrl: 'https://vpce-1.bedrock-runtime.eu-west-3.vpce.amazonaws.com' }, 'eu-west-3'],
    [{ baseUrl: 'https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com' }, 'us-gov-west-1'],
  ])('without one, requests are signed for the region of %o', (settings, region) => {
    expect(bedrock.authScheme?.(makeSettings({ keys: [], aws, ...settings }))).toEqual({
      scheme: 'aws',
      service: 'bedrock',
      region,
    })
  })

  test('without a region or credentials nothing can be signed', () => {
    expect(bedrock.authScheme?.(makeSettings({ keys: [], aws, baseUrl: 'http://localhost' }))).toBeNull()
    expect(bedrock.authScheme?.(makeSettings({ keys: [], region: 'us-east-1' }))).toBeNull()
  })
})

test.each([
  [400, 'The provided model identifier is invalid.', 'upstream_model_not_found'],
  [403, "You don't have access to the model with the specified model ID.", 'upstream_model_not_found'],
  [400, "Invocation of model ID x with on-demand throughput isn't supported.", 'upstream_model_not_found'],
  [404, 'This model version has reached the end of its life.', 'upstream_model_not_found'],
  [400, 'Input is too long for requested model.', 'context_length_exceeded'],
  [
    400,
    'The model returned the following errors: prompt is too long: 1 tokens > 0 maximum',
    'context_length_exceeded',
  ],
  [429, 'Too many tokens per day, please wait before trying again.', 'upstream_quota_exceeded'],
  [400, 'Output blocked by content filtering policy', 'content_filter'],
  [429, 'Too many requests, please wait before trying again.', null],
  [400, "This model doesn't support the video content block that you provided.", null],
])('%i %s is %s', (status, message, code) => {
  expect(matchErrorRule(bedrock.errors, { status, upstreamCode: null, message })).toBe(code)
})
