// Where what a client read differs from what it should have read.

import { normalise } from './normalise.ts'
import type { Reading, ReadUsage } from './reading.ts'

export interface Deviation {
  readonly field: string
  readonly expected: unknown
  readonly got: unknown
}

const nothingUsed: ReadUsage = { input: 0, cacheRead: 0, output: 0, reasoning: 0 }

/** Empty where the client read what it should have. */
export function compareReadings(expected: Reading, got: Reading, client: string): Deviation[] {
  const left = normalise(expected, client)
  const right = normalise(got, client)
  // Some formats have to name a usage where the provider told none.
  const pairs: readonly [string, unknown, unknown][] = [
    ['text', left.text, right.text],
    ['reasoning', left.reasoning, right.reasoning],
    ['toolCalls', left.toolCalls, withFreeIds(left, right)],
    ['finish', left.finish, right.finish],
    ['usage', left.usage ?? nothingUsed, right.usage ?? nothingUsed],
    ['error', left.error !== null, right.error !== null],
  ]
  return pairs
    .filter(([, wanted, read]) => JSON.stringify(wanted) !== JSON.stringify(read))
    .map(([field, wanted, read]) => ({ field, expected: wanted, got: read }))
}

/** Where the provider has no ids, the gateway makes some up: any that are no two times the same. */
function withFreeIds(expected: Reading, got: Reading): Reading['toolCalls'] {
  const ids = got.toolCalls.map(({ id }) => id).filter(id => id !== '')
  if (new Set(ids).size !== ids.length) return got.toolCalls
  return got.toolCalls.map((call, index) =>
    expected.toolCalls[index]?.id === '' ? { ...call, id: '' } : call,
  )
}
