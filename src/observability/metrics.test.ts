import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { createManualClock } from '../lib/clock.ts'
import { exchangeEnded, exchangeFailed, noUsage } from './exchange.fixture.ts'
import { parseExposition, type Sample } from './exposition-parser.fixture.ts'
import { createMetrics, type MetricsDeps } from './metrics.ts'
import { idleSystem } from './system.fixture.ts'

function setUp(changes: Partial<MetricsDeps> = {}) {
  const clock = createManualClock()
  const metrics = createMetrics({
    clock,
    version: '1.2.3',
    system: () => idleSystem,
    processCpuMs: () => 1_500,
    ...changes,
  })
  const read = () => parseExposition(metrics.render())
  return { clock, metrics, read }
}

function find(
  samples: readonly Sample[],
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  return samples.find(
    sample =>
      sample.name === `llm_proxy_${name}` &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  )?.value
}

test('a request is counted with its route, provider, model, status and outcome', () => {
  const { metrics, read } = setUp()
  metrics.observe(exchangeEnded())
  metrics.observe(exchangeEnded())
  metrics.observe(exchangeFailed())
  const samples = read()
  const place = { route: '/v1/chat/completions', provider: 'north', model: 'small-1' }
  expect(find(samples, 'requests_total', { ...place, status: '200', outcome: 'ok' })).toBe(2)
  expect(find(samples, 'requests_total', { ...place, status: '502', outcome: 'error' })).toBe(1)
  expect(find(samples, 'upstream_attempts_total', { provider: 'north', code: 'ok' })).toBe(2)
  expect(find(samples, 'upstream_attempts_total', { provider: 'north', code: 'upstream_error' })).toBe(1)
})

test('tokens are counted once by kind, money in dollars, an unknown price apart', () => {
  const { metrics, read } = setUp()
  metrics.observe(exchangeEnded({ costNanoUsd: 2_500_000_000 }))
  metrics.observe(
    exchangeEnded({ costNanoUsd: null, costStatus: 'unpriced', usage: { ...noUsage, outputReasoning: 7 } }),
  )
  const samples = read()
  expect(find(samples, 'tokens_total', { kind: 'input_uncached' })).toBe(100)
  expect(find(samples, 'tokens_total', { kind: 'cache_read' })).toBe(20)
  expect(find(samples, 'tokens_total', { kind: 'output_text' })).toBe(30)
  expect(find(samples, 'tokens_total', { kind: 'output_reasoning' })).toBe(7)
  expect(find(samples, 'tokens_total', { kind: 'audio_output' })).toBeUndefined()
  expect(find(samples, 'cost_usd_total')).toBe(2.5)
  expect(find(samples, 'unpriced_requests_total')).toBe(1)
})

test('histograms are cumulative, and the overhead leaves out what reached no provider', () => {
  const { metrics, read } = setUp()
  metrics.observe(exchangeEnded({ durationMs: 500.2, upstreamMs: 500, firstContentMs: 80 }))
  metrics.observe(exchangeEnded({ durationMs: 9_000_000, upstreamMs: 9_000_000 }))
  metrics.observe(exchangeEnded({ provider: null, model: null, status: 401, outcome: 'error', attempts: [] }))
  const samples = read()
  const north = { provider: 'north' }
  expect(find(samples, 'request_duration_seconds_bucket', { ...north, le: '0.5' })).toBe(0)
  expect(find(samples, 'request_duration_seconds_bucket', { ...north, le: '1' })).toBe(1)
  expect(find(samples, 'request_duration_seconds_bucket', { ...north, le: '600' })).toBe(1)
  expect(find(samples, 'request_duration_seconds_bucket', { ...north, le: '+Inf' })).toBe(2)
  expect(find(samples, 'request_duration_seconds_count', north)).toBe(2)
  expect(find(samples, 'overhead_seconds_count')).toBe(2)
  expect(find(samples, 'overhead_seconds_bucket', { le: '0.00025' })).toBe(2)
  expect(find(samples, 'first_content_seconds_count', north)).toBe(1)
  expect(find(samples, 'requests_total', { provider: 'none', model: 'none', status: '401' })).toBe(1)
})

