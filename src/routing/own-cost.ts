// What the answer of a target cost by itself, without the attempts beside it that the same request pays for.

import type { AttemptRecord } from '../errors.ts'

export interface SettledCost {
  /** Of all attempts; null where it is not known. */
  readonly costNanoUsd: number | null
  readonly attempts: readonly AttemptRecord[]
}

/** Nano US dollars; null where that of one of the attempts is not known. */
export function ownCostOf({ costNanoUsd, attempts }: SettledCost): number | null {
  let own = costNanoUsd
  for (const { billed } of attempts) {
    if (billed === undefined || own === null) continue
    own = billed.costNanoUsd === null ? null : own - billed.costNanoUsd
  }
  return own === null ? null : Math.max(0, own)
}
