// How long and how much: the whole benchmark in about a quarter of an hour, or a look at it in a minute.

export interface Plan {
  readonly rounds: number
  readonly warmUpMs: number
  /** After a measurement, for what a subject does in batches. */
  readonly settleMs: number
  readonly connections: number
  readonly closedLoopMs: number
  readonly openLoopMs: number
  /** Requests a second at which latency is taken. */
  readonly rates: readonly number[]
  readonly streams: {
    readonly concurrency: number
    readonly chunks: number
    readonly intervalMs: number
    readonly durationMs: number
    /** New streams a second while time to first content is taken. */
    readonly rate: number
  }
  readonly held: {
    readonly streams: number
    readonly opensPerSecond: number
    readonly holdMs: number
    /** Every so-manieth client leaves. */
    readonly leaveEvery: number
  }
}

export function createPlan(options: { quick: boolean; rounds?: number; streams?: number }): Plan {
  const plan = options.quick ? quickPlan : fullPlan
  const held = { ...plan.held, ...(options.streams === undefined ? {} : { streams: options.streams }) }
  return { ...plan, rounds: options.rounds ?? plan.rounds, held }
}

const fullPlan: Plan = {
  rounds: 5,
  warmUpMs: 1500,
  settleMs: 250,
  connections: 32,
  closedLoopMs: 2000,
  openLoopMs: 4000,
  rates: [500, 1000],
  streams: { concurrency: 50, chunks: 200, intervalMs: 10, durationMs: 2500, rate: 250 },
  held: { streams: 2000, opensPerSecond: 1000, holdMs: 2500, leaveEvery: 5 },
}

const quickPlan: Plan = {
  rounds: 1,
  warmUpMs: 600,
  settleMs: 200,
  connections: 32,
  closedLoopMs: 500,
  openLoopMs: 1000,
  rates: [500, 1000],
  streams: { concurrency: 50, chunks: 50, intervalMs: 10, durationMs: 800, rate: 200 },
  held: { streams: 300, opensPerSecond: 1000, holdMs: 800, leaveEvery: 5 },
}
