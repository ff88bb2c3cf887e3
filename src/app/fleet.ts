// What this instance's breakers and keys tell the other instances and hear from them, in terms of the shared state.

import { createHash } from 'node:crypto'
import type { BreakerState } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import type { Secret } from '../lib/secret.ts'
import type { BreakerFleet, KeyFleet } from '../resilience/index.ts'
import type { HintBoard, Lease, Leases, SharedState } from '../shared-state/index.ts'

export interface Fleet {
  readonly breaker: BreakerFleet
  readonly keys: KeyFleet
  /**
   * Whether a target is asked last because of another instance: it rests there, where nothing is held against it here,
   * or is tried out there.
   */
  restsElsewhere(targetId: string, circuit: BreakerState): boolean
}

export interface FleetOptions {
  readonly state: SharedState
  readonly clock: Clock
  /** Takes what is heard of a target. */
  readonly hear: (targetId: string, restMs: number) => void
}

/** After its rest, a target is first tried out by whom it failed: the others wait for the result as long as this. */
const trialMs = 10_000

export function createFleet({ state, clock, hear }: FleetOptions): Fleet {
  const { hints } = state
  const trials = createTrials(state.leases, clock)
  hints.onHeard(({ kind, subject, forMs }) => {
    if (kind === 'target_resting') hear(subject, forMs === 0 ? 0 : Math.max(1, forMs - trialMs))
  })
  return {
    breaker: {
      onChange(subject, circuit, restMs) {
        hints.tell({ kind: 'target_resting', subject, forMs: hintMs(circuit, restMs) })
        if (circuit !== 'half_open') trials.finish(subject)
      },
      takeProbe: trials.join,
    },
    keys: shareKeys(hints),
    restsElsewhere: (targetId, circuit) =>
      circuit === 'closed'
        ? hints.until('target_resting', targetId) > clock.now()
        : trials.isElsewhere(targetId),
  }
}

function hintMs(circuit: BreakerState, restMs: number): number {
  return circuit === 'closed' ? 0 : restMs + trialMs
}

interface Trials {
  /** Leave to make a probe, which all probes of this instance share; null while another instance has it. */
  join(targetId: string): Promise<Lease | null>
  /** The circuit has changed: whoever comes next may try. */
  finish(targetId: string): void
  isElsewhere(targetId: string): boolean
}

interface Trial {
  readonly lease: Promise<Lease | null>
  probes: number
  cancelEnd: () => void
}

/** How long the trial of an instance that died stands in the way of the others. */
const holdMs = 5_000
/** Between two probes of one trial. */
const pauseMs = 2_000
/** Whoever was told that another instance is trying does not ask again at once. */
const refusedMs = 250

/** One instance at a time tries a target out, so that its few probes are those of the whole fleet. */
function createTrials(leases: Leases, clock: Clock): Trials {
  const trials = new Map<string, Trial>()
  const refusedUntil = new Map<string, number>()

  function begin(targetId: string): Trial {
    const lease = leases.take({ name: `probe ${targetId}`, places: 1, holdMs })
    const trial = { lease, probes: 0, cancelEnd: () => {} }
    trials.set(targetId, trial)
    return trial
  }

  function end(targetId: string, trial: Trial): void {
    trial.cancelEnd()
    if (trials.get(targetId) === trial) trials.delete(targetId)
    void trial.lease.then(lease => lease?.release())
  }

  function isElsewhere(targetId: string): boolean {
    const until = refusedUntil.get(targetId)
    if (until === undefined) return false
    if (until > clock.now()) return true
    refusedUntil.delete(targetId)
    return false
  }

  function leave(targetId: string, trial: Trial): void {
    trial.probes--
    if (trial.probes === 0 && trials.get(targetId) === trial)
      trial.cancelEnd = clock.after(pauseMs, () => end(targetId, trial))
  }

  return {
    isElsewhere,
    async join(targetId) {
      if (isElsewhere(targetId)) return null
      const trial = trials.get(targetId) ?? begin(targetId)
      trial.probes++
      trial.cancelEnd()
      if ((await trial.lease) === null) {
        end(targetId, trial)
        refusedUntil.set(targetId, clock.now() + refusedMs)
        return null
      }
      return { release: () => leave(targetId, trial) }
    },
    finish(targetId) {
      refusedUntil.delete(targetId)
      const trial = trials.get(targetId)
      if (trial !== undefined) end(targetId, trial)
    },
  }
}

function shareKeys(hints: HintBoard): KeyFleet {
  const fingerprints = new WeakMap<Secret, string>()

  /** A key is never told, only a hash of it; its provider's name keeps the same text at two providers apart. */
  function fingerprint(provider: string, key: Secret): string {
    let found = fingerprints.get(key)
    if (found === undefined) {
      found = createHash('sha256')
        .update(`llm-proxy key\n${provider}\n${key.reveal()}`)
        .digest('hex')
        .slice(0, 32)
      fingerprints.set(key, found)
    }
    return found
  }

  return {
    restsUntil(provider, key, model) {
      const subject = fingerprint(provider, key)
      return Math.max(hints.until('key_refused', subject), hints.until('key_limited', `${subject} ${model}`))
    },
    onRest({ provider, key, model }, forMs) {
      const subject = fingerprint(provider, key)
      if (model === null) hints.tell({ kind: 'key_refused', subject, forMs })
      else hints.tell({ kind: 'key_limited', subject: `${subject} ${model}`, forMs })
    },
  }
}
