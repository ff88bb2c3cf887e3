import { expect, test } from 'vitest'
import { createPacer } from './pacer.ts'

test('one of all who wait goes on with each turn of the event loop, in the order in which they came', async () => {
  const turns: (() => void)[] = []
  const pause = createPacer(callback => turns.push(callback))
  const done: string[] = []
  const work = async (name: string) => {
    for (const step of [1, 2]) {
      await pause()
      done.push(`${name}${step}`)
    }
  }
  const all = [work('a'), work('b')]
  const turn = async () => {
    expect(turns).toHaveLength(1)
    turns.shift()?.()
    await Promise.resolve()
    return done.at(-1)
  }
  expect([await turn(), await turn(), await turn(), await turn()]).toEqual(['a1', 'b1', 'a2', 'b2'])
  await Promise.all(all)
  expect(turns).toHaveLength(0)
})
