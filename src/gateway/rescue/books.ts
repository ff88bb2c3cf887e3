// What an answer cost that several attempts made: each is billed by whoever made it.

import type { AnswerFacts, Target, Usage } from '../../call.ts'
import type { ErrorCode } from '../../errors.ts'
import { accountOf, addUsage } from '../account.ts'
import type { Exchange } from '../exchange.ts'
import { bill, billOf } from '../lane.ts'
import type { PartialAnswer } from './partial-answer.ts'

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

/**
 * How many tokens an answer has that broke off. Some upstreams count as they go, thoughts that nobody reads included;
 * where one does not, or counts at the end alone, what was sent tells.
 * @param before what the answer had when the attempt that broke began to go on with it
 */
export function countSent(
  exchange: Exchange,
  partial: PartialAnswer,
  { before, facts: { usage } }: { readonly before: number; readonly facts: AnswerFacts },
): number {
  const told = usage === null ? 0 : usage.outputText + usage.outputReasoning + usage.audioOutput
  return Math.max(countPieces(exchange, partial), before + told)
}

/** Most upstreams send each token by itself. Where there is far more text than that, it is estimated by its length. */
function countPieces({ gateway }: Exchange, { text, reasoning, events }: PartialAnswer): number {
  const pieces = events.filter(event => event.type === 'part_delta' && event.text !== '').length
  const estimate = gateway.estimateUsage(0, text.length + reasoning.length).outputText
  return pieces * 2 >= estimate ? pieces : estimate
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
