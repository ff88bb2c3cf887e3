// How long and how much: the whole benchmark in about twenty minutes, or a look at it in one.

export interface Plan {
  readonly rounds: number
  /** Of parts that do not look whether their subject has settled. */
  readonly warmUpMs: number
  /** A gateway's code is still getting faster after ten seconds of full load, the floor's after two. */
  readonly longestWarmUpMs: number
  /** One look at what a request costs meanwhile. */
  readonly warmUpLookMs: number
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

/** A subject has two sockets for each stream, and some files of its own. */
export function mostStreams(openFiles: number): number {
  return Math.floor((openFiles - 400) / 200) * 100
}

export function createPlan(options: { quick: boolean; rounds?: number; streams?: number }): Plan {
  const plan = options.quick ? quickPlan : fullPlan
  const held = { ...plan.held, ...(options.streams === undefined ? {} : { streams: options.streams }) }
  return { ...plan, rounds: options.rounds ?? plan.rounds, held }
}

const fullPlan: Plan = {
  rounds: 5,
  warmUpMs: 5000,
  longestWarmUpMs: 30_000,
  warmUpLookMs: 1500,
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
  warmUpMs: 1000,
  longestWarmUpMs: 2000,
  warmUpLookMs: 300,
  settleMs: 200,
  connections: 32,
  closedLoopMs: 500,
  openLoopMs: 1000,
  rates: [500, 1000],
  streams: { concurrency: 50, chunks: 50, intervalMs: 10, durationMs: 800, rate: 200 },
  held: { streams: 300, opensPerSecond: 1000, holdMs: 800, leaveEvery: 5 },
}
