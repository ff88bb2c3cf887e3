import { expect, test } from 'vitest'
import { createAlarms } from './alarms.ts'
import { createManualClock } from './clock.ts'

test('an alarm rings once, within a tick of its time', () => {
  const clock = createManualClock()
  const alarms = createAlarms(clock)
  const rings: number[] = []
  alarms.open(() => rings.push(clock.now())).set(100)
  clock.advance(99)
  expect(rings).toEqual([])
  clock.advance(1000)
  expect(rings).toHaveLength(1)
  expect(rings[0]).toBeLessThanOrEqual(125)
})

test('setting it again moves it, and a closed alarm never rings', () => {
  const clock = createManualClock()
  const alarms = createAlarms(clock)
  let rings = 0
  const moved = alarms.open(() => rings++)
  moved.set(100)
  clock.advance(90)
  moved.set(500)
  clock.advance(300)
  expect(rings).toBe(0)
  moved.close()
  clock.advance(10_000)
  expect(rings).toBe(0)
  expect(alarms.size).toBe(0)
})

test('the timer stops when nothing is open and starts again', () => {
  const clock = createManualClock()
  const alarms = createAlarms(clock)
  alarms.open(() => {}).close()
  clock.advance(1000)
  let rings = 0
  alarms.open(() => rings++).set(clock.now() + 10)
  clock.advance(100)
  expect(rings).toBe(1)
})

test('any order of opening, closing and ringing leaves exactly the open ones', () => {
  const clock = createManualClock()
  const alarms = createAlarms(clock)
  const rung: number[] = []
  const all = Array.from({ length: 20 }, (_, index) => {
    const alarm = alarms.open(() => {
      rung.push(index)
      alarm.close()
    })
    return alarm
  })
  for (const [index, alarm] of all.entries()) alarm.set(index % 3 === 0 ? 10 : 1000)
  all[5]?.close()
  all[5]?.close()
  clock.advance(100)
  expect(rung.toSorted((left, right) => left - right)).toEqual([0, 3, 6, 9, 12, 15, 18])
  expect(alarms.size).toBe(12)
  clock.advance(2000)
  expect(new Set(rung).size).toBe(19)
  expect(alarms.size).toBe(0)
})
