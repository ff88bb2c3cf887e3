// Upstreams that fail while they stream: what the client hears of it, who is asked next, and what the books say.

import { expect, test } from 'vitest'
import {
  answerText,
  chunk,
  resetConnection,
  stall,
  streamEvents,
  wholeStream,
} from '../support/fake-upstream.ts'
import { openScene, shareScene } from '../support/scene.ts'
import { contentOf, errorIn, eventsIn, openStreamClient } from '../support/stream-client.ts'

const begun = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ content: 'one ' }),
  chunk({ content: 'two' }),
]
const errorEvent = 'data: {"error":{"message":"Overloaded","type":"overloaded_error"}}\n\n'
const namedErrorEvent = `event: error\n${errorEvent}`

test('a stream that is cut ends with an error event and no end marker, and is booked as truncated', async () => {
  const { gateway, settled } = await openScene({ upstreams: [[streamEvents(begun, { ending: 'cut' })]] })
  const response = await gateway.chat({ stream: true })
  const text = await response.text()
  expect(response.status).toBe(200)
  expect(contentOf(text)).toBe('one two')
  expect(text).not.toContain('[DONE]')
  expect(errorIn(text)).toMatchObject({
    code: 'upstream_truncated',
    type: 'upstream_error',
    provider: 'upstream1',
    attempts: [{ provider: 'upstream1', status: 200, code: 'upstream_truncated' }],
  })
  await settled()
  const [line] = gateway.readLog().filter(({ message }) => message === 'request')
  expect(line).toMatchObject({ outcome: 'truncated', error_code: 'upstream_truncated' })
  const [row] = await gateway.stopAndReadLedger()
  expect(row).toMatchObject({ outcome: 'truncated', usage_source: 'estimated', status: 200 })
  expect(row?.['input_uncached']).toBeGreaterThan(0)
  expect(row?.['output_text']).toBeGreaterThan(0)
})

test('a stream whose connection ends properly but without its end is truncated all the same', async () => {
  const { gateway } = await openScene({ upstreams: [[streamEvents(begun)]] })
  const text = await (await gateway.chat({ stream: true })).text()
  expect(text).not.toContain('[DONE]')
  expect(errorIn(text)).toMatchObject({ code: 'upstream_truncated', provider: 'upstream1' })
})

test('so is one that was to be held back and was too long for it', async () => {
  const long = Array.from({ length: 50 }, () => chunk({ content: 'x'.repeat(100_000) }))
  const { gateway } = await openScene({
    upstreams: [[streamEvents([...begun, ...long], { ending: 'cut' })]],
    policy: { rescue: 'buffer' },
  })
  const text = await (await gateway.chat({ stream: true })).text()
  expect(text.length).toBeGreaterThan(4 << 20)
  expect(errorIn(text)).toMatchObject({ code: 'upstream_truncated', provider: 'upstream1' })
})

const pair = shareScene({ upstreams: [[stall], [streamEvents(wholeStream('second'))]] })

test.each([
  ['an error as the first event', streamEvents([errorEvent])],
  ['a named error event', streamEvents([namedErrorEvent])],
  ['an error after the role', streamEvents([begun[0] as string, errorEvent])],
  ['an end before any content', streamEvents([begun[0] as string])],
  ['a cut before any content', streamEvents([begun[0] as string], { ending: 'cut' })],
  ['nothing at all', streamEvents([])],
  ['an event that is not JSON', streamEvents(['data: {"choices":[\n\n'])],
  ['a reset', resetConnection],
  ['an answer that is no stream', answerText('not a stream')],
])('%s is answered by the next provider, as if nothing had happened', async (_what, failing) => {
  const { gateway, upstream, settled } = pair()
  upstream.behave(failing)
  const response = await gateway.chat({ stream: true })
  const text = await response.text()
  expect(response.status).toBe(200)
  expect(contentOf(text)).toBe('second')
  expect(eventsIn(text).at(-1)).toBe('[DONE]')
  expect(response.headers.get('x-llm-proxy-provider')).toBe('upstream2')
  expect(response.headers.get('x-llm-proxy-attempts')).toBe('2')
  await settled()
  expect(gateway.readLog().at(-1)).toMatchObject({
    outcome: 'ok',
    provider: 'upstream2',
    usage_source: 'provider',
    attempts: 2,
    failed_attempts: [{ provider: 'upstream1', code: expect.stringMatching(/^upstream_/) }],
  })
})

