import { expect, test } from 'vitest'
import { readRetryAfter } from './retry-after.ts'

const wall = Date.parse('2026-01-01T00:00:00Z')

test.each([
  [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1500],
  [{ 'retry-after': '2' }, 2000],
  [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:05 GMT' }, 5000],
  [{ 'retry-after': 'Wed, 31 Dec 2025 00:00:05 GMT' }, 0],
  [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6m0s' }, 360_000],
  [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '120ms' }, 120],
  [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '1m2.5s' }, 62_500],
  [{ 'x-ratelimit-remaining-tokens': '10', 'x-ratelimit-reset-tokens': '6m0s' }, null],
  [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '7' }, 7000],
  [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(wall / 1000 + 30) }, 30_000],
  [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(wall + 1500) }, 1500],
  [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(wall - 1500) }, 0],
  [{ 'x-ratelimit-remaining-tokens-minute': '0', 'x-ratelimit-reset-tokens-minute': '12.5' }, 12_500],
  [{ 'x-ratelimit-remaining-requests-day': '0', 'x-ratelimit-reset-requests-day': '33011.5' }, 33_011_500],
  [
    {
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-01-01T00:00:20Z',
      'anthropic-ratelimit-input-tokens-remaining': '0',
      'anthropic-ratelimit-input-tokens-reset': '2026-01-01T00:00:45Z',
      'anthropic-ratelimit-output-tokens-remaining': '8000',
      'anthropic-ratelimit-output-tokens-reset': '2026-01-01T00:01:00Z',
    },
    45_000,
  ],
  [{ 'anthropic-ratelimit-tokens-remaining': '0', 'anthropic-ratelimit-tokens-reset': '2026-99-99T' }, null],
  [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '50' }, 50_000],
  [{ 'retry-after': '2', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '50' }, 2000],
  [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'never' }, null],
  [{ 'retry-after': 'soon' }, null],
  [{}, null],
])('%j asks for %s ms', (headers, expected) => {
  expect(readRetryAfter(headers, wall)).toBe(expected)
})
