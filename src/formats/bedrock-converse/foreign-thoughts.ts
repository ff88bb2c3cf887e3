// Signatures and encrypted thoughts of another vendor on their way through a client of this format: marked with where
// they come from, so that the client's next request brings them back to the one who can read them, and to nobody else.

import { formatName } from './name.ts'

const marked = /^([a-z][a-z-]{2,40})#([\s\S]*)$/

export interface Thought {
  readonly origin: string
  readonly value: string
}

export function markSignature(value: string, origin: string | undefined): string {
  return origin === undefined || origin === formatName ? value : `${origin}#${value}`
}

export function readSignature(text: string): Thought {
  const [, origin, value] = marked.exec(text) ?? []
  return origin === undefined || value === undefined ? { origin: formatName, value: text } : { origin, value }
}

/** SDKs decode these bytes and encode them again, so that what is no base64 would not survive. */
export function markEncrypted(value: string, origin: string | undefined): string {
  if (origin === undefined || origin === formatName) return value
  return Buffer.from(markSignature(value, origin)).toString('base64')
}

export function readEncrypted(data: string): Thought {
  const thought = readSignature(Buffer.from(data, 'base64').toString())
  return thought.origin === formatName ? { origin: formatName, value: data } : thought
}
