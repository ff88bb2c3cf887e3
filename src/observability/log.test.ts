import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createManualClock } from '../lib/clock.ts'
import { exchangeEnded, exchangeFailed } from './exchange.fixture.ts'
import { createLog, type LogOptions } from './log.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function setUp(changes: Partial<LogOptions> = {}) {
  const clock = createManualClock()
  const file = join(folder, 'logs', 'proxy_api.log')
  const log = createLog({
    level: 'info',
    format: 'json',
    file,
    maxBytes: 1_000_000,
    maxFiles: 3,
    clock,
    service: 'llm-proxy-api',
    ...changes,
  })
  const text = () => readFileSync(file, 'utf8')
  const lines = () =>
    text()
      .split('\n')
      .filter(line => line !== '')
      .map((line): Record<string, unknown> => JSON.parse(line))
  return { clock, log, file, text, lines }
}

test('a request is one JSON line that tells its story', async () => {
  const { log, lines } = setUp()
  log.observe(exchangeEnded({ firstContentMs: 80.5, warnings: ['`seed` was left out'] }))
  await log.close()
  expect(lines()).toEqual([
    {
      time: '2023-11-14T22:13:20.500Z',
      level: 'info',
      service: 'llm-proxy-api',
      message: 'request',
      id: 'req_01',
      key: 'key_3f2a',
      route: '/v1/chat/completions',
      operation: 'chat',
      model_asked: 'small',
      provider: 'north',
      model: 'small-1',
      status: 200,
      outcome: 'ok',
      stream: false,
      finish_reason: 'stop',
      input_tokens: 120,
      output_tokens: 30,
      cache_read_tokens: 20,
      usage_source: 'provider',
      cost_usd: 0.0000015,
      duration_ms: 500.25,
      upstream_ms: 500,
      first_content_ms: 80.5,
      attempts: 1,
      warnings: ['`seed` was left out'],
      bytes_in: 1_000,
      bytes_out: 2_000,
      config: 'c1',
    },
  ])
})

test('a failed request names the error and the failed attempts, without the key that an upstream quoted', async () => {
  const { log, lines, text } = setUp()
  const secret = 'sk-proj-Ab3dEf6hIj9kLm2nOp5q'
  log.observe(exchangeFailed({ errorMessage: `Incorrect API key provided: ${secret}` }))
  log.observe(
    exchangeFailed({ provider: null, model: null, modelAsked: `Bearer ${secret}`, warnings: [secret] }),
  )
  log.observe({
    type: 'notice',
    level: 'warn',
    message: `tried ${secret}`,
    detail: { header: secret, count: 2 },
  })
  await log.close()
  expect(text()).not.toContain('Ab3dEf6hIj9k')
  expect(lines()[0]).toMatchObject({
    level: 'warn',
    error_code: 'upstream_error',
    failed_attempts: [
      { provider: 'north', model: 'small-1', status: 500, code: 'upstream_error', duration_ms: 80 },
    ],
  })
  expect(lines()[2]).toMatchObject({ level: 'warn', header: '[redacted]', count: 2 })
})

test('whatever a client sends, each request stays one line of valid JSON', async () => {
  const { log, lines, text } = setUp()
  const odd = 'a"b\\c\nd\u2028\u0000\ud800'
  log.observe(exchangeEnded({ id: odd, keyId: odd, modelAsked: odd, model: odd, finishReason: odd }))
  log.observe(
    exchangeFailed({ provider: null, modelAsked: odd.repeat(10_000), errorMessage: odd.repeat(10_000) }),
  )
  await log.close()
  expect(lines()).toHaveLength(2)
  expect(lines()[0]?.['finish_reason']).toBe(odd)
  expect(text().length).toBeLessThan(20_000)
})

test('text for people: one line, nothing that drives a terminal', async () => {
  const { log, text } = setUp({ format: 'text' })
  log.observe(exchangeEnded({ modelAsked: 'small\u001b[31m\nfake line' }))
  log.observe(exchangeFailed())
  log.info('ready', { port: 8000 })
  await log.close()
  const [first, second, third, rest] = text().split('\n')
  expect(first).toContain(
    'INFO   200 ok /v1/chat/completions small\\u001b[31m\\u000afake line -> north/small-1',
  )
  expect(first).toContain('120+30 tokens  $0.000001500')
  expect(second).toContain('WARN   502 error')
  expect(second).toContain('after north/small-1 500 upstream_error')
  expect(third).toBe('2023-11-14T22:13:20.000Z INFO   ready  port=8000')
  expect(rest).toBe('')
})

test('the level keeps out what is below it', async () => {
  const { log, lines } = setUp({ level: 'warn' })
  log.observe(exchangeEnded())
  log.info('no')
  log.observe(exchangeFailed())
  log.observe({ type: 'configuration_rejected', problems: ['a', 'b'] })
  log.observe({ type: 'breaker_changed', target: 'north/small-1', state: 'open' })
  log.observe({ type: 'provider_key_rejected', provider: 'north', keyIndex: 1 })
  await log.close()
  expect(lines().map(line => line['level'])).toEqual(['warn', 'error', 'error', 'warn', 'error'])
})

test('lines wait up to 100 ms for company, errors 10 ms', async () => {
  const { log, clock, text } = setUp()
  log.info('one')
  clock.advance(90)
  expect(text()).toBe('')
  clock.advance(10)
  await vi.waitFor(() => expect(text()).toContain('one'))
  log.error('two')
  clock.advance(10)
  await vi.waitFor(() => expect(text()).toContain('two'))
  await log.close()
})

test('what waits is on disk when flush returns', () => {
  const { log, lines } = setUp()
  log.info('last words')
  log.flush()
  expect(lines()).toHaveLength(1)
})

test('a file that is full gives way to the next, and the oldest goes', async () => {
  const { log, file } = setUp({ maxBytes: 2_000 })
  for (let index = 0; index < 40; index++) {
    log.info(`line ${index} ${'x'.repeat(100)}`)
    log.flush()
  }
  await log.close()
  expect(readdirSync(join(folder, 'logs')).toSorted()).toEqual([
    'proxy_api.log',
    'proxy_api.log.1',
    'proxy_api.log.2',
  ])
  for (const name of readdirSync(join(folder, 'logs')))
    expect(statSync(join(folder, 'logs', name)).size).toBeLessThanOrEqual(2_000)
  const all = [`${file}.2`, `${file}.1`, file].map(path => readFileSync(path, 'utf8')).join('')
  const numbers = all.match(/(?<=line )\d+/g)?.map(Number) ?? []
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => 40 - numbers.length + index))
})

test.each(['moved', 'deleted'])('a file %s by somebody else is opened anew', async how => {
  const { log, clock, file, text } = setUp()
  log.info('before')
  log.flush()
  if (how === 'moved') renameSync(file, `${file}.old`)
  else rmSync(join(folder, 'logs'), { recursive: true })
  clock.advance(1_500)
  log.info('after')
  await log.close()
  expect(text()).toContain('after')
  expect(text()).not.toContain('before')
})

test('a file that cannot be opened fails at the start', () => {
  writeFileSync(join(folder, 'plain'), '')
  expect(() => setUp({ file: join(folder, 'plain', 'proxy.log') })).toThrow()
})
