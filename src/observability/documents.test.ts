import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createManualClock } from '../lib/clock.ts'
import { exchangeEnded, exchangeFailed } from './exchange.fixture.ts'
import { buildHealthDocument, type HealthDocumentDeps } from './health-document.ts'
import { readMetric } from './metric-path.ts'
import { buildMetricsDocument } from './metrics-document.ts'
import type { ProviderFacts } from './provider-health.ts'
import { createStats } from './stats.ts'
import { idleSystem } from './system.fixture.ts'

const north: ProviderFacts = { name: 'north', usable: true, targets: ['north/small-1'] }
const south: ProviderFacts = { name: 'south.eu', usable: true, targets: ['south.eu/large'] }

function setUp(changes: Partial<HealthDocumentDeps> = {}) {
  const clock = createManualClock()
  const stats = createStats(clock)
  const deps: HealthDocumentDeps = {
    clock,
    version: '1.2.3',
    stats,
    system: () => idleSystem,
    providers: () => [north, south],
    configuration: () => ({ version: 'c1', valid: true, problems: [] }),
    ledger: () => ({ healthy: true, queued: 0 }),
    ...changes,
  }
  return { clock, stats, metrics: () => buildMetricsDocument(deps), health: () => buildHealthDocument(deps) }
}

test('without traffic every number is there and is a number', () => {
  const document = setUp().metrics()
  const leaves: unknown[] = []
  JSON.stringify(document, (key, value: unknown) => {
    if (typeof value !== 'object' && key !== 'status') leaves.push(value)
    return value
  })
  expect(leaves.length).toBeGreaterThan(40)
  expect(leaves.every(leaf => Number.isFinite(leaf))).toBe(true)
  expect(document.cache_performance.hit_rate).toBe(0)
  expect(document.providers['north']?.status).toBe('healthy')
})

test('times, rates, tokens and money add up', () => {
  const { clock, stats, metrics } = setUp()
  clock.advance(120_000)
  for (let index = 0; index < 90; index++)
    stats.observe(exchangeEnded({ keyId: `key_${index % 3}`, firstContentMs: 50 }))
  for (let index = 0; index < 10; index++) stats.observe(exchangeFailed({ durationMs: 100, keyId: 'key_0' }))
  stats.observe(exchangeEnded({ costNanoUsd: null, costStatus: 'unpriced', keyId: null }))
  const document = metrics()
  expect(document.performance.avg_response_time).toBeCloseTo((91 * 500.25 + 10 * 100) / 101, 3)
  expect(document.performance.error_rate).toBeCloseTo(10 / 101, 4)
  expect(document.performance.p50).toBeGreaterThan(475)
  expect(document.performance.p50).toBeLessThan(525)
  expect(document.performance.first_content.avg).toBe(50)
  expect(document.performance.overhead.avg).toBeCloseTo((91 * 0.25) / 101, 3)
  expect(document.performance.requests_per_second).toBeCloseTo(101 / 45, 3)
  expect(document.performance.endpoints['/v1/chat/completions']?.avg_response_time).toBeGreaterThan(0)
  expect(document.business).toMatchObject({
    total_requests: 101,
    total_errors: 10,
    total_tokens: 91 * 150,
    unpriced_requests: 1,
    active_users: 3,
  })
  expect(document.business.total_cost_usd).toBeCloseTo(90 * 1.5e-6, 12)
  expect(document.providers['north']).toMatchObject({ requests: 101, errors: 10, answered: 91 })
  expect(document.providers['north']?.error_rate).toBeCloseTo(10 / 101, 4)
})

test('what a client got wrong is no error of the gateway or of a provider', () => {
  const { stats, metrics } = setUp()
  stats.observe(
    exchangeFailed({
      status: 401,
      errorCode: 'invalid_api_key',
      provider: null,
      model: null,
      attempts: [],
      durationMs: 0.1,
    }),
  )
  stats.observe(
    exchangeFailed({
      status: 400,
      errorCode: 'upstream_invalid_request',
      attempts: [
        { provider: 'north', model: 'small-1', status: 400, code: 'upstream_invalid_request', durationMs: 9 },
      ],
    }),
  )
  const document = metrics()
  expect(document.business).toMatchObject({ total_requests: 2, total_errors: 0, client_errors: 2 })
  expect(document.providers['north']).toMatchObject({ requests: 1, errors: 0 })
  expect(document.performance.avg_response_time).toBe(500.25)
})

test('an answer that broke off counts against the provider that began it', () => {
  const { stats, metrics } = setUp()
  stats.observe(exchangeEnded({ outcome: 'truncated', errorCode: 'upstream_truncated' }))
  expect(metrics().providers['north']).toMatchObject({ requests: 1, errors: 1, answered: 0 })
})

test('a call that an open breaker kept from being made is no call', () => {
  const { stats, metrics } = setUp()
  stats.observe(
    exchangeFailed({
      attempts: [{ provider: 'north', model: 'small-1', status: null, code: 'circuit_open', durationMs: 0 }],
    }),
  )
  expect(metrics().providers['north']?.requests).toBe(0)
})

test('a path leads to its number, also through names with dots', () => {
  const { stats, metrics } = setUp()
  stats.observe(
    exchangeFailed({
      provider: 'south.eu',
      attempts: [
        { provider: 'south.eu', model: 'large', status: 500, code: 'upstream_error', durationMs: 9 },
      ],
    }),
  )
  const document = metrics()
  expect(readMetric(document, 'providers.south.eu.error_rate')).toBe(1)
  expect(readMetric(document, 'performance.avg_response_time')).toBe(500.25)
  expect(readMetric(document, 'cache_performance.hit_rate')).toBe(0)
  for (const path of [
    '',
    '.',
    'providers',
    'providers.west.error_rate',
    'providers.north.status',
    '__proto__.x',
  ])
    expect(readMetric(document, path)).toBeNull()
})

