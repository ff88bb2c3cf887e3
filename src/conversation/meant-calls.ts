// What calls of tools mean to a client, where its conversation had to be put otherwise for a target.

import type { CompletionEvent } from './completion-event.ts'

/** Takes the events of a stream and hands on what they mean to the client. */
export type PassEvent = (event: CompletionEvent) => void

/** What a call of the upstream means to the client. */
export interface MeantCall {
  /** `text`: the arguments are the answer itself. `custom`: they hold the free text of the client's own tool. */
  readonly as: 'function' | 'custom' | 'text'
  /** As the client calls the tool. */
  readonly name: string
  /** The only argument, of which the value is meant; absent where all arguments are. */
  readonly wrappedIn?: string
}

/** Upstream's name of a tool -> what a call of it means. Tools that are what they seem are not in it. */
export type MeantCalls = ReadonlyMap<string, MeantCall>
