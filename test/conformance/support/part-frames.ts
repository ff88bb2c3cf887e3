// The minimal whole requests around a part: what a client of chat completions asks, and what the provider gets.

import type { Json } from './json.ts'
import { textAt } from './json.ts'
import { clientChat, withoutNulls } from './source-language.ts'

/** A case of another gateway's translator tests whose subject is a part of a request. */
export interface Row {
  readonly part: unknown
  readonly expected: unknown
  /** Everything that the source wrote of the case. */
  readonly fields: Json
}

export interface Whole {
  readonly model: string
  readonly asked: Json
  /** Null where the source refuses it. */
  readonly expected: Json | null
}

export type Wrap = (row: Row) => Whole

export const user = { role: 'user', content: 'Hello' }
export const parameters = { type: 'object', properties: { a: { type: 'string' } } }
export const chatTool = (name: string): Json => ({ type: 'function', function: { name, parameters } })
export const chatCall = (id: string, name: string): Json => ({
  role: 'assistant',
  tool_calls: [{ id, type: 'function', function: { name, arguments: '{}' } }],
})

/** A result for a call of a tool. */
export function toolResult({ id }: Json): Json {
  return { role: 'tool', tool_call_id: id, content: 'done' }
}

function isRefused({ fields }: Row): boolean {
  const words = ['expErr', 'expectErr', 'expectedErr', 'expectedError', 'expectedErrMsg', 'expectedErrorMsg']
  return words.some(word => fields[word] === true || textAt(fields, word) !== '')
}

/** Chat completions with the part, and what the provider gets. */
export function fromChat(
  row: Row,
  { model, asked, expected }: { model: string; asked: Json; expected: Json },
): Whole {
  return {
    model,
    asked: clientChat({ model, messages: [user], ...asked }),
    expected: isRefused(row) ? null : (withoutNulls(expected) as Json),
  }
}
