import { expect, test } from 'vitest'
import { itemsAtOnce, mapSteps, runAtOnce, runInSlices, sortSteps } from './slices.ts'

function* count(to: number, done: number[]): Generator<void, string> {
  for (let step = 1; step <= to; step++) {
    done.push(step)
    yield
  }
  return 'done'
}

test('at once, all is done and the result is given', () => {
  const done: number[] = []
  expect(runAtOnce(count(3, done))).toBe('done')
  expect(done).toEqual([1, 2, 3])
})

test('in slices, others get their turn between the pieces', async () => {
  const done: number[] = []
  const seen: number[] = []
  const look = () => {
    seen.push(done.length)
    return Promise.resolve()
  }
  expect(await runInSlices(count(3, done), look)).toBe('done')
  expect(seen).toEqual([1, 2, 3])
})

test('a turn of the event loop passes between two pieces', async () => {
  const done: number[] = []
  const running = runInSlices(count(3, done))
  await new Promise(resolve => setImmediate(resolve))
  expect(done.length).toBeLessThan(3)
  await expect(running).resolves.toBe('done')
})

test('what goes wrong in a piece is told', async () => {
  function* fail(): Generator<void, string> {
    yield
    throw new Error('broken')
  }
  await expect(runInSlices(fail())).rejects.toThrow('broken')
})

test('a sort in pieces is the sort at once, and keeps what is equal in its order', () => {
  const items = Array.from({ length: 3501 }, (_, index) => ({ rank: (index * 7919) % 101, index }))
  const compare = (left: { rank: number }, right: { rank: number }) => left.rank - right.rank
  let pauses = 0
  const steps = sortSteps(items, compare)
  let step = steps.next()
  for (; step.done !== true; step = steps.next()) pauses++
  expect(step.value).toEqual(items.toSorted(compare))
  expect(pauses).toBeGreaterThan(3)
  expect(runAtOnce(sortSteps([], compare))).toEqual([])
})

test('a list is mapped in pieces, and a short one without a pause', () => {
  const double = (count: number) => count * 2
  const counts = Array.from({ length: itemsAtOnce * 2 + 1 }, (_, count) => count)
  expect(runAtOnce(mapSteps(counts, double))).toEqual(counts.map(double))
  expect([...mapSteps(counts, double)]).toHaveLength(2)
  expect([...mapSteps(counts.slice(0, itemsAtOnce), double)]).toHaveLength(0)
})
