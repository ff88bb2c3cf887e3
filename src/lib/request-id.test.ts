import { expect, test } from 'vitest'
import { createRequestIds } from './request-id.ts'

test('ids differ within a millisecond and sort by time between them', () => {
  let now = 1_700_000_000_000
  const createId = createRequestIds(() => now)
  const early = Array.from({ length: 1000 }, createId)
  now += 1
  const late = Array.from({ length: 1000 }, createId)
  expect(new Set([...early, ...late]).size).toBe(2000)
  expect([...late, ...early].toSorted().slice(0, 1000)).toEqual(early.toSorted())
  expect(early[0]).toMatch(/^req_[0-9a-f]{32}$/)
})
