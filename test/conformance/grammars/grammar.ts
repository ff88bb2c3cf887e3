// The order in which a protocol allows its events. Each protocol has a checker of its own, which knows nothing of the
// gateway's encoders.

import type { Json } from '../support/json.ts'

export interface GrammarEvent {
  /** Of the `event` field, or of the frame; empty where there is none. */
  readonly name: string
  readonly body: Json
}

/** @returns what is wrong, empty where nothing is */
export type Grammar = (events: readonly GrammarEvent[]) => string[]

/** Collects what is wrong; the first few say enough. */
export class Complaints {
  readonly #all: string[] = []

  unless(holds: boolean, complaint: string): void {
    if (!holds && this.#all.length < 5) this.#all.push(complaint)
  }

  get all(): string[] {
    return this.#all
  }
}
