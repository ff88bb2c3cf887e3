// Many deadlines, one timer: setting an alarm anew costs an assignment, so a stream may do it with every chunk.

import type { Clock } from './clock.ts'

export interface Alarm {
  /** Rings once at this `clock.now()`, or up to one tick later; replaces what was set before. */
  set(at: number): void
  /** Never rings again. An alarm that is not closed is a leak. */
  close(): void
}

export interface Alarms {
  open(ring: () => void): Alarm
  /** Alarms that are open: zero when nothing is in flight. */
  readonly size: number
}

const tickMs = 25

export function createAlarms(clock: Clock): Alarms {
  // Not a Set: the tables that a busy Set leaves behind point to one another and to what was in them, and so keep
  // every request alive until the next full collection.
  const open: PlainAlarm[] = []
  let ticking = false

  function tick(): void {
    const now = clock.now()
    for (let index = open.length - 1; index >= 0; index--) {
      const alarm = open[index]
      if (alarm === undefined || alarm.at > now) continue
      alarm.at = Number.POSITIVE_INFINITY
      alarm.ring()
    }
    if (open.length === 0) ticking = false
    else clock.after(tickMs, tick)
  }

  return {
    open(ring) {
      const alarm = new PlainAlarm(open, ring)
      if (!ticking) {
        ticking = true
        clock.after(tickMs, tick)
      }
      return alarm
    },
    get size() {
      return open.length
    },
  }
}

class PlainAlarm implements Alarm {
  at = Number.POSITIVE_INFINITY
  readonly ring: () => void
  readonly #home: PlainAlarm[]
  /** Place in the home; -1 once closed. */
  #index: number

  constructor(home: PlainAlarm[], ring: () => void) {
    this.#home = home
    this.ring = ring
    this.#index = home.push(this) - 1
  }

  set(at: number): void {
    this.at = at
  }

  /** The last one takes the place of the closed one. */
  close(): void {
    this.at = Number.POSITIVE_INFINITY
    if (this.#index === -1) return
    const last = this.#home.pop()
    if (last !== undefined && last !== this) {
      this.#home[this.#index] = last
      last.#index = this.#index
    }
    this.#index = -1
  }
}
