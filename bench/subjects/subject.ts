// What can be measured: something that forwards chat completions, started anew for every measurement.

import { setTimeout as delay } from 'node:timers/promises'
import type { Launch, Launched, Launcher } from '../lib/launcher.ts'
import { monotonicMs } from '../lib/monotonic.ts'
import type { Target } from '../load/request.ts'

export interface StartContext {
  readonly launcher: Launcher
  /** Of the subject; null: any. */
  readonly core: number | null
  /** The upstream's port on 127.0.0.1. */
  readonly upstreamPort: number
  /** It will be asked for streams only. */
  readonly streamed: boolean
  /** A folder of its own, empty at start. */
  readonly folder: string
}

export interface RunningSubject {
  readonly launched: Launched
  readonly target: Target
  /** From the start of the process until it said that it was ready. */
  readonly readyMs: number
}

export interface Subject {
  readonly name: string
  /** What it does beside forwarding. */
  readonly features: string
  /** Another gateway: our own rate is to be above its. */
  readonly isPeer: boolean
  /** How to ask for a translated stream; null where it cannot translate, or is not measured at it. */
  readonly anthropic: Pick<Target, 'path' | 'headers'> | null
  /** Throws an Error that says what is missing, and how to get it. */
  readonly prepare: (options: { install: boolean }) => Promise<void>
  readonly readVersion: () => Promise<string>
  /** Throws a SubjectError when it does not come up. */
  readonly start: (context: StartContext) => Promise<RunningSubject>
}

/** A subject that did not come up, or answered wrongly: reported as such, never as slow. */
export class SubjectError extends Error {
  readonly lastLines: readonly string[]

  constructor(message: string, lastLines: readonly string[] = []) {
    super(message)
    this.name = 'SubjectError'
    this.lastLines = lastLines
  }
}

export interface Readiness {
  readonly launcher: Launcher
  readonly launch: Launch
  /** Its address; null: it is the first `http://…` that it writes. */
  readonly origin: string | null
  /** Path that answers 200 when it is ready; null: it is ready when it writes its address. */
  readonly healthPath: string | null
  readonly timeoutMs: number
}

/** Starts a process and waits until it can be asked. */
export async function startAndWait(
  options: Readiness,
): Promise<{ launched: Launched; origin: URL; readyMs: number }> {
  const startMs = monotonicMs()
  const launched = options.launcher.launch(options.launch)
  let origin = options.origin
  launched.onLine(line => {
    origin ??= /https?:\/\/[\w.]+:\d+/.exec(line)?.[0] ?? null
  })
  const giveUpMs = startMs + options.timeoutMs
  for (;;) {
    if (launched.hasExited) throw new SubjectError('ended while starting', launched.lastLines())
    if (origin !== null && (await isReady(origin, options.healthPath))) break
    if (monotonicMs() > giveUpMs) {
      const lines = launched.lastLines()
      await launched.stop()
      throw new SubjectError(`not ready after ${options.timeoutMs / 1000} s`, lines)
    }
    await delay(5)
  }
  return { launched, origin: new URL(origin), readyMs: monotonicMs() - startMs }
}

async function isReady(origin: string, healthPath: string | null): Promise<boolean> {
  if (healthPath === null) return true
  try {
    const response = await fetch(origin + healthPath, { signal: AbortSignal.timeout(2000) })
    await response.arrayBuffer()
    return response.status === 200
  } catch {
    return false
  }
}
