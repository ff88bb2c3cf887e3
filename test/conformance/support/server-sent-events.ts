// Reads server-sent events with a parser that is not the gateway's.

import { createParser } from 'eventsource-parser'

export interface SentEvent {
  readonly name: string
  readonly data: string
}

export function readServerSentEvents(bytes: Buffer): SentEvent[] {
  const events: SentEvent[] = []
  const parser = createParser({ onEvent: ({ event = '', data }) => events.push({ name: event, data }) })
  parser.feed(bytes.toString())
  // Some recorded streams end without the blank line that ends an event.
  parser.feed('\n\n')
  return events
}
