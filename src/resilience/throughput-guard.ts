// Gives up a stream that trickles: one that never falls silent for long enough to be called stalled, and never ends either.

import type { AnswerFacts, Timers } from '../call.ts'
import { GatewayError } from '../errors.ts'
import type { Alarm, Alarms } from '../lib/alarms.ts'
import type { Clock } from '../lib/clock.ts'

export interface ThroughputGuardOptions {
  readonly clock: Pick<Clock, 'now'>
  readonly alarms: Alarms
  readonly limit: NonNullable<Timers['throughput']>
  /** `provider/model`. */
  readonly target: string
  readonly stream: {
    readonly facts: Pick<AnswerFacts, 'outputCharacters'>
    /** Whether the client has held it up since this was last asked: then its pace says nothing of the upstream. */
    takePaused(): boolean
    giveUp(failure: GatewayError): void
  }
}

/** As in the estimate of what an answer used. */
const charactersPerToken = 4

/** Looks once a window, and costs nothing in between. To be closed when the stream is over. */
export function guardThroughput({ clock, alarms, limit, target, stream }: ThroughputGuardOptions): Alarm {
  const wanted = (limit.minTokensPerSecond * charactersPerToken * limit.windowMs) / 1000
  let before = stream.facts.outputCharacters
  stream.takePaused()
  const alarm = alarms.open(() => {
    const now = stream.facts.outputCharacters
    const paused = stream.takePaused()
    if (!paused && now - before < wanted) {
      const message = `${target} sent less than ${limit.minTokensPerSecond} tokens per second for ${limit.windowMs} ms (timer: min_tokens_per_second).`
      stream.giveUp(new GatewayError('upstream_timeout', { message }))
      return
    }
    before = now
    alarm.set(clock.now() + limit.windowMs)
  })
  alarm.set(clock.now() + limit.windowMs)
  return alarm
}
