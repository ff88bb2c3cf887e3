import { setImmediate as afterPoll } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createManualClock } from '../../lib/clock.ts'
import { createRedisAffinity } from './affinity.ts'
import { createRedisKeys } from './keys.ts'

const place = { tenant: 'a', key: 'conversation' }

/** A server whose answers are given by the test. */
function scene() {
  const clock = createManualClock()
  const waiting: ((answer: unknown) => void)[] = []
  const server = { up: true, asked: 0 }
  const ask = (): Promise<never> => {
    server.asked++
    return new Promise(resolve => void waiting.push(resolve as (answer: unknown) => void))
  }
  const link = { ...server, traffic: {} as never, ask, close: () => {} }
  Object.defineProperty(link, 'up', { get: () => server.up })
  const affinity = createRedisAffinity({ link: () => link, clock, keys: createRedisKeys('test') })
  return {
    clock,
    server,
    affinity,
    answer: (...words: unknown[]) => waiting.splice(0).map(give => give(words)),
  }
}

test('a server that does not answer is waited for five milliseconds; what it says later is there for the next time', async () => {
  const { clock, affinity, answer } = scene()
  const found = affinity.find(place)
  clock.advance(4.9)
  await afterPoll()
  let ended = false
  void Promise.resolve(found).then(() => {
    ended = true
  })
  await afterPoll()
  expect(ended).toBe(false)
  clock.advance(0.1)
  expect(await found).toBeNull()
  answer('p/m', 60_000)
  await afterPoll()
  expect(affinity.find(place)).toBe('p/m')
})

test('an answer that arrived while the process was held up still counts', async () => {
  const { clock, affinity, answer } = scene()
  const found = affinity.find(place)
  clock.advance(50)
  answer('p/m', 60_000)
  expect(await found).toBe('p/m')
})

test('many who ask for the same place at a time are one question', async () => {
  const { server, affinity, answer } = scene()
  const found = [1, 2, 3].map(async () => await affinity.find(place))
  answer('p/m', 60_000)
  expect(await Promise.all(found)).toEqual(['p/m', 'p/m', 'p/m'])
  expect(server.asked).toBe(1)
})

test('while the server is away, nobody waits and nobody asks', () => {
  const { server, affinity } = scene()
  server.up = false
  expect(affinity.find(place)).toBeNull()
  expect(affinity.recall(place)).toBeNull()
  expect(server.asked).toBe(0)
})
