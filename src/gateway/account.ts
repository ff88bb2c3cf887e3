// What a request used up and what that cost: one answer, or several attempts at one.

import type { AnswerFacts, Target, Usage } from '../call.ts'
import type { GatewayError } from '../errors.ts'
import type { Exchange } from './exchange.ts'
import type { Account, Cost } from './snapshot.ts'

export interface Accountable {
  /** Null for a success. */
  readonly error: GatewayError | null
  /** What was read of the answer; null where none began. */
  readonly facts: AnswerFacts | null
}

const nothingUsed: Account = { usage: null, usageSource: 'none', costNanoUsd: 0, costStatus: 'none' }

const unpriced: Cost = { nanoUsd: null, status: 'unpriced' }

/** Counts and prices what was used, with what went into answers that others had to go on with. */
export function account(exchange: Exchange, ending: Accountable): Account {
  const { target, spent } = exchange.page
  const used = (ending.facts?.usage ?? null) !== null || mayHaveCost(exchange, ending)
  const { facts, error } = ending
  const own =
    target === null || !used ? nothingUsed : accountOf(exchange, { target, facts, broken: error !== null })
  return spent === undefined ? own : [...spent, own].reduce(addAccounts)
}

interface Answered {
  readonly target: Target
  readonly facts: AnswerFacts | null
  /** The answer has not come to its end, and neither has a count of it. */
  readonly broken: boolean
}

/** By the upstream's count or, as far as it sent none, by an estimate. */
export function accountOf(exchange: Exchange, { target, facts, broken }: Answered): Account {
  const told = facts?.usage ?? null
  const estimate = (): Usage =>
    exchange.gateway.estimateUsage(exchange.page.inputCharacters, facts?.outputCharacters ?? 0)
  const usage = told === null ? estimate() : broken ? withOutputOf(estimate(), told) : told
  const counted = usage === told ? told : null
  const serviceTier = facts?.serviceTier ?? null
  const unknown = counted === null && exchange.call.endpoint.format.costNeedsUsage === true
  const cost = unknown
    ? unpriced
    : exchange.snapshot.costOf({ target, usage, serviceTier, at: exchange.startedWall })
  return {
    usage,
    usageSource: counted === null ? 'estimated' : 'provider',
    costNanoUsd: cost.nanoUsd,
    costStatus: cost.status,
  }
}

/** Some count the prompt at the head of a stream, and what is said at its end alone. */
function withOutputOf({ outputText }: Usage, told: Usage): Usage {
  if (told.outputText + told.outputReasoning + told.audioOutput >= outputText) return told
  return { ...told, outputText: outputText - told.outputReasoning }
}

/** An answer that began is billed, and so is a prompt that an upstream was reading when the client left. */
function mayHaveCost(exchange: Exchange, { facts, error }: Accountable): boolean {
  return (
    facts !== null ||
    (error?.code === 'client_disconnected' && exchange.attempts.at(-1)?.code === 'client_disconnected')
  )
}

/** A sum is as good as the worst of what goes into it. */
function addAccounts(left: Account, right: Account): Account {
  if (left.usage === null) return right
  if (right.usage === null) return left
  const estimated = left.usageSource === 'estimated' || right.usageSource === 'estimated'
  const known = left.costNanoUsd !== null && right.costNanoUsd !== null
  return {
    usage: addUsage(left.usage, right.usage),
    usageSource: estimated ? 'estimated' : 'provider',
    costNanoUsd: known ? (left.costNanoUsd ?? 0) + (right.costNanoUsd ?? 0) : null,
    costStatus: known ? right.costStatus : 'unpriced',
  }
}

export function addUsage(left: Usage, right: Usage): Usage {
  return {
    inputUncached: left.inputUncached + right.inputUncached,
    cacheRead: left.cacheRead + right.cacheRead,
    cacheWrite5m: left.cacheWrite5m + right.cacheWrite5m,
    cacheWrite1h: left.cacheWrite1h + right.cacheWrite1h,
    outputText: left.outputText + right.outputText,
    outputReasoning: left.outputReasoning + right.outputReasoning,
    audioInput: left.audioInput + right.audioInput,
    audioOutput: left.audioOutput + right.audioOutput,
  }
}
