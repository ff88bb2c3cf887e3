import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createManualClock } from '../lib/clock.ts'
import { createRateLimiter, type RateLimit, rateLimitHeaders } from './rate-limit.ts'

function limiterOf(limit: RateLimit, maxKeys = 100) {
  const clock = createManualClock()
  return { clock, limiter: createRateLimiter({ limit, clock, maxKeys }) }
}

const limits: fc.Arbitrary<RateLimit> = fc.record({
  requestsPerWindow: fc.integer({ min: 1, max: 40 }),
  windowMs: fc.integer({ min: 1, max: 5000 }),
  burstLimit: fc.integer({ min: 1, max: 50 }),
})
/** Pauses between arrivals: mostly short, now and then as long as a window. */
const pauses = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 5, arbitrary: fc.double({ min: 0, max: 200, noNaN: true }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 6000 }) },
  ),
  { minLength: 1, maxLength: 400 },
)

/**
 * Sends with these pauses; the times at which a request was taken. A greedy client comes again after a refusal as
 * soon as it may, which leads it along the edges of the bounds.
 */
function arrive(limit: RateLimit, arrivals: readonly number[], greedy: boolean): number[] {
  const { clock, limiter } = limiterOf(limit)
  const taken: number[] = []
  for (const pause of arrivals) {
    clock.advance(pause)
    let decision = limiter.take('key')
    if (!decision.allowed && greedy) {
      clock.advance(decision.retryAfterMs)
      decision = limiter.take('key')
    }
    if (decision.allowed) taken.push(clock.now())
  }
  return taken
}

describe('for any arrivals', () => {
  test('no window holds more than the limit', () => {
    fc.assert(
      fc.property(limits, pauses, fc.boolean(), (limit, arrivals, greedy) => {
        const taken = arrive(limit, arrivals, greedy)
        taken.forEach((time, index) => {
          const last = taken[index + limit.requestsPerWindow]
          if (last !== undefined) expect(last - time).toBeGreaterThanOrEqual(limit.windowMs)
        })
      }),
    )
  })

  test('no span of time holds more than the burst and what was refilled meanwhile', () => {
    fc.assert(
      fc.property(limits, pauses, fc.boolean(), (limit, arrivals, greedy) => {
        const taken = arrive(limit, arrivals, greedy)
        const perMs = limit.requestsPerWindow / limit.windowMs
        taken.forEach((from, first) => {
          taken.slice(first).forEach((to, index) => {
            expect(index + 1).toBeLessThanOrEqual(limit.burstLimit + (to - from + 0.01) * perMs)
          })
        })
      }),
    )
  })

  test('nothing is refused that both bounds allow, but for one slot of time', () => {
    fc.assert(
      fc.property(limits, pauses, (limit, arrivals) => {
        const { clock, limiter } = limiterOf(limit)
        const slotMs = Math.ceil(limit.windowMs / 60)
        const perMs = limit.requestsPerWindow / limit.windowMs
        const taken: number[] = []
        let tokens = limit.burstLimit
        for (const pause of arrivals) {
          clock.advance(pause)
          tokens = Math.min(limit.burstLimit, tokens + pause * perMs)
          const now = clock.now()
          const inWindow = taken.filter(time => time > now - limit.windowMs - 2 * slotMs).length
          const { allowed } = limiter.take('key')
          if (inWindow < limit.requestsPerWindow && tokens >= 1.0001) expect(allowed).toBe(true)
          if (!allowed) continue
          taken.push(now)
          tokens--
        }
      }),
    )
  })

  test('whoever waits as long as told is taken', () => {
    fc.assert(
      fc.property(limits, pauses, (limit, arrivals) => {
        const { clock, limiter } = limiterOf(limit)
        for (const pause of arrivals) {
          clock.advance(pause)
          const decision = limiter.take('key')
          if (decision.allowed) continue
          clock.advance(decision.retryAfterMs)
          expect(limiter.take('key').allowed).toBe(true)
        }
      }),
    )
  })

  test('what remains can be sent at once, and no more', () => {
    fc.assert(
      fc.property(limits, pauses, (limit, arrivals) => {
        const { clock, limiter } = limiterOf(limit)
        for (const pause of arrivals.slice(0, 20)) {
          clock.advance(pause)
          const { remaining } = limiter.take('key')
          for (let left = remaining - 1; left >= 0; left--)
            expect(limiter.take('key')).toMatchObject({ allowed: true, remaining: left })
          expect(limiter.take('key').allowed).toBe(false)
        }
      }),
    )
  })

  test('a refused request takes nothing', () => {
    fc.assert(
      fc.property(limits, pauses, (limit, arrivals) => {
        const calm = limiterOf(limit)
        const pressed = limiterOf(limit)
        for (const pause of arrivals) {
          calm.clock.advance(pause)
          pressed.clock.advance(pause)
          const decision = calm.limiter.take('key')
          expect(pressed.limiter.take('key')).toEqual(decision)
          if (!decision.allowed) for (let again = 0; again < 3; again++) pressed.limiter.take('key')
        }
      }),
    )
  })

  test('after the time to reset everything may be sent again', () => {
    fc.assert(
      fc.property(limits, pauses, (limit, arrivals) => {
        const { clock, limiter } = limiterOf(limit)
        let resetMs = 0
        for (const pause of arrivals) {
          clock.advance(pause)
          resetMs = limiter.take('key').resetMs
        }
        clock.advance(resetMs)
        expect(limiter.take('key').remaining).toBe(Math.min(limit.burstLimit, limit.requestsPerWindow) - 1)
      }),
    )
  })
})

test('keys do not share a limit', () => {
  const { limiter } = limiterOf({ requestsPerWindow: 1, windowMs: 1000, burstLimit: 1 })
  expect(limiter.take('one').allowed).toBe(true)
  expect(limiter.take('two').allowed).toBe(true)
  expect(limiter.take('one').allowed).toBe(false)
})

test('with too many keys the one that asked longest ago is forgotten', () => {
  const { limiter } = limiterOf({ requestsPerWindow: 1, windowMs: 1000, burstLimit: 1 }, 2)
  limiter.take('one')
  limiter.take('two')
  limiter.take('one')
  limiter.take('three')
  expect(limiter.take('one').allowed).toBe(false)
  expect(limiter.take('two').allowed).toBe(true)
})

describe('headers', () => {
  const decision = { allowed: true, limit: 1000, remaining: 49, resetMs: 1200, retryAfterMs: 0 }

  test('tell a taken request of the limit', () => {
    expect(rateLimitHeaders(decision)).toEqual([
      'x-ratelimit-limit-requests',
      '1000',
      'x-ratelimit-remaining-requests',
      '49',
      'x-ratelimit-reset-requests',
      '1.2s',
    ])
  })

  test.each([
    [1, '1'],
    [1000, '1'],
    [1001, '2'],
  ])('tell a refused request to wait %d ms, in whole seconds too', (retryAfterMs, seconds) => {
    expect(rateLimitHeaders({ ...decision, allowed: false, retryAfterMs }).slice(6)).toEqual([
      'retry-after',
      seconds,
      'retry-after-ms',
      String(retryAfterMs),
    ])
  })

  test.each([
    [0, '0s'],
    [20, '20ms'],
    [1000, '1s'],
    [59_999, '59.999s'],
    [360_000, '6m0s'],
    [61_500, '1m1.5s'],
    [3_600_000, '1h0m0s'],
  ])('write %d ms as %s', (resetMs, text) => {
    expect(rateLimitHeaders({ ...decision, resetMs })[5]).toBe(text)
  })
})
