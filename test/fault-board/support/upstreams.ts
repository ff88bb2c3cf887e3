// What a faulty upstream does, in any wire format and for streams as for whole answers.

import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { formatOf } from '../../conformance/support/seam.ts'
import type { Behaviour } from '../../support/fake-upstream.ts'
import type { Speaker } from '../../support/speakers.ts'
import { errorBody, type Said, type SpokenStream, speakStream, speakWhole } from './speech.ts'

/** The answer that is asked for. */
export interface Wanted {
  readonly format: Speaker
  readonly streamed: boolean
}

export function answer({ format, streamed }: Wanted, said: Said = {}): Behaviour {
  return streamed ? stream(format, allFrames(speakStream(format, said))) : whole(speakWhole(format, said))
}

export function allFrames({ opening, pieces, ending, lastFrame }: SpokenStream): readonly Buffer[] {
  return [...opening, ...pieces.flat(), ...ending, lastFrame]
}

export interface Headers {
  readonly [name: string]: string
}

/** A status with an error body of the format. */
export function refuse({ format }: Wanted, status: number, headers: Headers = {}): Behaviour {
  return whole(errorBody(format, status), { status, headers })
}

export interface WholeOptions {
  readonly status?: number
  readonly headers?: Headers
}

export function whole(body: Buffer | object, { status = 200, headers = {} }: WholeOptions = {}): Behaviour {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(Buffer.isBuffer(body) ? body : JSON.stringify(body))
  }
}

/** How it goes on behind the last byte. */
export type Ending = 'end' | 'cut' | 'reset' | 'stall'

export interface StreamOptions {
  readonly ending?: Ending
  /** Milliseconds before each frame. */
  readonly betweenMs?: number
}

export function stream(format: Speaker, frames: readonly Buffer[], options: StreamOptions = {}): Behaviour {
  const { ending = 'end', betweenMs = 0 } = options
  return async (_request, response) => {
    openStream(format, response)
    for (const frame of frames) {
      if (betweenMs > 0) await delay(betweenMs)
      if (response.destroyed) return
      response.write(frame)
    }
    await finish(response, ending)
  }
}

/** The first half of a body whose length was announced. */
export function half(body: Buffer, ending: Ending): Behaviour {
  return async (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
    response.write(body.subarray(0, body.length >> 1))
    await finish(response, ending)
  }
}

/** A body in pieces, each of them in time. */
export function trickle(body: Buffer, betweenMs: number): Behaviour {
  return async (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
    const size = Math.ceil(body.length / 8)
    for (let at = 0; at < body.length && !response.destroyed; at += size) {
      response.write(body.subarray(at, at + size))
      await delay(betweenMs)
    }
    response.end()
  }
}

/** Waits before it does the rest. */
export function late(milliseconds: number, then: Behaviour): Behaviour {
  return async (request, response) => {
    await delay(milliseconds)
    if (!response.destroyed) await then(request, response)
  }
}

/** The headers of a stream and the frames, a wait, and the rest. */
export function paused(
  format: Speaker,
  [before, after]: readonly [readonly Buffer[], readonly Buffer[]],
  milliseconds: number,
): Behaviour {
  return async (_request, response) => {
    openStream(format, response)
    for (const frame of before) response.write(frame)
    await delay(milliseconds)
    if (response.destroyed) return
    for (const frame of after) response.write(frame)
    response.end()
  }
}

/** The one and the other in turn. */
export function alternate(...behaviours: readonly Behaviour[]): Behaviour {
  let count = 0
  return (request, response) => behaviours[count++ % behaviours.length]?.(request, response)
}

function openStream(format: Speaker, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': formatOf(format).framing.contentType })
  response.flushHeaders()
}

/** What was written is to arrive before the connection breaks: a reset throws away what is on its way. */
const arrivalMs = 30

async function finish(response: ServerResponse, ending: Ending): Promise<void> {
  if (ending === 'stall') return
  if (ending === 'end') {
    response.end()
    return
  }
  if (response.writableNeedDrain) await once(response, 'drain').catch(() => {})
  await delay(arrivalMs)
  if (ending === 'cut') response.socket?.destroySoon()
  else response.socket?.resetAndDestroy()
}
