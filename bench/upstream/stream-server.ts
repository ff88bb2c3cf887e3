// The mock upstream that streams: events at a set pace or as fast as they are taken, and a plain answer to what is
// not streamed. Every buffer is made beforehand. It tells the benchmark which of its clients left, and when.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monotonicMs } from '../lib/monotonic.ts'
import { serveRemote } from '../lib/remote.ts'
import { streamNumberMark } from '../requests/marks.ts'
import { completion, contentEvent, streamHead, streamTail } from './answers.ts'

export interface Pace {
  /** Events with content in each stream; null: until `release`. */
  readonly chunks: number | null
  /** Milliseconds, whole, between the events of one stream; 0: as fast as they are taken. */
  readonly intervalMs: number
}

export interface Closing {
  /** Of the stream, as its request had it; -1 without. */
  readonly number: number
  /** Of monotonicMs. */
  readonly atMs: number
}

interface Stream {
  readonly response: ServerResponse
  readonly pace: Pace
  readonly withUsage: boolean
  readonly number: number
  sent: number
}

let pace: Pace = { chunks: 10, intervalMs: 0 }
let requests = 0
let wheel: Array<Set<Stream>> = []
let ticks = 0
let wheelStartMs = monotonicMs()
const open = new Set<Stream>()
const closings: Closing[] = []
const answerHead = {
  'content-type': 'application/json',
  'content-length': String(Buffer.byteLength(completion)),
}

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => answer({ request, response, body: Buffer.concat(parts) }))
})

function answer(exchange: { request: IncomingMessage; response: ServerResponse; body: Buffer }): void {
  const { body, response } = exchange
  requests += 1
  const isStream = /"stream": ?true/.test(body.toString('latin1'))
  if (!isStream) {
    response.writeHead(200, answerHead)
    response.end(completion)
    return
  }
  startStream(response, body)
}

function startStream(response: ServerResponse, body: Buffer): void {
  const text = body.toString('latin1')
  const number = new RegExp(`${streamNumberMark}(\\d+)`).exec(text)?.[1]
  const stream: Stream = {
    response,
    pace,
    withUsage: /"include_usage": ?true/.test(text),
    number: number === undefined ? -1 : Number(number),
    sent: 1,
  }
  open.add(stream)
  response.on('close', () => {
    open.delete(stream)
    if (stream.pace.intervalMs > 0) slotOf(stream).delete(stream)
    if (!response.writableFinished) closings.push({ number: stream.number, atMs: monotonicMs() })
  })
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  response.write(streamHead)
  if (pace.intervalMs > 0) slotOf(stream).add(stream)
  else pour(stream)
}

/** Writes until the other side has enough, and goes on when it has taken that. */
function pour(stream: Stream): void {
  const { chunks } = stream.pace
  while (chunks !== null && stream.sent < chunks) {
    const roomLeft = stream.response.write(contentEvent(stream.sent))
    stream.sent += 1
    if (roomLeft) continue
    stream.response.once('drain', () => pour(stream))
    return
  }
  end(stream)
}

function end(stream: Stream): void {
  if (stream.response.writableEnded) return
  if (stream.pace.intervalMs > 0) slotOf(stream).delete(stream)
  stream.response.end(streamTail({ chunks: stream.sent, withUsage: stream.withUsage }))
}

// One timer for all paced streams: each has a slot among the milliseconds of its interval.
const slots = new WeakMap<Stream, number>()
let nextSlot = 0

function slotOf(stream: Stream): Set<Stream> {
  let slot = slots.get(stream)
  if (slot === undefined) {
    // Spread evenly over the interval whatever the order of arrival; 7 has no factor in common with 10 and 1,000.
    nextSlot = (nextSlot + 7) % stream.pace.intervalMs
    slot = nextSlot
    slots.set(stream, slot)
  }
  let set = wheel[slot]
  if (set === undefined) {
    set = new Set()
    wheel[slot] = set
  }
  return set
}

function turn(): void {
  if (pace.intervalMs === 0) return
  for (const due = monotonicMs() - wheelStartMs; ticks < due; ticks += 1) {
    const slot = wheel[ticks % pace.intervalMs]
    if (slot !== undefined) for (const stream of slot) advance(stream)
  }
}

function advance(stream: Stream): void {
  if (stream.pace.chunks !== null && stream.sent >= stream.pace.chunks) {
    end(stream)
    return
  }
  stream.response.write(contentEvent(stream.sent))
  stream.sent += 1
}

setInterval(turn, 1)

const methods = {
  /** Resolves with the port. */
  listen: () =>
    new Promise<number>(resolve => {
      server.keepAliveTimeout = 120_000
      server.listen({ host: '127.0.0.1', port: 0, backlog: 16_384 }, () =>
        resolve((server.address() as AddressInfo).port),
      )
    }),
  /** For the streams that begin from now on; no paced stream may be open. */
  setPace: (next: Pace) => {
    pace = next
    wheel = []
    ticks = 0
    wheelStartMs = monotonicMs()
    closings.length = 0
  },
  countRequests: () => requests,
  countOpen: () => open.size,
  /** Those since the pace was set whose client left before the end. */
  readClosings: () => [...closings],
  /** Ends all streams. */
  release: () => {
    for (const stream of open) end(stream)
  },
}

export type UpstreamMethods = typeof methods

serveRemote(methods)
