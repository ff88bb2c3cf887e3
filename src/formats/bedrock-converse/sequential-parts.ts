// Parts of an answer may overlap: parallel calls of some vendors do. Here they come one after the other.

import type { CompletionEvent } from '../../conversation/completion-event.ts'

export type PartEvent = Extract<CompletionEvent, { readonly part: number }>

/** Hands on the events of one part at a time; those of later ones wait. A class because each event goes through it. */
export class SequentialParts {
  readonly #hand: (event: PartEvent) => void
  /** The part that is open; -1 between two. */
  #current = -1
  /** By part, in the order in which they began. */
  readonly #waiting = new Map<number, PartEvent[]>()

  constructor(hand: (event: PartEvent) => void) {
    this.#hand = hand
  }

  push(event: PartEvent): void {
    if (this.#current === event.part || this.#current === -1) this.#pass(event)
    else this.#wait(event)
    while (this.#current === -1 && this.#waiting.size > 0) this.#next()
  }

  /** Closes whatever has not been closed. */
  end(): void {
    while (this.#current !== -1) this.push({ type: 'part_end', choice: 0, part: this.#current })
  }

  #pass(event: PartEvent): void {
    if (event.type === 'part_start') this.#current = event.part
    else if (event.type === 'part_end') this.#current = -1
    this.#hand(event)
  }

  #wait(event: PartEvent): void {
    const events = this.#waiting.get(event.part)
    if (events === undefined) this.#waiting.set(event.part, [event])
    else events.push(event)
  }

  #next(): void {
    const [part = -1, events = []] = this.#waiting.entries().next().value ?? []
    this.#waiting.delete(part)
    for (const event of events) this.#pass(event)
  }
}
