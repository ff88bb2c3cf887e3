// The same format for clients that stream without `alt=sse`: the answers come as the elements of one JSON array.
// No upstream is ever asked for that, so that it is written and never read.

import type { ChatTranslation, Format, Framing, StreamEncoder } from '../format.ts'
import { errorText } from './errors.ts'
import { gemini } from './index.ts'

/** Brackets and commas depend on what was written before, so that they are part of the events. */
const jsonArray: Framing = {
  contentType: 'application/json; charset=utf-8',
  openSplitter: readNothing,
  frame: events => Buffer.from(events.map(({ data }) => data).join('')),
}

function readNothing(): never {
  throw new Error('No upstream is asked for an array.')
}

const openEncoder: ChatTranslation['openEncoder'] = (context, write) => {
  let isEmpty = true
  const inner = gemini.chat.openEncoder(context, ({ data }) => {
    write({ name: '', data: `${isEmpty ? '[' : ',\r\n'}${data}` })
    isEmpty = false
  })
  return {
    push(event) {
      inner.push(event)
      if (event.type === 'end') write({ name: '', data: ']' })
    },
    fail(error) {
      inner.fail(error)
      write({ name: '', data: ']' })
    },
  } satisfies StreamEncoder
}

export const geminiJsonArray: Format = {
  ...gemini,
  name: 'gemini-json-array',
  framing: jsonArray,
  openTap: readNothing,
  encodeError: error => Buffer.from(`[${errorText(error)}]`),
  encodeStreamError: error => Buffer.from(`[${errorText(error)}]`),
  // White space means nothing between the elements of an array.
  keepAlive: Buffer.from('\n'),
  chat: { ...gemini.chat, openEncoder },
}
