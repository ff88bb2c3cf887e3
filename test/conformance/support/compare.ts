// Where what a client read differs from what it should have read.

import { normalise } from './normalise.ts'
import type { Reading, ReadUsage } from './reading.ts'

export interface Deviation {
  readonly field: string
  readonly expected: unknown
  readonly got: unknown
}

const mustCount: ReadonlySet<string> = new Set(['anthropic-messages', 'openai-responses', 'bedrock-converse'])

const nothingUsed: ReadUsage = { input: 0, cacheRead: 0, output: 0, reasoning: 0 }

/** Empty where the client read what it should have. */
export function compareReadings(expected: Reading, got: Reading, client: string): Deviation[] {
  const left = normalise(expected, client)
  const right = normalise(got, client)
  const pairs: Pairs = [
    ['text', left.text, right.text],
    ['reasoning', left.reasoning, right.reasoning],
    ['toolCalls', left.toolCalls, withFreeIds(left, right)],
    ['error', left.error !== null, right.error !== null],
    ...(left.error === null ? endsOf(left, right, client) : []),
  ]
  return pairs
    .filter(([, wanted, read]) => JSON.stringify(wanted) !== JSON.stringify(read))
    .map(([field, wanted, read]) => ({ field, expected: wanted, got: read }))
}

type Pairs = readonly [string, unknown, unknown][]

/** What comes at the end, of an answer that has one. */
function endsOf(expected: Reading, got: Reading, client: string): Pairs {
  const finish = ['finish', expected.finish, got.finish] as const
  // Some formats have to name a usage: where the provider counted nothing it is an estimate.
  if (expected.usage === null && mustCount.has(client)) return [[...finish]]
  return [[...finish], ['usage', expected.usage ?? nothingUsed, got.usage ?? nothingUsed]]
}

/** Where the provider has no ids, the gateway makes some up: any that are no two times the same. */
function withFreeIds(expected: Reading, got: Reading): Reading['toolCalls'] {
  const ids = got.toolCalls.map(({ id }) => id).filter(id => id !== '')
  if (new Set(ids).size !== ids.length) return got.toolCalls
  return got.toolCalls.map((call, index) =>
    expected.toolCalls[index]?.id === '' ? { ...call, id: '' } : call,
  )
}
