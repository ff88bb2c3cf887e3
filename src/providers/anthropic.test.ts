import { expect, test } from 'vitest'
import { Secret } from '../lib/secret.ts'
import { anthropic } from './anthropic.ts'
import { buildConnection } from './build-connection.ts'
import { matchErrorRule } from './error-rules.ts'
import { makeSettings, testKey } from './settings.fixture.ts'

function pathOf(format: string, baseUrl: string | null): string | null {
  const timers = { connectMs: 1, headersMs: 1, firstContentMs: 1, idleMs: 1 }
  const settings = makeSettings({ baseUrl })
  const connection = buildConnection({
    provider: anthropic,
    settings,
    timers,
    maxConnections: 1,
    maxRetries: 0,
  })
  const operation = format === 'anthropic-messages' ? 'chat' : 'token_count'
  const path = connection.pathFor({ operation, format, model: 'm', streaming: false })
  return path === null ? null : connection.origin + path
}

test('messages and counts have their addresses, below any base that speaks the same', () => {
  expect(pathOf('anthropic-messages', null)).toBe('https://api.anthropic.com/v1/messages')
  expect(pathOf('anthropic-token-count', null)).toBe('https://api.anthropic.com/v1/messages/count_tokens')
  expect(pathOf('anthropic-messages', 'https://api.anthropic.com/v1/')).toBe(
    'https://api.anthropic.com/v1/messages',
  )
  expect(pathOf('anthropic-messages', 'https://api.example.com/anthropic')).toBe(
    'https://api.example.com/anthropic/v1/messages',
  )
})

test('a key goes in its own header, and a token of an account as a bearer’s', () => {
  expect(anthropic.headersFor(testKey, makeSettings())).toEqual([
    'anthropic-version',
    '2023-06-01',
    'x-api-key',
    'sk-test',
  ])
  const token = new Secret('sk-ant-oat01-abc')
  expect(anthropic.headersFor(token, makeSettings())).toEqual([
    'anthropic-version',
    '2023-06-01',
    'authorization',
    'Bearer sk-ant-oat01-abc',
    'anthropic-beta',
    'oauth-2025-04-20',
  ])
})

test.each([
  [
    400,
    'invalid_request_error',
    'Your credit balance is too low to access the API.',
    'upstream_quota_exceeded',
  ],
  [
    400,
    'invalid_request_error',
    'You have reached your specified API usage limits.',
    'upstream_quota_exceeded',
  ],
  [400, 'invalid_request_error', 'Output blocked by content filtering policy', 'content_filter'],
  [429, 'rate_limit_error', 'slow down', null],
] as const)('%i %s %s', (...[status, upstreamCode, message, code]) => {
  expect(matchErrorRule(anthropic.errors, { status, upstreamCode, message })).toBe(code)
})
