// Server-sent events: the framing of most streams.

import { EventStreamSplitter } from '../../lib/event-stream-splitter.ts'
import type { Framing, WireEvent } from '../format.ts'

/** Images come whole in one event. */
const maxEventBytes = 32 << 20

export const eventStream: Framing = {
  contentType: 'text/event-stream; charset=utf-8',
  openSplitter: () => new EventStreamSplitter(maxEventBytes),
  frame: events => Buffer.from(events.map(frameEvent).join('')),
}

function frameEvent({ name, data }: WireEvent): string {
  return name === '' ? `data: ${data}\n\n` : `event: ${name}\ndata: ${data}\n\n`
}
