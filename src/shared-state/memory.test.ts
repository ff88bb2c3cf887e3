import { describe } from 'vitest'
import { describeSharedState } from '../../test/support/shared-state-contract.ts'
import { createManualClock } from '../lib/clock.ts'
import { createMemoryFleet } from './memory.ts'

const clock = createManualClock()
const fleet = createMemoryFleet(clock)

describe('shared state in memory', () => {
  describeSharedState(() => ({
    join: async () => fleet.join(),
    pass: async milliseconds => clock.advance(milliseconds),
    async eventually(what, holds) {
      if (!holds()) throw new Error(`not at once: ${what}`)
    },
  }))
})
