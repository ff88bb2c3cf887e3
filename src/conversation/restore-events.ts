// Puts a stream back into the client's terms, event by event.

import type { CompletionEvent, FinishEvent, PartStartEvent } from './completion-event.ts'
import type { MeantCall, MeantCalls, PassEvent } from './meant-calls.ts'
import { unwrapArguments } from './restore-completion.ts'

interface OpenCall {
  readonly call: MeantCall
  /** The arguments so far, where they have to be whole to be understood. */
  collected: string | null
}

/** A class because one is made for each stream and each of its events goes through it. */
export class EventRestorer {
  readonly #meant: MeantCalls
  readonly #emit: PassEvent
  /** By choice and part. */
  readonly #open = new Map<string, OpenCall>()
  /** Choices that wait for the result of a tool of the client. */
  readonly #waiting = new Set<number>()

  constructor(meant: MeantCalls, emit: PassEvent) {
    this.#meant = meant
    this.#emit = emit
  }

  push(event: CompletionEvent): void {
    switch (event.type) {
      case 'part_start':
        this.#begin(event)
        break
      case 'part_delta': {
        const open = this.#open.get(`${event.choice} ${event.part}`)
        if (open === undefined || open.collected === null) this.#emit(event)
        else open.collected += event.text
        break
      }
      case 'part_detail':
        // A signature belongs to a call; the text that takes its place has none.
        if (this.#open.get(`${event.choice} ${event.part}`)?.call.as !== 'text') this.#emit(event)
        break
      case 'part_end': {
        const open = this.#open.get(`${event.choice} ${event.part}`)
        if (open !== undefined && open.collected !== null) {
          const text = unwrapArguments(open.collected, open.call)
          if (text !== '') this.#emit({ type: 'part_delta', choice: event.choice, part: event.part, text })
        }
        this.#emit(event)
        break
      }
      case 'finish':
        this.#emit(this.#finish(event))
        break
      case 'start':
      case 'part':
      case 'logprobs':
      case 'usage':
      case 'end':
        this.#emit(event)
        break
    }
  }

  #begin(event: PartStartEvent): void {
    const { opening } = event
    const call = opening.type === 'tool_call' ? this.#meant.get(opening.name) : undefined
    if (opening.type === 'tool_call' && call?.as !== 'text') this.#waiting.add(event.choice)
    if (opening.type !== 'tool_call' || call === undefined) {
      this.#emit(event)
      return
    }
    this.#open.set(`${event.choice} ${event.part}`, {
      call,
      collected: call.wrappedIn === undefined ? null : '',
    })
    if (call.as === 'text') this.#emit({ ...event, opening: { type: 'text' } })
    else
      this.#emit({
        ...event,
        opening: { ...opening, name: call.name, ...(call.as === 'custom' && { custom: true }) },
      })
  }

  /** An answer given by way of a tool waits for no result. */
  #finish(event: FinishEvent): FinishEvent {
    if (event.finish.reason !== 'tool_calls' || this.#waiting.has(event.choice)) return event
    return { ...event, finish: { ...event.finish, reason: 'stop' } }
  }
}