test('nothing that a client or an administrator can invent becomes a label without bound', () => {
  const { metrics, read } = setUp({ maxModels: 3 })
  for (let index = 0; index < 300; index++) {
    metrics.observe(
      exchangeEnded({ modelAsked: `asked-${index}`, model: `model-${index}`, keyId: `key-${index}` }),
    )
    metrics.observe(
      exchangeEnded({
        modelAsked: `missing-${index}`,
        provider: null,
        model: null,
        status: 404,
        outcome: 'error',
      }),
    )
    metrics.observe(exchangeEnded({ route: `/path/${index}`, provider: `p-${index}` }))
    metrics.observe({ type: 'provider_key_rejected', provider: 'north', keyIndex: index })
  }
  const text = metrics.render()
  expect(text).not.toMatch(/asked-|missing-|key-\d/)
  const samples = read()
  const distinct = (label: string) => new Set(samples.map(sample => sample.labels[label])).size
  expect(distinct('model')).toBeLessThanOrEqual(3 + 3)
  expect(distinct('route')).toBeLessThanOrEqual(102)
  expect(distinct('provider')).toBeLessThanOrEqual(203)
  expect(find(samples, 'tokens_total', { model: 'other', provider: 'north', kind: 'output_text' })).toBe(
    298 * 30,
  )
})

test('requests in flight go up and down, and never below zero', () => {
  const { metrics, read } = setUp({ streamsOpen: () => 4, spoolQueued: () => 9, logLinesDropped: () => 2 })
  metrics.observe({ type: 'exchange_started', id: 'a' })
  metrics.observe({ type: 'exchange_started', id: 'b' })
  metrics.observe(exchangeEnded())
  expect(find(read(), 'requests_in_flight')).toBe(1)
  metrics.observe(exchangeEnded())
  metrics.observe(exchangeEnded())
  const samples = read()
  expect(find(samples, 'requests_in_flight')).toBe(0)
  expect(find(samples, 'streams_open')).toBe(4)
  expect(find(samples, 'spool_queued')).toBe(9)
  expect(find(samples, 'log_lines_dropped_total')).toBe(2)
})

test('configuration, breakers and refused keys show their state', () => {
  const { metrics, read } = setUp()
  metrics.observe({ type: 'configuration_loaded', version: 'c1' })
  metrics.observe({ type: 'configuration_rejected', problems: ['x'] })
  metrics.observe({ type: 'breaker_changed', target: 'south/large', state: 'open' })
  metrics.observe({ type: 'configuration_loaded', version: 'c2' })
  metrics.observe({ type: 'breaker_changed', target: 'north/small-1', state: 'open' })
  metrics.observe({ type: 'breaker_changed', target: 'north/small-1', state: 'half_open' })
  metrics.observe({ type: 'provider_key_rejected', provider: 'north', keyIndex: 0 })
  const samples = read()
  expect(find(samples, 'configuration_info', { version: 'c2' })).toBe(1)
  expect(find(samples, 'configuration_info', { version: 'c1' })).toBeUndefined()
  expect(find(samples, 'configuration_reloads_total', { result: 'accepted' })).toBe(1)
  expect(find(samples, 'configuration_reloads_total', { result: 'rejected' })).toBe(1)
  expect(find(samples, 'breaker_state', { target: 'north/small-1' })).toBe(1)
  // Breakers outlive a reload: an open one stays open in what is shown.
  expect(find(samples, 'breaker_state', { target: 'south/large' })).toBe(2)
  expect(find(samples, 'provider_key_rejected_total', { provider: 'north' })).toBe(1)
})

test('process and system values are those of the moment of asking', () => {
  const { metrics, read, clock } = setUp({ observerFailures: () => new Map([['log', 3]]) })
  clock.advance(2_500)
  const samples = read()
  expect(find(samples, 'uptime_seconds')).toBe(2.5)
  expect(find(samples, 'observer_failures_total', { observer: 'log' })).toBe(3)
  expect(find(samples, 'build_info', { version: '1.2.3' })).toBe(1)
  expect(samples.find(sample => sample.name === 'process_cpu_seconds_total')?.value).toBe(1.5)
  expect(samples.find(sample => sample.name === 'process_resident_memory_bytes')?.value).toBe(80_000_000)
  expect(metrics.contentType).toContain('version=0.0.4')
})

test('label values with quotes, backslashes and line feeds keep the text valid', () => {
  const { metrics, read } = setUp()
  const model = 'we"ird\\mo\ndel{},='
  metrics.observe(exchangeEnded({ model }))
  expect(find(read(), 'requests_total', { model })).toBe(1)
})

const hasPromtool = spawnSync('promtool', ['--version']).status === 0

test.skipIf(!hasPromtool)('promtool finds nothing wrong (skipped where promtool is not installed)', () => {
  const { metrics } = setUp()
  metrics.observe(exchangeEnded({ firstContentMs: 5 }))
  metrics.observe({ type: 'configuration_loaded', version: 'c1' })
  const check = spawnSync('promtool', ['check', 'metrics'], { input: metrics.render(), encoding: 'utf8' })
  expect(check.stderr + check.stdout).toBe('')
  expect(check.status).toBe(0)
})
