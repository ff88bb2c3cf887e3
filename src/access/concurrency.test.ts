import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createConcurrencyGauge } from './concurrency.ts'

test('a key gets no more slots than it has, and others are not affected', () => {
  const gauge = createConcurrencyGauge(2)
  expect(gauge.take('one')).not.toBeNull()
  const release = gauge.take('one')
  expect(gauge.take('one')).toBeNull()
  expect(gauge.take('two')).not.toBeNull()
  release?.()
  expect(gauge.take('one')).not.toBeNull()
})

test('whatever ends first, second or never twice, every slot comes back exactly once', () => {
  const steps = fc.array(fc.record({ key: fc.constantFrom('a', 'b'), ends: fc.nat(20), times: fc.nat(3) }))
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 5 }), (sequence, slots) => {
      const gauge = createConcurrencyGauge(slots)
      const held: Array<{ key: string; release: () => void }> = []
      for (const { key, ends, times } of sequence) {
        const release = gauge.take(key)
        if (release !== null) held.push({ key, release })
        // An end, an error and an abort of the same request may all ask for its release.
        const [ended] = times > 0 ? held.splice(ends % (held.length + 1), 1) : []
        for (let time = 0; time < times; time++) ended?.release()
        for (const name of ['a', 'b']) {
          expect(gauge.inFlight(name)).toBe(held.filter(entry => entry.key === name).length)
          expect(gauge.inFlight(name)).toBeLessThanOrEqual(slots)
        }
      }
      for (const { release } of held) release()
      expect(gauge.inFlight('a') + gauge.inFlight('b')).toBe(0)
    }),
  )
})
