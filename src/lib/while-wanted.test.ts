import { expect, test } from 'vitest'
import { createAlarms } from './alarms.ts'
import { createCancellation } from './cancellation.ts'
import { createManualClock } from './clock.ts'
import { whileWanted } from './while-wanted.ts'

function setUp() {
  const clock = createManualClock()
  const alarms = createAlarms(clock)
  const cancellation = createCancellation()
  const want = {
    alarms,
    cancellation,
    until: 1000,
    late: () => new Error('late'),
    left: () => new Error('left'),
  }
  return { clock, alarms, cancellation, want }
}

const never = new Promise<string>(() => {})

test('what comes in time is handed on, as is a failure', async () => {
  const { want, alarms } = setUp()
  await expect(whileWanted(Promise.resolve('there'), want)).resolves.toBe('there')
  await expect(whileWanted(Promise.reject(new Error('failed')), want)).rejects.toThrow('failed')
  expect(alarms.size).toBe(0)
})

test('at its time the wait is over, and when nobody wants it any more', async () => {
  const { want, clock, cancellation, alarms } = setUp()
  const late = whileWanted(never, want)
  clock.advance(2000)
  await expect(late).rejects.toThrow('late')
  const left = whileWanted(never, { ...want, until: 9000 })
  cancellation.cancel()
  await expect(left).rejects.toThrow('left')
  await expect(whileWanted(never, { ...want, until: 9000 })).rejects.toThrow('left')
  expect(alarms.size).toBe(0)
})
