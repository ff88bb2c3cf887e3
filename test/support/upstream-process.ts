// Starts the upstream of upstream-child.ts, which can be killed without taking the test with it.

import { join } from 'node:path'
import { type RunningChild, startChild } from './child-process.ts'

export interface UpstreamSettings {
  /** 0: a free one. */
  readonly port: number
  /** What it says, and once in each event of a stream. */
  readonly text: string
  /** Milliseconds before each answer. */
  readonly delayMs: number
  /** Events with text in a stream, and milliseconds between them. */
  readonly events: number
  readonly betweenMs: number
  /** Streams stay open after their first event until `release`. */
  readonly hold: boolean
}

export interface UpstreamState {
  /** Requests being answered. */
  open: number
  /** Requests whose answer was taken whole. */
  finished: number
  /** Requests whose client left before. */
  abandoned: number
  /** Of the first requests, when each came, in milliseconds; `answeredAt`, when the answer of each was begun. */
  readonly arrivedAt: number[]
  readonly answeredAt: number[]
}

export interface UpstreamProcess extends RunningChild {
  /** `http://127.0.0.1:PORT/v1` */
  readonly baseUrl: string
  readonly port: number
  readState(): Promise<UpstreamState>
  release(): Promise<void>
}

export async function startUpstream(settings: Partial<UpstreamSettings> = {}): Promise<UpstreamProcess> {
  const whole: UpstreamSettings = {
    port: 0,
    text: 'hello',
    delayMs: 0,
    events: 5,
    betweenMs: 5,
    hold: false,
    ...settings,
  }
  const script = join(import.meta.dirname, 'upstream-child.ts')
  const child = startChild(process.execPath, [script, JSON.stringify(whole)])
  const [, port = ''] = await child.waitForOutput(/listens on port (\d+)/)
  const url = `http://127.0.0.1:${port}`
  return {
    ...child,
    get hasExited() {
      return child.hasExited
    },
    baseUrl: `${url}/v1`,
    port: Number(port),
    readState: async () => (await (await fetch(`${url}/state`)).json()) as UpstreamState,
    release: async () => void (await fetch(`${url}/release`, { method: 'POST' })),
  }
}
