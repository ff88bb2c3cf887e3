// Whether Redis is there: the first command that is not answered in time closes the link, so that its absence is
// waited for once. A probe in the background opens it again, after pauses that grow.

import type { Clock } from '../../lib/clock.ts'
import type { ServerTraffic } from '../shared-state.ts'
import type { OpenRedisClient, RedisClient } from './client.ts'
import { describeFailure } from './describe-failure.ts'

export interface RedisLinkOptions {
  readonly open: OpenRedisClient
  readonly clock: Clock
  readonly random: () => number
  readonly timeoutMs: number
  /** What has to be done on a new connection before it is used; rejects where it fails. */
  readonly prepare: (client: RedisClient) => Promise<unknown>
  /** Called as soon as it is used. */
  readonly onUp: () => void
  /** Tells of the loss once, with its reason, and of the return once it lasts. */
  readonly onChange: (change: { readonly there: boolean; readonly reason: string | null }) => void
}

export interface RedisLink {
  readonly up: boolean
  readonly traffic: Readonly<ServerTraffic>
  /** The answer; undefined where Redis is away, fails, or does not answer in time. Never rejects. */
  ask<Reply>(command: (client: RedisClient) => Promise<Reply>): Promise<Reply | undefined>
  close(): void
}

const firstPauseMs = 100
const longestPauseMs = 10_000
/** A connection that lasts so long has come to stay: its return is told, and the next pause is a short one. */
const stableMs = 5_000
/** Connecting, with TLS and password, takes longer than a command. */
const connectMs = 2_000

const nothing = Promise.resolve(undefined)

export function createRedisLink(options: RedisLinkOptions): RedisLink {
  const { clock, random, timeoutMs } = options
  let inUse: RedisClient | null = null
  /** Connected, or about to be. */
  let latest: RedisClient | null = null
  let failures = 0
  const notices = createNotices(options.onChange)
  const { traffic, time, doWithout } = countTraffic(clock)
  let closed = false
  const timer = createTimer(clock)

  async function connect(): Promise<void> {
    const client: RedisClient = options.open(reason => lose(client, reason))
    latest = client
    try {
      await bringUp(client, options)
    } catch (thrown) {
      lose(client, thrown)
      return
    }
    if (latest !== client) return
    inUse = client
    traffic.connected++
    timer.set(stableMs, settle)
    options.onUp()
  }

  function settle(): void {
    failures = 0
    notices.tellReturn()
  }

  function lose(client: RedisClient, reason: unknown): void {
    if (latest !== client) return
    const wasInUse = inUse === client
    latest = null
    inUse = null
    client.destroy()
    if (closed) return
    traffic[wasInUse ? 'lost' : 'refused']++
    notices.tellLoss(reason)
    timer.set(pauseAfter(failures++) * (0.5 + random() / 2), () => void connect())
  }

  void connect()
  return {
    get up() {
      return inUse !== null
    },
    traffic,
    async ask(command) {
      const client = inUse
      if (client === null) return await doWithout()
      return await time(answerWithin(command(client), timeoutMs, clock)).catch((thrown: unknown) => {
        lose(client, thrown)
        return undefined
      })
    },
    close() {
      closed = true
      timer.cancel()
      if (latest !== null) lose(latest, null)
    },
  }
}

function pauseAfter(failures: number): number {
  return Math.min(firstPauseMs * 2 ** failures, longestPauseMs)
}

function countTraffic(clock: Pick<Clock, 'now'>) {
  const traffic: ServerTraffic = {
    answered: 0,
    failed: 0,
    away: 0,
    answerMs: 0,
    connected: 0,
    lost: 0,
    refused: 0,
  }
  return {
    traffic,
    doWithout() {
      traffic.away++
      return nothing
    },
    async time<Reply>(answer: Promise<Reply>): Promise<Reply> {
      const askedAt = clock.now()
      try {
        const reply = await answer
        traffic.answered++
        traffic.answerMs += clock.now() - askedAt
        return reply
      } catch (thrown) {
        traffic.failed++
        throw thrown
      }
    },
  }
}

/** One at a time. */
function createTimer(clock: Pick<Clock, 'after'>) {
  let cancel = (): void => {}
  return {
    set(delayMs: number, callback: () => void): void {
      cancel()
      cancel = clock.after(delayMs, callback)
    },
    cancel: (): void => cancel(),
  }
}

async function bringUp(client: RedisClient, { clock, timeoutMs, prepare }: RedisLinkOptions): Promise<void> {
  await answerWithin(client.connect(), connectMs, clock)
  // Whoever is slow now is slow for requests, too.
  await answerWithin(client.command(['PING']), timeoutMs, clock)
  await answerWithin(prepare(client), timeoutMs, clock)
}

/** One for a loss, however often it is tried in vain to end it, and one for its end. */
function createNotices(onChange: RedisLinkOptions['onChange']) {
  let lossTold = false
  return {
    tellLoss(reason: unknown): void {
      if (!lossTold) onChange({ there: false, reason: describeFailure(reason) })
      lossTold = true
    },
    tellReturn(): void {
      if (lossTold) onChange({ there: true, reason: null })
      lossTold = false
    },
  }
}

function answerWithin<Reply>(
  answer: Promise<Reply>,
  timeoutMs: number,
  clock: Pick<Clock, 'after'>,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Error(`no answer within ${timeoutMs} ms`))
    // An event loop that was held up finds the timer due before it has read what arrived meanwhile: it may do so first.
    const cancel = clock.after(timeoutMs, () => setImmediate(fail))
    answer.then(resolve, reject).finally(cancel)
  })
}
