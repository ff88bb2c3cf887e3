// One JSON value a line.

import { LineSplitter } from '../../lib/line-splitter.ts'
import type { Framing } from '../format.ts'

const maxLineBytes = 32 << 20

export const jsonLines: Framing = {
  contentType: 'application/x-ndjson',
  openSplitter: () => new LineSplitter(maxLineBytes),
  frame: events => Buffer.from(events.map(({ data }) => `${data}\n`).join('')),
}
