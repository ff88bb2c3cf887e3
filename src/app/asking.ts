// How targets are asked, what is learned of them by it, and what other instances are told of it.

import type { Configuration } from '../config/configuration.ts'
import type { Alarms } from '../lib/alarms.ts'
import { systemClock } from '../lib/clock.ts'
import { createResilience, type Resilience } from '../resilience/index.ts'
import { createTargetBook, type TargetBook } from '../routing/index.ts'
import type { SharedState } from '../shared-state/index.ts'
import type { Transport } from '../transport/index.ts'
import { createFleet, type Fleet, type FleetOptions } from './fleet.ts'
import { type KeptMemory, keepMemory } from './kept-memory.ts'
import type { Observation } from './observation.ts'
import { openSharedState } from './shared-state.ts'

interface AskingParts {
  readonly configuration: Configuration
  readonly dataDirectory: string
  readonly alarms: Alarms
  readonly transport: Transport
  readonly observation: Observation
}

/** How targets are asked, and what is learned of them by it. */
export interface Asking {
  readonly targets: TargetBook
  readonly resilience: Resilience
  /** What was learned of the targets, in a file. */
  readonly memory: KeptMemory
  readonly sharedState: SharedState
}

export function createAsking(parts: AskingParts): Asking {
  const { configuration, dataDirectory: directory, alarms, transport, observation } = parts
  const { observe } = observation
  const sharedState = openSharedState(configuration, { clock: systemClock, observe })
  const targets = createTargetBook({
    clock: systemClock,
    // One whose probe slots are taken rests as much as one whose breaker is open.
    breakerState: target => (resilience.isResting(target) ? 'open' : resilience.breaker.stateOf(target)),
  })
  const resilience = createResilience(transport.send, {
    clock: systemClock,
    alarms,
    observe,
    random: Math.random,
    retry: configuration.retry,
    circuitBreaker: configuration.circuitBreaker,
    innermost: [targets.layer],
    fleet: joinFleet(configuration, sharedState, (targetId, restMs) =>
      resilience.breaker.hear(targetId, restMs),
    ),
  })
  observation.add({ name: 'targets', observe: targets.observe })
  return {
    targets,
    resilience,
    sharedState,
    memory: keepMemory({
      memory: targets,
      name: 'targets.json',
      unreadable: 'what was learned of the targets cannot be read; routing learns anew',
      unwritable: 'what was learned of the targets cannot be written',
      directory,
      clock: systemClock,
      observe,
    }),
  }
}

/** Null where this instance is the only one. */
function joinFleet({ redis }: Configuration, state: SharedState, hear: FleetOptions['hear']): Fleet | null {
  return redis === null ? null : createFleet({ state, clock: systemClock, hear })
}
