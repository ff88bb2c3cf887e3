import { expect, test } from 'vitest'
import { isTargetId, targetIdOf } from './target-id.ts'

test('an id is that of its own provider and model alone', () => {
  for (const [provider, model] of [
    ['north', 'small-1'],
    ['a/b', 'c'],
    ['a', 'b/c'],
    ['', ''],
  ] as const)
    expect(isTargetId(targetIdOf(provider, model), provider, model)).toBe(true)
  for (const [provider, model] of [
    ['north', 'small-2'],
    ['south', 'small-1'],
    ['nort', 'hsmall-1'],
    ['north', 'small-10'],
    ['north/', 'mall-1'],
    [null, 'small-1'],
    ['north', null],
  ] as const)
    expect(isTargetId('north/small-1', provider, model)).toBe(false)
})