test('an error event after content ends the stream with it, and nobody else is asked', async () => {
  const { gateway, upstreams } = await openScene({
    upstreams: [[streamEvents([...begun, errorEvent])], [streamEvents(wholeStream('second'))]],
  })
  const text = await (await gateway.chat({ stream: true })).text()
  expect(contentOf(text)).toBe('one two')
  expect(errorIn(text)).toMatchObject({
    code: 'upstream_overloaded',
    provider: 'upstream1',
    message: 'Overloaded',
  })
  expect(text).not.toContain('[DONE]')
  expect(upstreams[1]?.requests).toHaveLength(0)
})

const malformedEvent = 'data: {"choices": [{"delta"\n\n'

test('an event that is not JSON is dropped, and told in the ledger and the metrics; the stream goes on to its end', async () => {
  const events = [...begun, malformedEvent, malformedEvent, ...wholeStream(' three').slice(1)]
  const { gateway, settled } = await openScene({ upstreams: [[streamEvents(events)]] })
  const text = await (await gateway.chat({ stream: true })).text()
  expect(contentOf(text)).toBe('one two three')
  expect(text).not.toContain('{"delta"\n')
  expect(eventsIn(text).at(-1)).toBe('[DONE]')
  await settled()
  const metrics = await (await fetch(`${gateway.url}/metrics/prometheus`)).text()
  expect(metrics).toMatch(/^llm_proxy_malformed_stream_events_total\{.*provider="upstream1".*\} 2$/m)
  const [row] = await gateway.stopAndReadLedger()
  expect(row).toMatchObject({ outcome: 'ok', usage_source: 'provider' })
  expect(JSON.parse(String(row?.['attempts']))).toMatchObject([{ code: null, malformedEvents: 2 }])
  expect(gateway.readLog().find(({ message }) => message === 'request')).toMatchObject({
    warnings: ['dropped 2 malformed stream events'],
  })
})

test('an event that is not JSON before the first content is told in the header, too', async () => {
  const events = [malformedEvent, ...wholeStream('hello')]
  const { gateway, settled } = await openScene({ upstreams: [[streamEvents(events)]] })
  const response = await gateway.chat({ stream: true })
  expect(contentOf(await response.text())).toBe('hello')
  expect(response.headers.get('x-llm-proxy-warnings')).toBe('dropped 1 malformed stream event')
  await settled()
})

test('a stream with a malformed event that ends before its end is truncated all the same', async () => {
  const { gateway } = await openScene({ upstreams: [[streamEvents([...begun, malformedEvent])]] })
  const text = await (await gateway.chat({ stream: true })).text()
  expect(errorIn(text)).toMatchObject({ code: 'upstream_truncated', provider: 'upstream1' })
  expect(text).not.toContain('[DONE]')
})

test('an event that never ends is given up instead of being collected', async () => {
  const events = [...begun, `data: {"choices":[],"x":"${'y'.repeat(2 << 20)}`]
  const { gateway, settled } = await openScene({ upstreams: [[streamEvents(events, { ending: 'stall' })]] })
  const text = await (await gateway.chat({ stream: true })).text()
  expect(errorIn(text)).toMatchObject({ code: 'upstream_malformed' })
  await settled()
})

const longTimers = { connect: '5s', headers: '10s', first_token: '10s', idle: '10s' }
const silences = [
  { phase: 'before its headers', behaviour: stall, timers: { headers: '60ms' }, timer: 'headers' },
  { phase: 'before its headers', behaviour: stall, timers: { first_token: '60ms' }, timer: 'first_token' },
  {
    phase: 'before its first content',
    behaviour: streamEvents([begun[0] as string], { ending: 'stall' }),
    timers: { first_token: '60ms' },
    timer: 'first_token',
  },
  {
    phase: 'before its first content',
    behaviour: streamEvents([begun[0] as string], { ending: 'stall' }),
    timers: { idle: '60ms' },
    timer: 'idle',
  },
]

test.each(silences)(
  'a stream that is silent $phase is left after the $timer timer, for the next provider',
  async ({ behaviour, timers }) => {
    const { gateway, upstreams, settled } = await openScene({
      upstreams: [[behaviour], [streamEvents(wholeStream('second'))]],
      provider: { timeouts: { ...longTimers, ...timers } },
    })
    const text = await (await gateway.chat({ stream: true })).text()
    expect(contentOf(text)).toBe('second')
    await upstreams[0]?.requests[0]?.aborted
    await settled()
  },
)

