// The calls of one target that are under way: those without any answer yet, and the streams. From them one can see that
// a target has frozen long before the first of their timers has run out.

import type { AnswerFacts, UpstreamRequest } from '../call.ts'

/** Of the other instances, to probe a target. */
export interface ProbeLeave {
  release(): void
}

/** A class because one is made for each call; it is a member of one list at a time. */
export class OpenCall {
  readonly request: UpstreamRequest
  readonly startedAt: number
  /** Grows with each change of the breaker's state: a call that began in an earlier one has no say. */
  era: number
  /** What was read of its stream; null before. */
  facts: AnswerFacts | null = null
  /** It was a probe, and counted as one that passed with its first content. */
  passed = false
  /** Of a probe, where there are other instances. */
  leave: ProbeLeave | null = null
  /** See `OpenCalls`. */
  silence = 0
  list: CallList | null = null
  next: OpenCall | null = null
  previous: OpenCall | null = null

  constructor(request: UpstreamRequest, startedAt: number, era: number) {
    this.request = request
    this.startedAt = startedAt
    this.era = era
  }
}

/** Oldest first. Linked, not a Set: the tables that a busy Set leaves behind keep what was in them alive. */
export class CallList {
  first: OpenCall | null = null
  #last: OpenCall | null = null

  add(call: OpenCall): void {
    call.list = this
    call.previous = this.#last
    if (this.#last === null) this.first = call
    else this.#last.next = call
    this.#last = call
  }

  remove(call: OpenCall): void {
    if (call.list !== this) return
    if (call.previous === null) this.first = call.next
    else call.previous.next = call.next
    if (call.next === null) this.#last = call.previous
    else call.next.previous = call.previous
    call.list = null
    call.next = null
    call.previous = null
  }
}

/** Between two looks at the streams, to see whether any goes on. */
const streamPauseMs = 500

export class OpenCalls {
  readonly waiting = new CallList()
  readonly #streams = new CallList()
  /** The number of the silence: it begins anew with every sign of life. */
  #silence = 0
  /** The oldest call that began in this silence, and how many did. */
  #oldest: OpenCall | null = null
  #unanswered = 0
  #seenCharacters = 0
  #streamedAt = Number.NEGATIVE_INFINITY

  begin(call: OpenCall): void {
    call.silence = this.#silence
    this.waiting.add(call)
    this.#oldest ??= call
    this.#unanswered++
  }

  /** An answer has begun. */
  stream(call: OpenCall, facts: AnswerFacts): void {
    this.end(call)
    call.facts = facts
    this.#streams.add(call)
  }

  end(call: OpenCall): void {
    if (call.list === this.#streams) {
      this.#streams.remove(call)
      return
    }
    if (call.list !== this.waiting) return
    if (call.silence === this.#silence) {
      this.#unanswered--
      if (this.#oldest === call) this.#oldest = call.next
    }
    this.waiting.remove(call)
  }

  /** The target has said something, whatever it was. */
  hear(): void {
    this.#silence++
    this.#oldest = null
    this.#unanswered = 0
  }

  /**
   * Since when so many calls at least, all begun after the last sign of life, have been waiting; null where they are fewer,
   * or where a stream still goes on.
   */
  silentSince(calls: number, now: number): number | null {
    if (this.#unanswered < calls) return null
    let call = this.#oldest
    for (let step = 1; step < calls && call !== null; step++) call = call.next
    if (call === null || this.#streamsGoOn(now)) return null
    return call.startedAt
  }

  #streamsGoOn(now: number): boolean {
    if (this.#streams.first === null) return false
    let characters = 0
    for (let call = this.#streams.first as OpenCall | null; call !== null; call = call.next)
      characters += call.facts?.outputCharacters ?? 0
    if (characters !== this.#seenCharacters) this.#streamedAt = now
    this.#seenCharacters = characters
    return now - this.#streamedAt < streamPauseMs
  }
}
