// Closes the books of an exchange, once: usage, cost, the ledger row, the end told to the observers.

import type { AnswerFacts, Usage } from '../call.ts'
import type { AttemptRecord, GatewayError } from '../errors.ts'
import type { CostStatus, ExchangeEnded, Outcome, UsageSource } from '../events.ts'
import type { Exchange } from './exchange.ts'
import type { Cost } from './snapshot.ts'

export interface Ending {
  readonly status: number
  /** Null for a success. */
  readonly error: GatewayError | null
  /** What was read of the answer; null where none began. */
  readonly facts: AnswerFacts | null
  readonly bytesOut: number
}

/** What an answer was worth, known before it is sent. */
export interface Account {
  readonly usage: Usage | null
  readonly usageSource: UsageSource
  readonly costNanoUsd: number | null
  readonly costStatus: CostStatus
}

const nothingUsed: Account = { usage: null, usageSource: 'none', costNanoUsd: 0, costStatus: 'none' }

const unpriced: Cost = { nanoUsd: null, status: 'unpriced' }

/** Counts and prices what was used, by the upstream's count or, where it sent none, by an estimate. */
export function account(exchange: Exchange, ending: Pick<Ending, 'error' | 'facts'>): Account {
  const { target } = exchange.page
  const counted = ending.facts?.usage ?? null
  if (target === null || (counted === null && !mayHaveCost(exchange, ending))) return nothingUsed
  const usage =
    counted ??
    exchange.gateway.estimateUsage(exchange.page.inputCharacters, ending.facts?.outputCharacters ?? 0)
  const serviceTier = ending.facts?.serviceTier ?? null
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

/** An answer that began is billed, and so is a prompt that an upstream was reading when the client left. */
function mayHaveCost(exchange: Exchange, { facts, error }: Pick<Ending, 'error' | 'facts'>): boolean {
  return (
    facts !== null ||
    (error?.code === 'client_disconnected' && exchange.attempts.at(-1)?.code === 'client_disconnected')
  )
}

/**
 * Writes the row and calls back when it can no longer be lost: the last bytes of an answer are sent only then, so
 * that no client holds an answer of which there is no record.
 */
export function settle(exchange: Exchange, ending: Ending & { account: Account }, written: () => void): void {
  const row = closePage(exchange, ending)
  const { gateway } = exchange
  const finish = (): void => {
    gateway.observe(row)
    sendOrDrop(exchange, written)
  }
  // Nobody to bill, and strangers must not be able to fill the disk: the log and the metrics have it.
  if (row.keyId === null) finish()
  else gateway.ledger.append(row, finish)
}

/** A mistake in one delivery ends that answer, and nothing else. */
function sendOrDrop({ call, gateway, id }: Exchange, send: () => void): void {
  try {
    send()
  } catch (thrown) {
    const reason = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
    gateway.observe({
      type: 'notice',
      level: 'error',
      message: 'an answer could not be sent',
      detail: { id, reason },
    })
    call.reply.drop()
  }
}

/** The row of a request that has ended. */
export function closePage(exchange: Exchange, ending: Ending & { account: Account }): ExchangeEnded {
  const { page, call, gateway } = exchange
  const { error, facts } = ending
  return {
    type: 'exchange_ended',
    id: exchange.id,
    startedAt: exchange.startedWall,
    operation: call.endpoint.operation,
    route: call.endpoint.route,
    streaming: page.streaming,
    keyId: page.keyId,
    modelAsked: page.modelAsked,
    provider: page.target?.connection.provider ?? null,
    model: page.target?.model || null,
    status: ending.status,
    outcome: outcomeOf(error),
    errorCode: error?.code ?? null,
    errorMessage: error?.message ?? null,
    finishReason: facts?.finishReason ?? null,
    ...ending.account,
    durationMs: gateway.clock.now() - exchange.startedAt,
    upstreamMs: page.upstreamMs,
    firstContentMs: page.firstContentMs,
    attempts: attemptsAsEnded(exchange.attempts, { error, answered: facts !== null }),
    decision: page.decision,
    warnings: page.warnings,
    bytesIn: page.bytesIn,
    bytesOut: ending.bytesOut,
    configVersion: exchange.snapshot.version,
  }
}

function outcomeOf(error: GatewayError | null): Outcome {
  if (error === null) return 'ok'
  if (error.code === 'client_disconnected') return 'client_disconnected'
  return error.code === 'upstream_truncated' ? 'truncated' : 'error'
}

/** An attempt that had won and broke afterwards stands with what it broke of. */
export function attemptsAsEnded(
  attempts: readonly AttemptRecord[],
  end: { readonly error: GatewayError | null; readonly answered: boolean },
): readonly AttemptRecord[] {
  const last = attempts.at(-1)
  if (end.error === null || !end.answered || last === undefined || last.code !== null) return attempts
  return [...attempts.slice(0, -1), { ...last, code: end.error.code }]
}