test.each(silences)(
  'a stream that is silent $phase, alone, fails with the name of the $timer timer',
  async ({ behaviour, timers, timer }) => {
    const { gateway, settled } = await openScene({
      upstreams: [[behaviour]],
      provider: { timeouts: { ...longTimers, ...timers } },
    })
    const response = await gateway.chat({ stream: true })
    expect(response.status).toBe(504)
    const { error } = (await response.json()) as { error: Record<string, unknown> }
    expect(error).toMatchObject({ code: 'upstream_timeout', type: 'timeout_error', provider: 'upstream1' })
    expect(error['message']).toContain(`timer: ${timer})`)
    expect(error['attempts']).toHaveLength(1)
    await settled()
  },
)

test('a stream that falls silent in its middle ends with an error that names the timer', async () => {
  const { gateway, upstream, upstreams, settled } = await openScene({
    upstreams: [[streamEvents(begun, { ending: 'stall' })], [streamEvents(wholeStream('second'))]],
    provider: { timeouts: { ...longTimers, idle: '80ms' } },
  })
  const text = await (await gateway.chat({ stream: true })).text()
  expect(contentOf(text)).toBe('one two')
  expect(errorIn(text)).toMatchObject({ code: 'upstream_timeout', provider: 'upstream1' })
  expect(errorIn(text)['message']).toContain('timer: idle')
  expect(text).not.toContain('[DONE]')
  await upstream.requests[0]?.aborted
  expect(upstreams[1]?.requests).toHaveLength(0)
  await settled()
})

test('a stream that trickles, though it is never silent for long, is given up where a least pace is set', async () => {
  const trickle = streamEvents([...begun, ...Array.from({ length: 200 }, () => chunk({ content: '.' }))], {
    before: () => new Promise(resolve => setTimeout(resolve, 20)),
  })
  const pace = { min_tokens_per_second: 1000, throughput_window: '100ms' }
  const { gateway, upstream, settled } = await openScene({
    upstreams: [[trickle]],
    provider: { timeouts: { ...longTimers, ...pace } },
  })
  const text = await (await gateway.chat({ stream: true })).text()
  expect(errorIn(text)).toMatchObject({ code: 'upstream_timeout', provider: 'upstream1' })
  expect(errorIn(text)['message']).toContain('timer: min_tokens_per_second')
  await upstream.requests[0]?.aborted
  await settled()
})

test('the total time ends a stream that never stops talking', async () => {
  const endless = streamEvents(
    Array.from({ length: 10_000 }, () => chunk({ content: 'more ' })),
    { before: () => new Promise(resolve => setTimeout(resolve, 10)) },
  )
  const { gateway, upstream, settled } = await openScene({
    upstreams: [[endless]],
    sections: () => ({ timeouts: { total: '150ms' } }),
  })
  const client = await openStreamClient(gateway)
  expect(errorIn(await client.whole)).toMatchObject({ code: 'deadline_exceeded', type: 'timeout_error' })
  await upstream.requests[0]?.aborted
  await settled()
})

test('an event that is not JSON between good ones in the same piece takes nothing with it', async () => {
  const together = `${chunk({ content: ' good' })}${malformedEvent}${wholeStream(' end').slice(1).join('')}`
  const { gateway, settled } = await openScene({ upstreams: [[streamEvents([...begun, together])]] })
  const text = await (await gateway.chat({ stream: true })).text()
  expect(contentOf(text)).toBe('one two good end')
  expect(eventsIn(text).at(-1)).toBe('[DONE]')
  await settled()
})

test('an upstream that leaves its answer open behind the end marker is closed after a moment', async () => {
  const { gateway, settled, upstream } = await openScene({
    upstreams: [[streamEvents(wholeStream('hello'), { ending: 'stall' })]],
  })
  const text = await (await gateway.chat({ stream: true })).text()
  expect(contentOf(text)).toBe('hello')
  expect(eventsIn(text).at(-1)).toBe('[DONE]')
  await upstream.requests[0]?.aborted
  await settled()
  expect(await gateway.stopAndReadLedger()).toMatchObject([{ outcome: 'ok' }])
})

test('an upstream that leaves its answer open does not keep the gateway from its end', async () => {
  const { gateway } = await openScene({
    upstreams: [[streamEvents(wholeStream('hello'), { ending: 'stall' })]],
  })
  await (await gateway.chat({ stream: true })).text()
  expect(await gateway.stopAndReadLedger()).toMatchObject([{ outcome: 'ok' }])
})
