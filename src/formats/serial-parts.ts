// Puts the parts of an answer one behind the other, for formats whose clients expect that: a part that begins while
// another is open waits until that one has ended.

import type { CompletionEvent } from '../conversation/completion-event.ts'

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
