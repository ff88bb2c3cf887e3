// One observer out of many: each reads every event, and none of them can fail a request or another reader.

import type { GatewayEvent, Observer } from '../events.ts'

export interface NamedObserver {
  /** For the report of its failure: `metrics`, `log`. */
  readonly name: string
  readonly observe: Observer
}

export interface Observers {
  readonly observe: Observer
  /** How often each observer threw, by name; those that never did are absent. */
  failures(): ReadonlyMap<string, number>
}

/** @param report told of the first failure of each observer; later ones are only counted */
export function createObservers(
  list: readonly NamedObserver[],
  report: (observer: string, thrown: unknown) => void,
): Observers {
  const failures = new Map<string, number>()

  function fail(name: string, thrown: unknown): void {
    const before = failures.get(name) ?? 0
    failures.set(name, before + 1)
    if (before > 0) return
    try {
      report(name, thrown)
    } catch {
      // The report is often the log, which may be the very observer that fails: there is nobody left to tell.
    }
  }

  function observe(event: GatewayEvent): void {
    for (const observer of list) {
      try {
        observer.observe(event)
      } catch (thrown) {
        fail(observer.name, thrown)
      }
    }
  }

  return { observe, failures: () => failures }
}
