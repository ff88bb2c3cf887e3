import { expect, test } from 'vitest'
import { ToolCallIndexes } from './tool-calls.ts'

type Delta = { index: number | undefined; id?: string; function: object }

const begin = (index: number | undefined, id: string): Delta => ({
  index,
  id,
  function: { name: 'f', arguments: '' },
})
const more = (index: number | undefined, id?: string): Delta => ({
  index,
  ...(id !== undefined && { id }),
  function: { arguments: '1' },
})

function indexesOf(deltas: readonly Delta[]): number[] {
  const indexes = new ToolCallIndexes()
  return deltas.map(delta => indexes.indexOf(delta))
}

test('distinct indexes stay, interleaved or not starting at 0', () => {
  expect(indexesOf([begin(1, 'a'), begin(2, 'b'), more(1), more(2), begin(3, 'c'), more(1, 'a')])).toEqual([
    1, 2, 1, 2, 3, 1,
  ])
})

test('calls that all came with 0 are told apart', () => {
  expect(indexesOf([begin(0, 'a'), more(0), begin(0, 'b'), more(0), more(0, 'b'), begin(0, 'c')])).toEqual([
    0, 0, 1, 1, 1, 2,
  ])
  expect(indexesOf([begin(0, 'a'), begin(0, 'b'), more(0, 'a'), more(0, 'b')])).toEqual([0, 1, 0, 1])
})

test('missing indexes are supplied', () => {
  expect(
    indexesOf([begin(undefined, 'a'), more(undefined), begin(undefined, 'b'), more(undefined, 'a')]),
  ).toEqual([0, 0, 1, 0])
})

test('a changed id without a name is the same call', () => {
  expect(indexesOf([begin(0, 'a'), more(0, 'x'), more(0, 'y')])).toEqual([0, 0, 0])
})

test('an id that comes after the name is that of the call', () => {
  expect(
    indexesOf([{ index: 0, function: { name: 'f' } }, more(0, 'a'), begin(0, 'b'), more(0, 'a')]),
  ).toEqual([0, 0, 1, 0])
})

test('supplied indexes do not clash with those that come later', () => {
  expect(indexesOf([begin(0, 'a'), begin(0, 'b'), begin(1, 'c'), more(1)])).toEqual([0, 1, 2, 2])
})
