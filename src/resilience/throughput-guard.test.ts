import { expect, test } from 'vitest'
import type { GatewayError } from '../errors.ts'
import { createAlarms } from '../lib/alarms.ts'
import { createManualClock } from '../lib/clock.ts'
import { guardThroughput } from './throughput-guard.ts'

function watch() {
  const clock = createManualClock()
  const alarms = createAlarms(clock)
  const given: GatewayError[] = []
  const facts = { outputCharacters: 100 }
  const client = { paused: false }
  const alarm = guardThroughput({
    clock,
    alarms,
    limit: { minTokensPerSecond: 5, windowMs: 1000 },
    target: 'a/b',
    stream: { facts, takePaused: () => client.paused, giveUp: failure => given.push(failure) },
  })
  return { clock, alarms, given, facts, client, alarm }
}

test('a stream that keeps its pace is left alone, window after window', () => {
  const { clock, facts, given } = watch()
  for (let second = 0; second < 5; second++) {
    facts.outputCharacters += 20
    clock.advance(1025)
  }
  expect(given).toEqual([])
})

test('a stream that falls below it is given up, with the name of the timer', () => {
  const { clock, facts, given } = watch()
  facts.outputCharacters += 20
  clock.advance(1025)
  facts.outputCharacters += 19
  clock.advance(1025)
  expect(given).toMatchObject([
    { code: 'upstream_timeout', message: expect.stringContaining('timer: min_tokens') },
  ])
})

test('a window in which the client held it up does not count', () => {
  const { clock, client, given } = watch()
  client.paused = true
  clock.advance(1025)
  expect(given).toEqual([])
  client.paused = false
  clock.advance(1025)
  expect(given).toHaveLength(1)
})

test('nothing rings once it is closed', () => {
  const { clock, alarm, alarms, given } = watch()
  alarm.close()
  clock.advance(5000)
  expect(given).toEqual([])
  expect(alarms.size).toBe(0)
})
