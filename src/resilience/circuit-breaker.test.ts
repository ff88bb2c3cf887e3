import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { requestOf, streamedReply } from '../../test/support/upstream-request.ts'
import { type ErrorCode, errorTable, GatewayError } from '../errors.ts'
import type { BreakerState } from '../events.ts'
import { breakerOf, isRefused, leave, type OpenCall, settings, target } from './breaker.fixture.ts'

describe('closed', () => {
  test('it opens with the last of so many failures in a row, and then refuses without calling', async () => {
    const { failTimes, state, begin, upstream, clock, events, breaker } = breakerOf()
    await failTimes(4)
    expect(state()).toBe('closed')
    await failTimes(1)
    expect(state()).toBe('open')
    clock.advance(1000)
    expect(await begin().outcome).toMatchObject({
      code: 'circuit_open',
      provider: 'provider',
      retryAfterMs: 59_000,
    })
    expect(upstream.calls).toBe(5)
    expect(events).toEqual([{ type: 'breaker_changed', target: target.id, state: 'open' }])
    expect(breaker.states()).toEqual(new Map([[target.id, 'open']]))
  })

  test('a success between failures starts the count anew', async () => {
    const { failTimes, state, begin } = breakerOf()
    await failTimes(4)
    await begin().reply()
    await failTimes(4)
    expect(state()).toBe('closed')
  })

  test('it opens when half of twenty recent outcomes are failures', async () => {
    const { failTimes, state, begin, clock } = breakerOf()
    for (let pair = 0; pair < 9; pair++) {
      await begin().reply()
      await failTimes(1)
      clock.advance(2000)
    }
    await begin().reply()
    expect(state()).toBe('closed')
    await failTimes(1)
    expect(state()).toBe('open')
  })

  test('what failed more than a minute ago counts no more', async () => {
    const { failTimes, state, begin, clock } = breakerOf()
    for (let pair = 0; pair < 40; pair++) {
      await failTimes(1)
      await begin().reply()
      clock.advance(8000)
    }
    expect(state()).toBe('closed')
  })

  test.each((Object.keys(errorTable) as ErrorCode[]).filter(code => errorTable[code].breaker === 'neutral'))(
    '%s neither raises the count nor resets it',
    async code => {
      const { failTimes, state } = breakerOf()
      await failTimes(40, code)
      expect(state()).toBe('closed')
      await failTimes(4)
      await failTimes(40, code)
      expect(state()).toBe('closed')
      await failTimes(1)
      expect(state()).toBe('open')
    },
  )

  test('what came before a long silence counts no more', async () => {
    const { failTimes, state, begin, clock } = breakerOf()
    for (let pair = 0; pair < 9; pair++) {
      await failTimes(1)
      await begin().reply()
    }
    clock.advance(60_000)
    await begin().reply()
    await failTimes(1)
    expect(state()).toBe('closed')
  })

  test('a client that leaves says nothing of the target, whatever its leaving made fail', async () => {
    const { begin, state } = breakerOf()
    for (let time = 0; time < 10; time++) {
      const call = begin()
      call.cancellation.cancel()
      await call.fail('upstream_unreachable')
    }
    expect(state()).toBe('closed')
  })

  test('a stream is judged by its end', async () => {
    const { begin, state } = breakerOf()
    const streams = Array.from({ length: 5 }, streamedReply)
    for (const stream of streams) await begin().reply(stream.reply)
    expect(state()).toBe('closed')
    for (const stream of streams) stream.close(new GatewayError('upstream_truncated'))
    expect(state()).toBe('open')
  })

  test('targets do not share a breaker', async () => {
    const { failTimes, breaker } = breakerOf()
    await failTimes(5)
    expect(breaker.stateOf('provider/another')).toBe('closed')
  })

  test('what the upstream throws goes up as it is', async () => {
    const failure = new GatewayError('upstream_error')
    const { breaker } = breakerOf()
    await expect(breaker.layer(() => Promise.reject(failure))(requestOf())).rejects.toBe(failure)
  })
})

