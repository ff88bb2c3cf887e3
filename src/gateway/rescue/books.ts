// What an answer cost that several attempts made: each is billed by whoever made it.

import type { AnswerFacts, Target, Usage } from '../../call.ts'
import type { ErrorCode } from '../../errors.ts'
import { accountOf, addUsage } from '../account.ts'
import type { Exchange } from '../exchange.ts'
import { bill, billOf } from '../lane.ts'

/** An attempt whose answer broke off, or was of no use. */
export interface BrokenAttempt {
  readonly target: Target
  readonly facts: AnswerFacts
  readonly code: ErrorCode
  /** Its place among the attempts of the exchange. */
  readonly at: number
}

/** What all attempts have used up whose answers were given up, this one included. */
export function spentWith(exchange: Exchange, broken: BrokenAttempt): Usage | null {
  const worths = [...(exchange.page.spent ?? []), accountOf(exchange, { ...broken, broken: true })]
  const used = worths.flatMap(({ usage }) => usage ?? [])
  return used.length === 0 ? null : used.reduce(addUsage)
}

/** Writes down what it broke of. */
export function markBroken({ attempts }: Exchange, { at, code, facts }: BrokenAttempt): void {
  const record = attempts[at]
  const { malformedEvents = 0 } = facts
  if (record !== undefined)
    attempts[at] = { ...record, code, ...(malformedEvents > 0 && { malformedEvents }) }
}

/** Writes down what it is billed for: it has produced something. */
export function billBroken(exchange: Exchange, broken: BrokenAttempt): void {
  const { attempts } = exchange
  const worth = accountOf(exchange, { ...broken, broken: true })
  bill(exchange, worth)
  const record = attempts[broken.at]
  if (record !== undefined) attempts[broken.at] = { ...record, ...billOf(worth) }
}
