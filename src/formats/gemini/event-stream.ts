// Server-sent events as Google's servers send them: an error in the middle of a stream comes as bare JSON, without the
// `data:` that an event begins with.

import type { EventBlock, StreamEvent } from '../../lib/event-stream-splitter.ts'
import type { Framing, Splitter } from '../format.ts'
import { eventStream } from '../framing/event-stream.ts'

export const geminiEventStream: Framing = {
  ...eventStream,
  openSplitter() {
    const splitter = eventStream.openSplitter()
    return {
      push: chunk => withBareJson(splitter.push(chunk)),
      end: () => withBareJson(splitter.end()),
    } satisfies Splitter
  },
}

function withBareJson(block: EventBlock | null): EventBlock | null {
  if (block === null || !block.events.some(event => event.data === null)) return block
  return { bytes: block.bytes, events: block.events.map(event => readBareJson(event, block.bytes)) }
}

function readBareJson(event: StreamEvent, bytes: Buffer): StreamEvent {
  if (event.data !== null) return event
  const text = bytes.toString('latin1', event.start, event.end).trim()
  return /^[[{]/.test(text) ? { ...event, data: text } : event
}
