// What a client takes out of an answer, in words that are the same for every wire format.

import { canonical, parseOr } from './json.ts'

export type FinishWord = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'other'

export interface ReadCall {
  /** Empty where the format has no ids. */
  readonly id: string
  readonly name: string
  /** Canonical JSON of the arguments; as they came where they are none. */
  readonly input: string
}

export interface ReadUsage {
  /** Everything that was read, from the cache or not. */
  readonly input: number
  readonly cacheRead: number
  /** Everything that was written, reasoning included. */
  readonly output: number
  readonly reasoning: number
}

export interface Reading {
  readonly text: string
  readonly reasoning: string
  readonly toolCalls: readonly ReadCall[]
  /** Null where the answer does not say why it ended. */
  readonly finish: FinishWord | null
  readonly usage: ReadUsage | null
  /** What the client raises. */
  readonly error: string | null
}

export interface Reader {
  readAnswer(body: unknown): Reading
  /** @param bytes the whole stream, framed */
  readStream(bytes: Buffer): Reading
}

/** What a reader fills in while it reads. */
export interface Notes {
  text: string
  reasoning: string
  calls: { id: string; name: string; input: string }[]
  finish: FinishWord | null
  usage: ReadUsage | null
  error: string | null
}

export function openNotes(): Notes {
  return { text: '', reasoning: '', calls: [], finish: null, usage: null, error: null }
}

export function closeNotes({ calls, ...notes }: Notes): Reading {
  return { ...notes, toolCalls: calls.map(call => ({ ...call, input: canonicalInput(call.input) })) }
}

/** No arguments and an empty object mean the same. */
export function canonicalInput(text: string): string {
  if (text.trim() === '') return '{}'
  const unread = Symbol('not JSON')
  const value = parseOr(text, unread)
  return value === unread ? text : canonical(value)
}

/** A finish word for a format's own; where it has none for tool calls, those that are there tell. */
export function finishWord(
  words: Readonly<Record<string, FinishWord>>,
  native: unknown,
  hasCalls = false,
): FinishWord | null {
  if (typeof native !== 'string') return null
  const word = words[native] ?? 'other'
  return word === 'stop' && hasCalls ? 'tool-calls' : word
}
