// A workload of the routing simulation: what is asked, and how the targets behave over time. All of it is data, so that
// one can be written by hand; docs/strategies.md explains the fields.

import { z } from 'zod'

const pairs = z.array(z.tuple([z.number(), z.number()])).min(1)

/** A number over time: constant, in steps `[second, value]`, in straight lines between such points, or as a wave. */
const curve = z.union(
  [
    z.number(),
    pairs,
    z.strictObject({ linear: pairs }),
    z.strictObject({ mean: z.number(), amplitude: z.number(), periodSeconds: z.number().positive() }),
  ],
  'is no curve: a number, a list of steps [second, value], {"linear": …}, or {"mean": …, "amplitude": …, "periodSeconds": …}',
)

const flag = z.boolean().default(false)

const requestKind = z.strictObject({
  share: z.number().positive().default(1),
  inputTokens: z.number().nonnegative().default(1000),
  outputTokens: z.number().nonnegative().default(200),
  streaming: z.boolean().default(true),
  tools: flag,
  vision: flag,
  json: flag,
})

/** Which requests a target treats otherwise, and how: factors for latency and price, an error rate that is added. */
const effect = z.strictObject({
  tools: z.boolean().optional(),
  vision: z.boolean().optional(),
  json: z.boolean().optional(),
  streaming: z.boolean().optional(),
  minInputTokens: z.number().optional(),
  maxInputTokens: z.number().optional(),
  latencyFactor: z.number().positive().default(1),
  priceFactor: z.number().nonnegative().default(1),
  errorRate: z.number().min(0).max(1).default(0),
})

const simulatedTarget = z.strictObject({
  name: z.string().min(1),
  weight: z.number().nonnegative().default(1),
  /** Mean time to first content. */
  latencyMs: curve,
  /** Of the logarithm of the latency. */
  spread: z.number().min(0).max(2).default(0.4),
  errorRate: curve.default(0),
  /** How long a failing call takes; absent: half the latency. */
  errorAfterMs: curve.optional(),
  tokensPerSecond: curve.default(80),
  /** US dollars per million tokens; null: no price is known. */
  price: z.strictObject({ input: curve, output: curve }).nullable().default({ input: 1, output: 4 }),
  /** Calls under way beyond which all of them take longer, in proportion. */
  capacity: z.number().positive().nullable().default(null),
  effects: z.array(effect).default([]),
})

const workloadSchema = z.strictObject({
  name: z.string().min(1),
  kind: z.enum(['steady', 'drifting']).default('drifting'),
  seconds: z.number().positive(),
  requestsPerSecond: curve,
  timeoutMs: z.number().positive().default(60_000),
  /** Whether targets that keep failing rest, as they do in the gateway. */
  breaker: z.boolean().default(true),
  objective: z
    .strictObject({
      success: z.number().nonnegative(),
      latency: z.number().nonnegative(),
      cost: z.number().nonnegative(),
      minShare: z.number().min(0).max(1),
    })
    .optional(),
  requests: z
    .array(requestKind)
    .min(1)
    .default([requestKind.parse({})]),
  targets: z.array(simulatedTarget).min(1),
})

export type Curve = z.infer<typeof curve>
export type RequestKind = z.infer<typeof requestKind>
export type SimulatedTarget = z.infer<typeof simulatedTarget>
export type Workload = z.infer<typeof workloadSchema>
/** As it is written: what has a default may be left out. */
export type WrittenWorkload = z.input<typeof workloadSchema>

/** @throws ZodError naming the field */
export function parseWorkload(written: WrittenWorkload): Workload {
  return workloadSchema.parse(written)
}

/** One workload, or a list of them. @throws ZodError naming the field */
export function parseWorkloads(written: unknown): readonly Workload[] {
  return (Array.isArray(written) ? written : [written]).map(each => workloadSchema.parse(each))
}

export function valueAt(given: Curve, second: number): number {
  if (typeof given === 'number') return given
  if (Array.isArray(given)) return (given.findLast(([from]) => from <= second) ?? given[0] ?? [0, 0])[1]
  if ('linear' in given) return onLine(given.linear, second)
  return given.mean + given.amplitude * Math.sin((2 * Math.PI * second) / given.periodSeconds)
}

function onLine(points: readonly (readonly [number, number])[], second: number): number {
  const after = points.findIndex(([from]) => from > second)
  const [, last] = points.at(-1) ?? [0, 0]
  if (after === -1) return last
  const [toSecond, to] = points[after] ?? [0, 0]
  const [fromSecond, from] = points[after - 1] ?? [toSecond, to]
  if (toSecond === fromSecond) return to
  return from + ((to - from) * (second - fromSecond)) / (toSecond - fromSecond)
}