test('any provider name can be reached by its path', () => {
  const name = fc.stringMatching(/^[a-z._-]{1,12}$/)
  fc.assert(
    fc.property(name, value => {
      const document = { providers: { [value]: { error_rate: 0.5 } } }
      expect(readMetric(document, `providers.${value}.error_rate`)).toBe(0.5)
    }),
  )
})

test('a gateway at rest is healthy', () => {
  const { health, clock } = setUp()
  clock.advance(10_000)
  expect(health()).toEqual({
    status: 'healthy',
    health_score: 100,
    timestamp: 1_700_000_010,
    uptime: 10,
    response_time: 0,
    version: '1.2.3',
    providers: { total: 2, healthy: 2, degraded: 0, unhealthy: 0 },
    system: { cpu_percent: 10, memory_percent: 40, memory_used_mb: 400, disk_percent: 30 },
    alerts: { active: 0, critical: 0, warning: 0 },
    configuration: { version: 'c1', valid: true, problems: [] },
    ledger: { healthy: true, queued: 0 },
    model_lists: { asked: 0, listed: 0, failing: [], oldest_seconds: null },
  })
})

test('a provider that fails a tenth of its calls is degraded, half of them unhealthy, and recovers with time', () => {
  const { stats, health, clock } = setUp()
  for (let index = 0; index < 4; index++) stats.observe(exchangeFailed())
  expect(health().providers).toMatchObject({ healthy: 2 })
  stats.observe(exchangeFailed())
  expect(health().providers).toMatchObject({ healthy: 1, unhealthy: 1 })
  expect(health().status).toBe('degraded')
  for (let index = 0; index < 20; index++) stats.observe(exchangeEnded())
  expect(health().providers).toMatchObject({ healthy: 1, degraded: 1 })
  clock.advance(400_000)
  expect(health()).toMatchObject({ status: 'healthy', providers: { healthy: 2 } })
})

test('a breaker makes its provider degraded, or unhealthy where nothing succeeds beside it', () => {
  const { stats, health } = setUp()
  stats.observe({ type: 'breaker_changed', target: 'north/small-1', state: 'open' })
  expect(health().providers).toMatchObject({ unhealthy: 1 })
  stats.observe(exchangeEnded())
  expect(health().providers).toMatchObject({ degraded: 1, unhealthy: 0 })
  stats.observe({ type: 'breaker_changed', target: 'north/small-1', state: 'closed' })
  expect(health().providers).toMatchObject({ healthy: 2 })
})

test('without one usable provider the gateway is unhealthy', () => {
  const { health } = setUp({ providers: () => [{ ...north, usable: false }] })
  expect(health()).toMatchObject({ status: 'unhealthy', health_score: 80, providers: { unhealthy: 1 } })
  expect(setUp({ providers: () => [] }).health().status).toBe('unhealthy')
})

test('a refused configuration, a sick ledger and a critical alert each make it degraded and say so', () => {
  const refused = { version: 'c1', valid: false, problems: ['providers[0].type: unknown'] }
  expect(setUp({ configuration: () => refused }).health()).toMatchObject({
    status: 'degraded',
    configuration: refused,
  })
  expect(setUp({ ledger: () => ({ healthy: false, queued: 7 }) }).health()).toMatchObject({
    status: 'degraded',
    ledger: { queued: 7 },
  })
  expect(setUp({ alerts: () => ({ active: 1, critical: 1, warning: 0 }) }).health().status).toBe('degraded')
})

test('the score falls with errors, slowness and saturation, and stays between 0 and 100', () => {
  const { stats, health } = setUp({
    system: () => ({ ...idleSystem, cpuPercent: 100, eventLoopLagP99Ms: 9_000 }),
  })
  expect(health().health_score).toBe(90)
  for (let index = 0; index < 10; index++) stats.observe(exchangeFailed())
  // Half for the errors, a tenth for one of two providers, a tenth for saturation.
  expect(health().health_score).toBe(30)
  const slow = setUp()
  for (let index = 0; index < 10; index++) slow.stats.observe(exchangeEnded({ durationMs: 100 }))
  slow.clock.advance(120_000)
  for (let index = 0; index < 10; index++) slow.stats.observe(exchangeEnded({ durationMs: 500 }))
  expect(slow.health().health_score).toBeCloseTo(100 * (1 - 0.2 * (500 / 300 - 1)), 0)
})

test('keys, providers and routes beyond their bounds do not grow the memory', () => {
  const { stats, metrics, clock } = setUp()
  for (let index = 0; index < 12_000; index++) stats.observe(exchangeEnded({ keyId: `key_${index}` }))
  for (let index = 0; index < 500; index++)
    stats.observe(exchangeEnded({ route: `/r/${index}`, provider: `p${index}` }))
  expect(metrics().business.active_users).toBe(10_000)
  expect(Object.keys(metrics().performance.endpoints).length).toBeLessThanOrEqual(101)
  expect(stats.read().providers.size).toBeLessThanOrEqual(201)
  clock.advance(3_700_000)
  stats.observe(exchangeEnded({ keyId: 'fresh' }))
  expect(metrics().business.active_users).toBe(1)
})
