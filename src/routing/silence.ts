// How probable it is that a target has stopped answering: by the calls that began after the newest one it has answered,
// and wait for longer than they should. A single call that is stuck is overtaken by later ones, and says nothing.

import { normalBelow } from './normal.ts'

/** Before anything is overdue: so often a call meets the beginning of a silence. */
const silenceChance = 0.003
/** However long it takes, so often an answer just takes that long. */
const leastPatience = 0.02
const leastSpread = 0.3
/** The oldest calls tell enough. */
const callsAsked = 4

export class Silence {
  /** When the calls began that began after the newest answered one; oldest first. */
  readonly #waiting: number[] = []

  begin(began: number): void {
    this.#waiting.push(began)
  }

  answer(began: number): void {
    let overtaken = 0
    while (overtaken < this.#waiting.length && (this.#waiting[overtaken] as number) <= began) overtaken++
    if (overtaken === 1) this.#waiting.shift()
    else if (overtaken > 0) this.#waiting.splice(0, overtaken)
  }

  /** It ended without an answer. */
  leave(began: number): void {
    const place = this.#waiting.indexOf(began)
    if (place !== -1) this.#waiting.splice(place, 1)
  }

  /**
   * @param meanMs how long answers usually take
   * @param spread standard deviation of one, as a share of that
   */
  probability(now: number, meanMs: number, spread: number): number {
    const oldest = this.#waiting[0]
    if (oldest === undefined || meanMs <= 0 || now - oldest < 2 * meanMs) return 0
    const deviation = Math.max(leastSpread, Math.sqrt(Math.log(1 + spread * spread)))
    const middle = Math.log(meanMs) - (deviation * deviation) / 2
    let odds = silenceChance
    for (let index = 0; index < this.#waiting.length && index < callsAsked; index++) {
      const age = Math.max(1, now - (this.#waiting[index] as number))
      odds /= Math.max(leastPatience, normalBelow((middle - Math.log(age)) / deviation))
    }
    return odds / (1 + odds)
  }
}
