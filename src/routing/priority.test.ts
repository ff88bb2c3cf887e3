import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Connection, Target } from '../call.ts'
import { strategies } from './index.ts'

const connection = {} as Connection

function order(ids: string[], resting: string[]): readonly Target[] {
  const { order } = strategies.priority({
    targets: ids.map(id => ({ id, connection, model: id, priceModel: id })),
    facts: {
      model: 'm',
      operation: 'chat',
      streaming: false,
      inputCharacters: 0,
      needs: { tools: false, vision: false, json: false },
    },
    stats: {
      breakerOpen: id => resting.includes(id),
      inFlight: () => 0,
      firstContentMs: () => null,
      turn: () => 0,
      belief: () => null,
    },
    weightOf: () => 1,
    expectedCost: () => null,
    random: () => 0,
  })
  return order
}

const idsOf = (targets: readonly Target[]) => targets.map(target => target.id)

test('the configured order holds while nobody rests, and while everybody does', () => {
  expect(idsOf(order(['b', 'a', 'c'], []))).toEqual(['b', 'a', 'c'])
  expect(idsOf(order(['b', 'a', 'c'], ['a', 'b', 'c']))).toEqual(['b', 'a', 'c'])
})

test('targets that rest are asked last, in their order', () => {
  expect(idsOf(order(['a', 'b', 'c', 'd'], ['c', 'a']))).toEqual(['b', 'd', 'a', 'c'])
})

test('no target is lost or made up', () => {
  const names = fc.uniqueArray(fc.string({ maxLength: 3 }), { maxLength: 8 })
  fc.assert(
    fc.property(names, names, (ids, resting) => {
      expect(idsOf(order(ids, resting)).toSorted()).toEqual(ids.toSorted())
    }),
  )
})
