import { expect, test } from 'vitest'
import type { GatewayEvent } from '../events.ts'
import { createObservers } from './observers.ts'

const event: GatewayEvent = { type: 'exchange_started', id: 'r1' }

test('a throwing observer is reported once, counted always, and keeps nobody from reading', () => {
  const seen: GatewayEvent[] = []
  const reports: string[] = []
  const observers = createObservers(
    [
      {
        name: 'broken',
        observe: () => {
          throw new Error('no')
        },
      },
      { name: 'sound', observe: read => seen.push(read) },
    ],
    name => reports.push(name),
  )
  for (let round = 0; round < 3; round++) observers.observe(event)
  expect(seen).toEqual([event, event, event])
  expect(reports).toEqual(['broken'])
  expect([...observers.failures()]).toEqual([['broken', 3]])
})

test('a report that throws does not reach the request either', () => {
  const broken = () => {
    throw new Error('no')
  }
  const observers = createObservers([{ name: 'broken', observe: broken }], broken)
  expect(() => observers.observe(event)).not.toThrow()
})
