// The kinds of request in which another target may be best: few, so that each is seen often enough to learn from.

import type { RequestTraits } from '../call.ts'

/** Prompts of up to so many UTF-16 units are of one size: about 500, 4,000 and 25,000 tokens. */
const sizeBounds = [2_000, 16_000, 100_000]

/** Below this. */
export const contextCount = (sizeBounds.length + 1) * 8

/** A number from 0 for a kind of request: its size, and what it needs. */
export function contextOf({ inputCharacters, needs }: RequestTraits): number {
  let size = 0
  while (size < sizeBounds.length && inputCharacters > (sizeBounds[size] as number)) size++
  return size * 8 + (needs.tools ? 4 : 0) + (needs.vision ? 2 : 0) + (needs.json ? 1 : 0)
}
