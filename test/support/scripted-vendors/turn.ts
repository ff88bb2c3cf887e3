// What the scripted vendors say, whatever their format: a greeting, a call of the tool that is offered, an answer that
// repeats the tool's result, an object where a schema asks for one, or the failure that the question asks for.

import type { SeenRequest } from '../fake-upstream.ts'

export type Json = Record<string, unknown>

/** What a vendor understood of a request. */
export interface Asked {
  readonly streaming: boolean
  /** The last text of the user. */
  readonly question: string
  readonly tools: readonly string[]
  /** What the last tool said, where that is the end of the conversation. */
  readonly result: string | null
  /** Whether the answer has to be an object of a schema. */
  readonly schema: boolean
}

export interface Call {
  readonly name: string
  readonly arguments: Json
}

export type Turn = { readonly text: string; readonly call?: Call } | { readonly failure: number }

/** One vendor's wire format, from the vendor's side. */
export interface Wire {
  /** @throws Refusal for what the vendor would not take */
  read(request: SeenRequest): Asked
  whole(turn: { readonly text: string; readonly call?: Call }): unknown
  stream(turn: { readonly text: string; readonly call?: Call }): readonly string[]
  failure(status: number, message: string): unknown
}

/** The request is not as the vendor documents it. */
export class Refusal extends Error {}

export const greeting = 'Hello — it is 21 °C. 👍'
export const thinkingOfTools = 'Let me look.'
export const city = { name: 'Lisbon', inhabitants: 545_000 }
export const inputTokens = 11
export const outputTokens = 7

/** What the vendors say when they know the result of a tool. */
export function sayResult(result: string): string {
  return `The tool says: ${result}`
}

/** The question that makes a vendor fail. */
export function failWith(status: number): string {
  return `fail ${status}`
}

export function answerTo({ question, tools, result, schema }: Asked): Turn {
  const failure = /^fail (\d+)$/.exec(question)?.[1]
  if (failure !== undefined) return { failure: Number(failure) }
  if (result !== null) return { text: sayResult(result) }
  const [tool] = tools
  if (tool === 'get_weather')
    return { text: thinkingOfTools, call: { name: tool, arguments: { city: 'Lisbon' } } }
  // A tool that stands for a schema: its arguments are the answer.
  if (tool !== undefined) return { text: '', call: { name: tool, arguments: city } }
  return { text: schema ? JSON.stringify(city) : greeting }
}

/** In pieces, so that a stream of it has more than one event. */
export function cut(text: string): string[] {
  const half = Math.ceil(text.length / 2)
  return text === '' ? [] : [text.slice(0, half), text.slice(half)].filter(piece => piece !== '')
}

export function bodyOf({ body }: SeenRequest): Json {
  return JSON.parse(body.toString()) as Json
}

export function listIn(value: Json | undefined, name: string): Json[] {
  const list = value?.[name]
  return Array.isArray(list) ? (list as Json[]) : []
}

export function objectIn(value: Json | undefined, name: string): Json {
  return (value?.[name] ?? {}) as Json
}

/** The text of a content that is a string or a list of parts. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  const parts = Array.isArray(content) ? (content as Json[]) : []
  return parts.map(({ text }) => (typeof text === 'string' ? text : '')).join('')
}

export function demand(holds: boolean, what: string): void {
  if (!holds) throw new Refusal(what)
}