describe('half-open', () => {
  test('it is so for its readers as soon as the rest is over, so that somebody sends the probes', async () => {
    const { openAndRest, state, breaker } = breakerOf()
    await openAndRest()
    expect(state()).toBe('half_open')
    expect(breaker.states().get(target.id)).toBe('half_open')
  })

  test('as many successes as probes are allowed close it', async () => {
    const { openAndRest, begin, state, events } = breakerOf()
    await openAndRest()
    for (let probe = 0; probe < 3; probe++) {
      expect(state()).toBe('half_open')
      await begin().reply()
    }
    expect(state()).toBe('closed')
    expect(events.map(event => event.type === 'breaker_changed' && event.state)).toEqual([
      'open',
      'half_open',
      'closed',
    ])
  })

  test('one failure opens it again, for twice as long each time up to the bound, and a recovery forgets that', async () => {
    const { openAndRest, begin, state, clock, failTimes } = breakerOf()
    await openAndRest()
    for (const restMs of [120_000, 240_000, 300_000, 300_000]) {
      await begin().fail('upstream_error')
      clock.advance(restMs - 1)
      expect(state()).toBe('open')
      clock.advance(1)
      expect(state()).toBe('half_open')
    }
    for (let probe = 0; probe < 3; probe++) await begin().reply()
    await failTimes(5)
    clock.advance(settings.recoveryMs)
    expect(state()).toBe('half_open')
  })

  test('successes before a failed probe do not count for the next time', async () => {
    const { openAndRest, begin, state, clock } = breakerOf()
    await openAndRest()
    await begin().reply()
    await begin().reply()
    await begin().fail('upstream_error')
    clock.advance(120_000)
    await begin().reply()
    expect(state()).toBe('half_open')
  })

  test('failures from before a rest do not count after it', async () => {
    const { failTimes, begin, state, clock } = breakerOf({ recoveryMs: 1000, failureThreshold: 10 })
    await failTimes(10)
    clock.advance(1000)
    for (let probe = 0; probe < 3; probe++) await begin().reply()
    await failTimes(9)
    await begin().reply()
    await failTimes(1)
    expect(state()).toBe('closed')
  })

  test('a success takes the place of its probe: no more are sent than it takes to close', async () => {
    const { openAndRest, begin, upstream, state } = breakerOf()
    await openAndRest()
    const probes = [begin(), begin(), begin()]
    for (const probe of probes.slice(1)) await probe.reply()
    expect(isRefused(await begin().outcome)).toBe(true)
    await probes[0]?.reply()
    expect(state()).toBe('closed')
    expect(upstream.calls).toBe(5 + 3)
  })

  const endings: Array<[title: string, end: (call: OpenCall) => Promise<void>]> = [
    ['a neutral failure', call => call.fail('upstream_rate_limited')],
    ['a client that left', call => leave(call)],
  ]
  test.each(endings)('%s gives the slot of its probe back', async (_title, end) => {
    const { openAndRest, begin, upstream } = breakerOf()
    await openAndRest()
    const probes = [begin(), begin(), begin()]
    expect(isRefused(await begin().outcome)).toBe(true)
    for (const probe of probes.slice(1)) await end(probe)
    begin()
    begin()
    expect(upstream.inFlight).toBe(3)
    expect(isRefused(await begin().outcome)).toBe(true)
  })

  test('a streamed probe has passed with its first content, and a client that leaves before gives no verdict', async () => {
    const { openAndRest, begin, state } = breakerOf({ halfOpenMaxCalls: 1 })
    await openAndRest()
    await leave(begin())
    expect(state()).toBe('half_open')
    await begin().reply(streamedReply().reply)
    expect(state()).toBe('closed')
  })

  test('a streamed probe that passed counts once, and its failure as usual', async () => {
    const { openAndRest, begin, state, failTimes } = breakerOf({ halfOpenMaxCalls: 2 })
    await openAndRest()
    const whole = streamedReply()
    await begin().reply(whole.reply)
    whole.close(null)
    expect(state()).toBe('half_open')
    const broken = streamedReply()
    await begin().reply(broken.reply)
    expect(state()).toBe('closed')
    await failTimes(4)
    broken.close(new GatewayError('upstream_truncated'))
    expect(state()).toBe('open')
  })

  test('a streamed probe that breaks while others are still awaited opens it again', async () => {
    const { openAndRest, begin, state } = breakerOf({ halfOpenMaxCalls: 2 })
    await openAndRest()
    const stream = streamedReply()
    await begin().reply(stream.reply)
    stream.close(new GatewayError('upstream_truncated'))
    expect(state()).toBe('open')
  })

  test('a probe that never tells its end loses its slot with the deadline of its request', async () => {
    const { openAndRest, begin, clock } = breakerOf({ halfOpenMaxCalls: 1 })
    await openAndRest()
    begin(clock.now() + 5000)
    clock.advance(5000)
    expect(isRefused(await begin().outcome)).toBe(true)
    clock.advance(1)
    const next = begin()
    await next.reply()
    expect(isRefused(await next.outcome)).toBe(false)
  })

  test('results of calls that began before count no more', async () => {
    const { openAndRest, begin, state } = breakerOf()
    const early = Array.from({ length: 8 }, () => begin())
    await openAndRest()
    const probe = begin()
    for (const call of early.slice(0, 4)) await call.fail('upstream_error')
    for (const call of early.slice(4)) await call.reply()
    expect(state()).toBe('half_open')
    await probe.fail('upstream_error')
    expect(state()).toBe('open')
  })

  test('two hundred requests a second at recovery make three calls before it closes, no more', async () => {
    const { openAndRest, begin, upstream, clock, state } = breakerOf()
    await openAndRest()
    upstream.calls = 0
    const inFlight: Array<{ call: OpenCall; endsAt: number }> = []
    for (let request = 0; request < 200 && state() !== 'closed'; request++) {
      inFlight.push({ call: begin(), endsAt: clock.now() + 400 })
      clock.advance(5)
      if (inFlight[0] !== undefined && inFlight[0].endsAt <= clock.now()) await inFlight.shift()?.call.reply()
    }
    expect(upstream.calls).toBe(3)
    expect(state()).toBe('closed')
  })
})

