// How many requests of each route may be asked for twice: a share of those of the last minutes.

import type { Clock } from '../lib/clock.ts'

export interface HedgeBudget {
  /** One more request of the route. */
  count(route: string): void
  /** Takes one of what the share (0 to 1) allows; false where it is used up. */
  take(route: string, maxShare: number): boolean
}

interface Slice {
  readonly number: number
  requests: number
  hedges: number
}

const sliceMs = 60_000
const slicesKept = 10
const rememberedRoutes = 1_000

export function createHedgeBudget(clock: Pick<Clock, 'now'>): HedgeBudget {
  const routes = new Map<string, Slice[]>()

  function sliceOf(route: string): Slice {
    const number = Math.floor(clock.now() / sliceMs)
    let slices = routes.get(route)
    if (slices === undefined) {
      // Routes without a rule are named by their models, and clients may make names up.
      if (routes.size >= rememberedRoutes) routes.clear()
      slices = []
      routes.set(route, slices)
    }
    const last = slices.at(-1)
    if (last?.number === number) return last
    const slice = { number, requests: 0, hedges: 0 }
    slices.push(slice)
    while ((slices[0]?.number ?? number) <= number - slicesKept) slices.shift()
    return slice
  }

  return {
    count(route) {
      sliceOf(route).requests++
    },
    take(route, maxShare) {
      const slice = sliceOf(route)
      let requests = 0
      let hedges = 0
      for (const each of routes.get(route) ?? []) {
        requests += each.requests
        hedges += each.hedges
      }
      if (hedges + 1 > requests * maxShare) return false
      slice.hedges++
      return true
    },
  }
}
