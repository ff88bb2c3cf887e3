// Workloads drawn by chance, family by family: what is tuned to one of them is worth nothing, what holds for many is.

import { createRandom } from '../../src/lib/seeded-random.ts'
import { parseWorkload, type Workload, type WrittenWorkload } from './workload.ts'

type WrittenTarget = WrittenWorkload['targets'][number]

interface Draw {
  between(low: number, high: number): number
  /** Evenly over the orders of magnitude. */
  scaled(low: number, high: number): number
  whole(low: number, high: number): number
  oneOf<Value>(values: readonly Value[]): Value
}

type Family = (draw: Draw) => Omit<WrittenWorkload, 'name'>

function createDraw(seed: number): Draw {
  const random = createRandom(seed)
  return {
    between: (low, high) => low + (high - low) * random(),
    scaled: (low, high) => low * (high / low) ** random(),
    whole: (low, high) => low + Math.floor(random() * (high - low + 1)),
    oneOf: values => values[Math.floor(random() * values.length)] as (typeof values)[number],
  }
}

function drawTargets(draw: Draw, change: (target: WrittenTarget, index: number) => WrittenTarget) {
  const count = draw.whole(2, 5)
  return Array.from({ length: count }, (_, index) => {
    const price = draw.scaled(0.3, 6)
    return change(
      {
        name: `target${index + 1}`,
        latencyMs: draw.scaled(200, 3000),
        spread: draw.between(0.2, 0.7),
        errorRate: draw.between(0, 0.02),
        price: { input: price, output: price * 4 },
      },
      index,
    )
  })
}

/** Steps at moments drawn by chance, from what `next` gives. */
function drawSteps(draw: Draw, seconds: number, next: () => number): [number, number][] {
  const steps: [number, number][] = [[0, next()]]
  for (let at = draw.between(0.05, 0.3) * seconds; at < seconds; at += draw.between(0.08, 0.4) * seconds)
    steps.push([at, next()])
  return steps
}

/** Some 4,000 requests, over minutes or hours. */
function drawTraffic(draw: Draw): { seconds: number; requestsPerSecond: number } {
  const requestsPerSecond = draw.scaled(1, 40)
  return { seconds: 4000 / requestsPerSecond, requestsPerSecond }
}

export const families: Readonly<Record<string, Family>> = {
  steady: draw => ({
    kind: 'steady',
    ...drawTraffic(draw),
    targets: drawTargets(draw, target => target),
  }),
  contexts: draw => ({
    kind: 'steady',
    ...drawTraffic(draw),
    requests: [
      { share: 5, inputTokens: 300 },
      { share: 2, inputTokens: 300, tools: true },
      { share: 2, inputTokens: 30_000, outputTokens: 600 },
    ],
    targets: drawTargets(draw, target => ({
      ...target,
      effects: [
        { tools: true, latencyFactor: draw.scaled(0.5, 3), errorRate: draw.oneOf([0, 0, 0.3]) },
        { minInputTokens: 10_000, latencyFactor: draw.scaled(0.7, 6) },
      ],
    })),
  }),
  bursty: draw => {
    const { seconds, requestsPerSecond } = drawTraffic(draw)
    const quiet = requestsPerSecond / 3
    const rate = Array.from({ length: 10 }, (_, part): [number, number] => [
      (part * seconds) / 10,
      part % 2 === 0 ? quiet : quiet * 5,
    ])
    return { kind: 'steady', seconds, requestsPerSecond: rate, targets: drawTargets(draw, target => target) }
  },
  drifting_latency: draw => {
    const traffic = drawTraffic(draw)
    const latency = () => draw.scaled(150, 4000)
    return {
      ...traffic,
      targets: drawTargets(draw, target => ({
        ...target,
        price: { input: 1, output: 4 },
        latencyMs: drawSteps(draw, traffic.seconds, latency),
      })),
    }
  },
  wandering_latency: draw => {
    const traffic = drawTraffic(draw)
    return {
      ...traffic,
      targets: drawTargets(draw, target => ({
        ...target,
        latencyMs: { linear: drawSteps(draw, traffic.seconds, () => draw.scaled(150, 4000)) },
      })),
    }
  },
  outages: draw => {
    const traffic = drawTraffic(draw)
    const failing = () => draw.oneOf([0, 0, 0.005, 0.005, 0.01, 0.01, 1])
    return {
      ...traffic,
      targets: drawTargets(draw, target => ({
        ...target,
        errorRate: drawSteps(draw, traffic.seconds, failing),
        errorAfterMs: draw.scaled(20, 5000),
      })),
    }
  },
  partial_errors: draw => {
    const traffic = drawTraffic(draw)
    const failing = () => draw.oneOf([0, 0.01, draw.between(0.05, 0.6)])
    return {
      ...traffic,
      targets: drawTargets(draw, target => ({
        ...target,
        errorRate: drawSteps(draw, traffic.seconds, failing),
      })),
    }
  },
  price_changes: draw => {
    const traffic = drawTraffic(draw)
    return {
      ...traffic,
      targets: drawTargets(draw, target => {
        const steps = drawSteps(draw, traffic.seconds, () => draw.scaled(0.2, 8))
        return {
          ...target,
          price: { input: steps, output: steps.map(([at, price]): [number, number] => [at, price * 4]) },
        }
      }),
    }
  },
  brownout: draw => {
    const traffic = drawTraffic(draw)
    const { seconds } = traffic
    return {
      ...traffic,
      targets: drawTargets(draw, (target, index) => {
        const usual = draw.scaled(200, 1500)
        const from = draw.between(0.15, 0.4) * seconds
        const worst = draw.between(0.5, 0.7) * seconds
        const hit = index === 0 || draw.between(0, 1) < 0.3
        return {
          ...target,
          latencyMs: hit
            ? {
                linear: [
                  [from, usual],
                  [worst, usual * draw.between(4, 15)],
                  [seconds * 0.8, usual],
                ],
              }
            : usual,
        }
      }),
    }
  },
  crowded: draw => ({
    kind: 'drifting',
    seconds: 200,
    requestsPerSecond: { mean: 20, amplitude: 15, periodSeconds: draw.between(30, 120) },
    targets: drawTargets(draw, target => ({ ...target, capacity: draw.whole(10, 60) })),
  }),
  cold_start: draw => ({
    kind: 'steady',
    seconds: 60,
    requestsPerSecond: draw.scaled(5, 30),
    targets: drawTargets(draw, target => target),
  }),
}

/** @throws Error for a name that is none */
export function drawWorkload(family: string, seed: number): Workload {
  const make = families[family]
  if (make === undefined)
    throw new Error(
      `no family of workloads is called ${family}; there are ${Object.keys(families).join(', ')}`,
    )
  const draw = createDraw(seed * 2_654_435 + hashName(family))
  return parseWorkload({ name: family, ...make(draw) })
}

function hashName(name: string): number {
  let hash = 0
  for (let index = 0; index < name.length; index++) hash += name.charCodeAt(index)
  return hash
}
