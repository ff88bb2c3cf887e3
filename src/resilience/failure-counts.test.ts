import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFailureCounts } from './failure-counts.ts'

/** Small and repeatable: mulberry32. */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

interface Noise {
  readonly share: number
  readonly calls: number
  readonly perSecond: number
  readonly seed: number
}

/** Calls that fail by chance; how many it took until that was an outage, or null where it never was. */
function live(counts: ReturnType<typeof createFailureCounts>, { share, calls, perSecond, seed }: Noise) {
  const random = seededRandom(seed)
  for (let call = 0; call < calls; call++) {
    const now = (call / perSecond) * 1000
    counts.add(random() < share ? 'failure' : 'success', now)
    if (counts.isOutage(now)) return { outageAfter: call + 1, now }
  }
  return { outageAfter: null, now: (calls / perSecond) * 1000 }
}

/** Failures without exception until that is an outage. */
function failuresToOpen(counts: ReturnType<typeof createFailureCounts>, now: number): number {
  for (let failures = 1; ; failures++) {
    counts.add('failure', now)
    if (counts.isOutage(now)) return failures
  }
}

test('a target that always fails five in a hundred is not taken for one that is out', () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(2, 20, 200), (seed, perSecond) => {
      const counts = createFailureCounts(5)
      expect(live(counts, { share: 0.05, calls: 5_000, perSecond, seed }).outageAfter).toBeNull()
    }),
    { numRuns: 30, seed: 5 },
  )
})

test('one that never fails is out with its fifth failure in a row', () => {
  const counts = createFailureCounts(5)
  const { now } = live(counts, { share: 0, calls: 2_000, perSecond: 20, seed: 1 })
  expect(failuresToOpen(counts, now)).toBe(5)
})

test('an outage of a noisy one takes a few failures more, and no more', () => {
  for (const [share, most] of [
    [0.05, 9],
    [0.2, 16],
    [0.3, 21],
  ] as const) {
    const counts = createFailureCounts(5)
    // Warmed up with its noise in an order that holds no long run.
    let now = 0
    for (let call = 0; call < 3_000; call++) {
      now = call * 50
      counts.add(Math.floor((call + 1) * share) > Math.floor(call * share) ? 'failure' : 'success', now)
      expect(counts.isOutage(now)).toBe(false)
    }
    const failures = failuresToOpen(counts, now)
    expect(failures).toBeGreaterThan(5)
    expect(failures).toBeLessThanOrEqual(most)
  }
})

test('a target whose usual share is above one half opens only well above it', () => {
  const counts = createFailureCounts(1_000)
  let now = 0
  let due = 0
  // It becomes worse slowly, so that each step is usual before the next.
  for (let call = 0; call < 160_000; call++) {
    now = call * 50
    due += Math.min(0.6, (call / 150_000) * 0.6)
    counts.add(due >= 1 ? 'failure' : 'success', now)
    if (due >= 1) due--
    if (counts.isOutage(now)) expect.fail(`it opened at call ${call}`)
  }
  for (let failure = 0; failure < 1_200 && !counts.isOutage(now); failure++) {
    now += 50
    counts.add('failure', now)
  }
  expect(counts.isOutage(now)).toBe(true)
})

test('what an outage taught is forgotten with it', () => {
  const counts = createFailureCounts(5)
  let now = 0
  for (let outage = 0; outage < 50; outage++) {
    for (let call = 0; call < 30; call++) {
      now += 500
      counts.add('success', now)
    }
    expect(failuresToOpen(counts, now)).toBe(5)
    counts.startAnew()
  }
})
