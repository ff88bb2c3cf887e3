// Watches how long the event loop of this process works without a pause.

import { PerformanceObserver } from 'node:perf_hooks'

export interface WatchedTurns {
  readonly turns: number
  /**
   * In one turn of the event loop, by the thread's own time, which leaves out what others do on the machine, or by the
   * clock, whichever is shorter: the thread's time is counted in steps of some milliseconds.
   */
  readonly longestTurnMs: number
  /** The same without the collections of garbage, which come when they like. */
  readonly longestWorkMs: number
}

interface Turn {
  readonly from: number
  readonly to: number
  readonly ownMs: number
}

/**
 * Takes the thread's time in every turn of the event loop, until its answer is called: some time after the work, as
 * collections are told afterwards.
 */
export function watchTurns(): () => WatchedTurns {
  const turns: Turn[] = []
  const collections: { readonly startTime: number; readonly duration: number }[] = []
  const observer = new PerformanceObserver(list => collections.push(...list.getEntries()))
  observer.observe({ entryTypes: ['gc'] })
  let watching = true
  let from = performance.now()
  let before = process.threadCpuUsage()
  const look = (): void => {
    const { user, system } = process.threadCpuUsage(before)
    const to = performance.now()
    turns.push({ from, to, ownMs: Math.min((user + system) / 1000, to - from) })
    before = process.threadCpuUsage()
    from = performance.now()
    if (watching) setImmediate(look)
  }
  setImmediate(look)
  const collectedIn = ({ from: start, to }: Turn): number =>
    collections
      .filter(({ startTime }) => startTime >= start && startTime <= to)
      .reduce((sum, { duration }) => sum + duration, 0)
  return () => {
    watching = false
    observer.disconnect()
    const longest = turns.toSorted((one, other) => other.ownMs - one.ownMs).slice(0, 200)
    return {
      turns: turns.length,
      longestTurnMs: Math.max(...longest.map(({ ownMs }) => ownMs)),
      longestWorkMs: Math.max(...longest.map(turn => turn.ownMs - collectedIn(turn))),
    }
  }
}
