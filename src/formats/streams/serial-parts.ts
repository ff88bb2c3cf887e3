// Puts the parts of an answer one behind the other, for formats whose clients expect that: a part that begins while
// another is open waits until that one has ended.

import type { AnswerPart } from '../../conversation/completion.ts'
import type { CompletionEvent } from '../../conversation/completion-event.ts'

export type PartEvent = Extract<CompletionEvent, { readonly part: number }>

/** A class because one is made for each stream and each of its events passes through. */
export class SerialParts {
  readonly #pass: (event: PartEvent) => void
  #open: number | null = null
  /** The events of the parts that wait, in the order in which the parts began. */
  readonly #waiting = new Map<number, PartEvent[]>()

  constructor(pass: (event: PartEvent) => void) {
    this.#pass = pass
  }

  /** Whether pieces of the part would pass, so that they need not go this way. */
  isOpen(part: number): boolean {
    return this.#open === part
  }

  push(event: PartEvent): void {
    if (this.#open !== null && event.part !== this.#open) {
      this.#keep(event)
      return
    }
    this.#pass(event)
    if (event.type === 'part_start') this.#open = event.part
    else if (event.type === 'part_end') {
      this.#open = null
      if (this.#waiting.size > 0) this.#passWaiting()
    }
  }

  /** What waits has no end to wait for any more: it passes as far as it has come. */
  release(): void {
    for (const events of this.#waiting.values()) for (const event of events) this.#pass(event)
    this.#waiting.clear()
  }

  #keep(event: PartEvent): void {
    const kept = this.#waiting.get(event.part)
    if (kept === undefined) this.#waiting.set(event.part, [event])
    else kept.push(event)
  }

  #passWaiting(): void {
    for (const [part, events] of this.#waiting) {
      this.#waiting.delete(part)
      for (const event of events) this.#pass(event)
      const last = events.at(-1)?.type
      if (last === 'part_end' || last === 'part') continue
      this.#open = part
      return
    }
  }
}

/** Puts those parts one behind the other that share a lane; those that have none pass as they come. */
export class SerialLanes {
  readonly #laneOf: (type: AnswerPart['type']) => string | null
  readonly #pass: (event: PartEvent) => void
  readonly #lanes = new Map<string, SerialParts>()
  readonly #lanesOfParts = new Map<number, SerialParts>()

  constructor(laneOf: (type: AnswerPart['type']) => string | null, pass: (event: PartEvent) => void) {
    this.#laneOf = laneOf
    this.#pass = pass
  }

  push(event: PartEvent): void {
    const lane = this.#laneFor(event)
    if (lane === null) {
      this.#pass(event)
      return
    }
    if (event.type === 'part_start') this.#lanesOfParts.set(event.part, lane)
    else if (event.type === 'part_end') this.#lanesOfParts.delete(event.part)
    lane.push(event)
  }

  /** What waits passes as far as it has come. */
  release(): void {
    for (const lane of this.#lanes.values()) lane.release()
  }

  #laneFor(event: PartEvent): SerialParts | null {
    if (event.type !== 'part_start' && event.type !== 'part')
      return this.#lanesOfParts.get(event.part) ?? null
    const name = this.#laneOf(event.type === 'part' ? event.value.type : event.opening.type)
    if (name === null) return null
    let lane = this.#lanes.get(name)
    if (lane === undefined) {
      lane = new SerialParts(this.#pass)
      this.#lanes.set(name, lane)
    }
    return lane
  }
}
