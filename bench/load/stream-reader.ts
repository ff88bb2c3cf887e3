// Follows one stream of server-sent events as far as the figures need: how many events, the first content, the end.
// It looks for marks in bytes instead of parsing: the load generator must stay cheaper than what it measures.

import { firstContentMark } from '../requests/marks.ts'

export interface StreamReader {
  read(bytes: Buffer): void
  readonly events: number
  /** Reads from the socket that brought at least one event: fewer than events where some came together. */
  readonly arrivals: number
  readonly hasContent: boolean
  readonly isComplete: boolean
}

const eventMark = Buffer.from('data:')
const tailLength = 48

export function createStreamReader(endMark: string): StreamReader {
  const contentMark = Buffer.from(firstContentMark)
  const tail = Buffer.alloc(tailLength)
  let events = 0
  let arrivals = 0
  let hasContent = false
  return {
    read(bytes) {
      // A mark may lie across two reads: what the last read ended with is looked at again with the next.
      const found = countMarks(bytes) + countAcross(tail, bytes)
      events += found
      if (found > 0) arrivals += 1
      if (!hasContent) hasContent = bytes.includes(contentMark) || joined(tail, bytes).includes(contentMark)
      keepTail(tail, bytes)
    },
    get events() {
      return events
    },
    get arrivals() {
      return arrivals
    },
    get hasContent() {
      return hasContent
    },
    get isComplete() {
      return tail.includes(endMark)
    },
  }
}

function countMarks(bytes: Buffer): number {
  let found = 0
  for (let at = bytes.indexOf(eventMark); at !== -1; at = bytes.indexOf(eventMark, at + 1)) found += 1
  return found
}

/** Marks that begin in the tail and end in the new bytes. */
function countAcross(tail: Buffer, bytes: Buffer): number {
  const reach = eventMark.length - 1
  const last = tail[tail.length - 1]
  // Nearly every read ends with an event's empty line, in which no mark can begin.
  if (last === 0x0a || last === 0) return 0
  return countMarks(Buffer.concat([tail.subarray(-reach), bytes.subarray(0, reach)]))
}

function joined(tail: Buffer, bytes: Buffer): Buffer {
  return Buffer.concat([tail, bytes.subarray(0, tailLength)])
}

function keepTail(tail: Buffer, bytes: Buffer): void {
  if (bytes.length >= tail.length) {
    bytes.copy(tail, 0, bytes.length - tail.length)
    return
  }
  tail.copy(tail, 0, bytes.length)
  bytes.copy(tail, tail.length - bytes.length)
}
