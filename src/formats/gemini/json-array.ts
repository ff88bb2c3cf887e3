// The same format for clients that stream without `alt=sse`: the answers come as the elements of one JSON array.
// No upstream is ever asked for that: it is read only to see what a client was sent, where its stream has to be rescued.

import type { EventBlock, StreamEvent } from '../../lib/event-stream-splitter.ts'
import type { ChatTranslation, Format, Framing, Splitter, StreamEncoder } from '../format.ts'
import { errorText } from './errors.ts'
import { gemini } from './index.ts'

/** Brackets and commas depend on what was written before, so that they are part of the events. */
const jsonArray: Framing = {
  contentType: 'application/json; charset=utf-8',
  openSplitter: () => new ElementSplitter(),
  frame: events => Buffer.from(events.map(({ data }) => data).join('')),
}

function readNothing(): never {
  throw new Error('No upstream is asked for an array.')
}

/** Finds the objects of an array. What stands between them is passed over. */
class ElementSplitter implements Splitter {
  #rest: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): EventBlock | null {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const events = elementsOf(bytes.toString('latin1'))
    const end = events.at(-1)?.end ?? 0
    this.#rest = bytes.subarray(end)
    return events.length === 0 ? null : { bytes: bytes.subarray(0, end), events }
  }

  end(): null {
    return null
  }
}

/** The objects that are whole. Braces count outside of strings only. */
function elementsOf(text: string): StreamEvent[] {
  const events: StreamEvent[] = []
  let start = 0
  let depth = 0
  for (const { 0: token, index } of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|[{}]/gs)) {
    if (token === '{' && depth++ === 0) start = index
    if (token !== '}' || --depth > 0) continue
    const end = index + 1
    events.push({ start, end, name: '', data: text.slice(start, end) })
  }
  return events
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