test('health checks are probes like others, and tell nothing of the pace', async () => {
  const { breaker, openAndRest, begin, clock, state } = breakerOf()
  await openAndRest()
  for (let check = 0; check < 40; check++) {
    const call = begin(Number.POSITIVE_INFINITY, { healthCheck: true })
    clock.advance(5)
    await call.reply()
  }
  expect(state()).toBe('closed')
  expect(breaker.usualMs(target.id, false)).toBeNull()
})

describe('for any sequence of outcomes', () => {
  type Step =
    | { readonly kind: 'begin' }
    | { readonly kind: 'pause'; readonly ms: number }
    | {
        readonly kind: 'end'
        readonly which: number
        readonly how: 'success' | 'failure' | 'neutral' | 'abort'
      }
  const steps: fc.Arbitrary<Step[]> = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('begin' as const) }) },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('pause' as const),
          ms: fc.integer({ min: 0, max: 90_000 }),
        }),
      },
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant('end' as const),
          which: fc.nat(1000),
          how: fc.constantFrom('success', 'failure', 'failure', 'neutral', 'abort'),
        }),
      },
    ),
    { maxLength: 150 },
  )

  function end(call: OpenCall, how: 'success' | 'failure' | 'neutral' | 'abort'): Promise<void> {
    if (how === 'success') return call.reply()
    if (how === 'neutral') return call.fail('upstream_rate_limited')
    return how === 'abort' ? leave(call) : call.fail('upstream_unreachable')
  }

  test('it never admits too many probes, and it always finds back', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async sequence => {
        const { begin, clock, upstream, state } = breakerOf()
        const calls: Array<{ call: OpenCall; begunIn: BreakerState }> = []
        for (const step of sequence) {
          if (step.kind === 'pause') clock.advance(step.ms)
          else if (step.kind === 'end') {
            const [ended] = calls.splice(step.which % (calls.length + 1), 1)
            if (ended !== undefined) await end(ended.call, step.how)
          } else {
            const before = { calls: upstream.calls, state: state() }
            const call = begin()
            if (upstream.calls > before.calls) calls.push({ call, begunIn: before.state })
            if (before.state === 'open') expect(upstream.calls).toBe(before.calls)
          }
          const probes = calls.filter(({ begunIn }) => begunIn === 'half_open').length
          expect(probes).toBeLessThanOrEqual(settings.halfOpenMaxCalls)
        }
        for (const { call } of calls) await end(call, 'neutral')
        expect(upstream.inFlight).toBe(0)
        clock.advance(settings.maxRecoveryMs)
        for (let probe = 0; probe < settings.halfOpenMaxCalls; probe++) await begin().reply()
        expect(state()).toBe('closed')
        begin()
        expect(upstream.inFlight).toBe(1)
      }),
      { numRuns: 200 },
    )
  })
})
