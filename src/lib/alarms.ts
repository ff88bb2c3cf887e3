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
  const open = new Set<PlainAlarm>()
  let ticking = false

  function tick(): void {
    const now = clock.now()
    for (const alarm of open) {
      if (alarm.at > now) continue
      alarm.at = Number.POSITIVE_INFINITY
      alarm.ring()
    }
    if (open.size === 0) ticking = false
    else clock.after(tickMs, tick)
  }

  return {
    open(ring) {
      const alarm = new PlainAlarm(open, ring)
      open.add(alarm)
      if (!ticking) {
        ticking = true
        clock.after(tickMs, tick)
      }
      return alarm
    },
    get size() {
      return open.size
    },
  }
}

class PlainAlarm implements Alarm {
  at = Number.POSITIVE_INFINITY
  readonly ring: () => void
  readonly #home: Set<PlainAlarm>

  constructor(home: Set<PlainAlarm>, ring: () => void) {
    this.#home = home
    this.ring = ring
  }

  set(at: number): void {
    this.at = at
  }

  close(): void {
    this.at = Number.POSITIVE_INFINITY
    this.#home.delete(this)
  }
}
