import { setImmediate as afterPoll } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createManualClock } from '../../lib/clock.ts'
import type { RedisClient } from './client.ts'
import { createRedisLink } from './link.ts'

type Manner = 'answers' | 'is silent' | 'refuses'

/** A server that behaves as the test says, and a link to it. */
function scene(first: Manner = 'answers') {
  const clock = createManualClock()
  const server = { manner: first, connections: 0, open: 0 }
  const changes: (string | null)[] = []
  let loseLatest = (): void => {}
  const answer = (): Promise<unknown> => {
    if (server.manner === 'answers') return Promise.resolve('PONG')
    if (server.manner === 'refuses') return Promise.reject(new Error('connect ECONNREFUSED'))
    return new Promise(() => {})
  }
  const link = createRedisLink({
    open(onLost) {
      server.connections++
      server.open++
      loseLatest = () => onLost(new Error('Socket closed unexpectedly'))
      const client: RedisClient = {
        connect: async () => void (await answer()),
        command: answer,
        run: answer,
        subscribe: async () => void (await answer()),
        destroy: () => void server.open--,
      }
      return client
    },
    clock,
    random: () => 1,
    timeoutMs: 50,
    prepare: client => client.command(['EVAL']),
    onUp: () => {},
    onChange: ({ there, reason }) => void changes.push(there ? 'back' : reason),
  })
  const pass = async (milliseconds: number): Promise<void> => {
    await afterPoll()
    clock.advance(milliseconds)
    await afterPoll()
    await afterPoll()
  }
  const ask = () => link.ask(client => client.command(['GET', 'x']))
  return { link, server, changes, pass, ask, lose: () => loseLatest() }
}

test('a server that is there answers', async () => {
  const { link, pass, ask, changes } = scene()
  await pass(0)
  expect(link.up).toBe(true)
  expect(await ask()).toBe('PONG')
  expect(changes).toEqual([])
})

test('a server that falls silent is waited for once, by all who asked; after that nobody waits', async () => {
  const { link, server, pass, ask, changes } = scene()
  await pass(0)
  server.manner = 'is silent'
  const answers = [ask(), ask(), ask()]
  await pass(49)
  expect(link.up).toBe(true)
  await pass(1)
  expect(await Promise.all(answers)).toEqual([undefined, undefined, undefined])
  expect(link.up).toBe(false)
  // No time passes here.
  for (let time = 0; time < 1_000; time++) expect(await ask()).toBeUndefined()
  expect(changes).toEqual(['no answer within 50 ms'])
  expect(server.open).toBe(0)
})

test('the pauses between attempts grow to ten seconds; each attempt is given up, and one notice is told', async () => {
  const { server, pass, changes } = scene('refuses')
  await pass(0)
  const seen: number[] = []
  let known = server.connections
  for (let time = 0; time < 600; time++) {
    await pass(100)
    if (server.connections > known) seen.push(time)
    known = server.connections
  }
  const gaps = seen.slice(1).map((time, index) => time - (seen[index] ?? 0))
  expect(gaps.slice(0, 6)).toEqual([2, 4, 8, 16, 32, 64])
  expect(Math.max(...gaps)).toBe(100)
  expect(server.open).toBe(0)
  expect(changes).toEqual(['connect ECONNREFUSED'])
})

test('a server that takes the connection and answers nothing is given up after two seconds', async () => {
  const { link, server, pass } = scene('is silent')
  await pass(1_999)
  expect(server.open).toBe(1)
  await pass(1)
  expect(server.open).toBe(0)
  expect(link.up).toBe(false)
})

test('its return is used at once, and told when it has lasted for five seconds', async () => {
  const { link, server, pass, ask, changes } = scene('refuses')
  await pass(0)
  server.manner = 'answers'
  await pass(100)
  expect(link.up).toBe(true)
  expect(await ask()).toBe('PONG')
  expect(changes).toHaveLength(1)
  await pass(5_000)
  expect(changes).toEqual(['connect ECONNREFUSED', 'back'])
})

test('a server that comes and goes is told of once, and asked ever more rarely', async () => {
  const { server, pass, changes, lose } = scene()
  await pass(0)
  for (let time = 0; time < 200; time++) {
    lose()
    await pass(100)
  }
  expect(changes).toEqual(['Socket closed unexpectedly'])
  expect(server.connections).toBeLessThan(12)
})

test('a lost connection fails nobody who asks later', async () => {
  const { link, pass, ask, lose } = scene()
  await pass(0)
  lose()
  expect(link.up).toBe(false)
  expect(await ask()).toBeUndefined()
  await pass(100)
  expect(await ask()).toBe('PONG')
})

test('closed, it lets go of the connection and connects no more', async () => {
  const { link, server, pass, ask, changes } = scene()
  await pass(0)
  link.close()
  link.close()
  await pass(60_000)
  expect(server).toMatchObject({ connections: 1, open: 0 })
  expect(await ask()).toBeUndefined()
  expect(changes).toEqual([])
})
