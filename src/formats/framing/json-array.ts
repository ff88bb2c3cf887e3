// A JSON array that is written while it grows. Brackets and commas depend on what was written before, so that they
// are part of the events: see the encoder.

import { ObjectSplitter } from '../../lib/object-splitter.ts'
import type { Framing } from '../format.ts'

const maxObjectBytes = 32 << 20

export const jsonArray: Framing = {
  contentType: 'application/json; charset=utf-8',
  openSplitter: () => new ObjectSplitter(maxObjectBytes),
  frame: events => Buffer.from(events.map(({ data }) => data).join('')),
}
