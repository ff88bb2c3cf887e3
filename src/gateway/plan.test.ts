import { expect, test } from 'vitest'
import { targetOf } from '../../test/support/upstream-request.ts'
import { rankedAs } from './plan.ts'

test('scores stay with their targets where another one than the strategy chose comes first', () => {
  const one = targetOf({}, 'one')
  const two = targetOf({}, 'two')
  const three = targetOf({}, 'three')
  const order = [one, two, three]
  const ranking = { strategy: 'adaptive', seed: 7, scores: [3, 2, 1], propensity: 0.5 } as const
  expect(rankedAs(order, { order, ranking })).toBe(ranking)
  expect(rankedAs([three, one, two], { order, ranking })).toEqual({
    ...ranking,
    scores: [1, 3, 2],
    propensity: null,
  })
})
