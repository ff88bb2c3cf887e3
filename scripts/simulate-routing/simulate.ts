// Replays a workload against one strategy in virtual time, with the gateway's own strategies and target book.

import type { Target, Usage } from '../../src/call.ts'
import { createRandom } from '../../src/lib/seeded-random.ts'
import {
  createTargetBook,
  type Objective,
  type RouteFacts,
  type StrategyName,
  strategies,
  usualObjective,
} from '../../src/routing/index.ts'
import { judgeProspect, yardstickOf } from '../../src/routing/judgement.ts'
import { type Admission, createRestingBook } from './resting-book.ts'
import { createTimeline } from './timeline.ts'
import { type Arrival, type Condition, conditionOf, drawArrivals, drawFate, toTarget } from './truth.ts'
import type { RequestKind, SimulatedTarget, Workload } from './workload.ts'

export interface Outcome {
  readonly strategy: string
  readonly requests: number
  /** Means over the requests: how bad the target asked first was, by the objective, 0 to 1; 1 where all rest … */
  readonly loss: number
  /** … and how much worse than the best at that moment. */
  readonly regret: number
  readonly costUsd: number
  readonly meanMs: number
  readonly p95Ms: number
  /** Share of the requests that no target answered. */
  readonly errorRate: number
  /** Share of the first calls that failed. */
  readonly firstErrorRate: number
}

interface Totals {
  loss: number
  regret: number
  costNanoUsd: number
  firstErrors: number
  errors: number
  readonly latencies: number[]
}

const alwaysAdmitted: Admission = { era: 0, isProbe: false }

export function simulate(workload: Workload, strategy: StrategyName, seed: number): Outcome {
  const arrivals = drawArrivals(workload, seed)
  const run = createRun(workload, strategy, seed)
  for (const arrival of arrivals) run.take(arrival)
  return run.finish(strategy, arrivals.length)
}

interface Run {
  take(arrival: Arrival): void
  finish(strategy: string, requests: number): Outcome
}

function createRun(workload: Workload, strategy: StrategyName, seed: number): Run {
  const timeline = createTimeline()
  const rests = createRestingBook(timeline.now)
  const book = createTargetBook({
    clock: { now: timeline.now, wall: timeline.now },
    breakerState: id => (workload.breaker ? rests.stateOf(id) : 'closed'),
  })
  const simulated = new Map(workload.targets.map(each => [toTarget(each).id, each]))
  const targets = workload.targets.map(toTarget)
  const objective: Objective = workload.objective ?? usualObjective
  const { timeoutMs } = workload
  const totals: Totals = { loss: 0, regret: 0, costNanoUsd: 0, firstErrors: 0, errors: 0, latencies: [] }
  const truthOf = ({ id }: Target): SimulatedTarget => simulated.get(id) as SimulatedTarget
  const conditionNow = (target: Target, kind: RequestKind): Condition =>
    conditionOf(
      truthOf(target),
      { second: timeline.now() / 1000, kind },
      { inFlight: book.stats.inFlight(target.id), timeoutMs },
    )

  /**
   * Asks the targets in turn from an index on, as the gateway does.
   * @returns the first that is asked; null where all of those left rest
   */
  function ask(
    order: readonly Target[],
    index: number,
    asked: { arrival: Arrival; first: boolean },
  ): Target | null {
    const target = order[index]
    const { arrival } = asked
    if (target === undefined) {
      totals.errors++
      return null
    }
    const admission = workload.breaker ? rests.admit(target.id) : alwaysAdmitted
    if (admission === null) return ask(order, index + 1, asked)
    const condition = conditionNow(target, arrival.kind)
    const luck = seed * 1_000_003 + arrival.index * 131 + targets.indexOf(target) * 7
    const fate = drawFate(truthOf(target), arrival, { condition, timeoutMs, luck })
    const call = book.beginCall({ targetId: target.id, facts: factsOf(arrival.kind) })
    timeline.after(fate.answerMs, () => {
      if (!fate.succeeds) {
        call.close({ kind: 'failure' })
        rests.settle(target.id, admission, false)
        if (asked.first) totals.firstErrors++
        ask(order, index + 1, { arrival, first: false })
        return
      }
      call.answered()
      totals.latencies.push(timeline.now() - arrival.second * 1000)
      totals.costNanoUsd += condition.costNanoUsd ?? 0
      timeline.after(fate.writingMs, () => {
        call.close({ kind: 'success', usage: usageOf(arrival.kind) })
        rests.settle(target.id, admission, true)
      })
    })
    return target
  }

  return {
    take(arrival) {
      timeline.runUntil(arrival.second * 1000)
      const conditions = new Map(targets.map(target => [target.id, conditionNow(target, arrival.kind)]))
      const { order } = strategies[strategy]({
        targets,
        facts: factsOf(arrival.kind),
        stats: book.stats,
        weightOf: target => truthOf(target).weight,
        expectedCost: target => conditions.get(target.id)?.costNanoUsd ?? null,
        random: createRandom(seed * 31 + arrival.index),
        objective,
      })
      book.countTurn('model')
      const judged = judgeAll(conditions, objective)
      const asked = ask(order, 0, { arrival, first: true })
      const loss = judged.get(asked?.id ?? '') ?? 1
      totals.loss += loss
      totals.regret += loss - Math.min(...judged.values())
    },
    finish(name, requests) {
      timeline.runUntil(Number.POSITIVE_INFINITY)
      return { strategy: name, requests, ...summarise(totals, requests) }
    },
  }
}

function judgeAll(
  conditions: ReadonlyMap<string, Condition>,
  objective: Objective,
): ReadonlyMap<string, number> {
  const yardstick = yardstickOf([...conditions.values()])
  return new Map(
    [...conditions].map(([id, condition]) => [id, judgeProspect(condition, yardstick, objective)]),
  )
}

function summarise(totals: Totals, requests: number): Omit<Outcome, 'strategy' | 'requests'> {
  const { latencies } = totals
  latencies.sort((left, right) => left - right)
  const sum = latencies.reduce((total, each) => total + each, 0)
  return {
    loss: totals.loss / requests,
    regret: totals.regret / requests,
    costUsd: totals.costNanoUsd / 1e9,
    meanMs: sum / Math.max(1, latencies.length),
    p95Ms: latencies[Math.floor(latencies.length * 0.95)] ?? 0,
    errorRate: totals.errors / requests,
    firstErrorRate: totals.firstErrors / requests,
  }
}

function factsOf({ inputTokens, streaming, tools, vision, json }: RequestKind): RouteFacts {
  return {
    model: 'model',
    operation: 'chat',
    streaming,
    inputCharacters: inputTokens * 4,
    needs: { tools, vision, json },
  }
}

function usageOf({ inputTokens, outputTokens }: RequestKind): Usage {
  return {
    inputUncached: inputTokens,
    cacheRead: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    outputText: outputTokens,
    outputReasoning: 0,
    audioInput: 0,
    audioOutput: 0,
  }
}

/** Of one strategy, over several seeds. */
export function meanOutcome(outcomes: readonly Outcome[]): Outcome {
  const mean = (field: Exclude<keyof Outcome, 'strategy'>): number =>
    outcomes.reduce((sum, outcome) => sum + outcome[field], 0) / outcomes.length
  return {
    strategy: outcomes[0]?.strategy ?? '',
    requests: mean('requests'),
    loss: mean('loss'),
    regret: mean('regret'),
    costUsd: mean('costUsd'),
    meanMs: mean('meanMs'),
    p95Ms: mean('p95Ms'),
    errorRate: mean('errorRate'),
    firstErrorRate: mean('firstErrorRate'),
  }
}
