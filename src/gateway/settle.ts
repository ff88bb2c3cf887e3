// Closes the books of an exchange, once: usage, cost, the ledger row, the end told to the observers.

import type { AnswerFacts } from '../call.ts'
import type { AttemptRecord, GatewayError } from '../errors.ts'
import type { ExchangeEnded, Outcome } from '../events.ts'
import type { Exchange } from './exchange.ts'
import type { Account } from './snapshot.ts'

export interface Ending {
  readonly status: number
  /** Null for a success. */
  readonly error: GatewayError | null
  /** What was read of the answer; null where none began. */
  readonly facts: AnswerFacts | null
  readonly bytesOut: number
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

const malformedWarning = /^dropped \d+ malformed stream event/

/** Told once, with the count so far. */
export function warnOfMalformedEvents({ page }: Exchange, count: number): void {
  if (count === 0) return
  const told = page.warnings.findIndex(warning => malformedWarning.test(warning))
  const warning = `dropped ${count} malformed stream event${count === 1 ? '' : 's'}`
  page.warnings.splice(told === -1 ? page.warnings.length : told, 1, warning)
}

/** The row of a request that has ended. */
export function closePage(exchange: Exchange, ending: Ending & { account: Account }): ExchangeEnded {
  const { page, call, gateway } = exchange
  const { error, facts, account } = ending
  const attempts = attemptsAsEnded(exchange.attempts, { error, answered: facts !== null, facts })
  // Also those of answers that others had to go on with.
  let malformedEvents = 0
  for (const attempt of attempts) malformedEvents += attempt.malformedEvents ?? 0
  warnOfMalformedEvents(exchange, malformedEvents)
  const row: ExchangeEnded = {
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
    usage: account.usage,
    usageSource: account.usageSource,
    costNanoUsd: account.costNanoUsd,
    costStatus: account.costStatus,
    durationMs: gateway.clock.now() - exchange.startedAt,
    upstreamMs: page.upstreamMs,
    firstContentMs: page.firstContentMs,
    attempts,
    decision: page.decision,
    warnings: page.warnings,
    bytesIn: page.bytesIn,
    bytesOut: ending.bytesOut,
    configVersion: exchange.snapshot.version,
  }
  return malformedEvents > 0 ? { ...row, malformedEvents } : row
}

function outcomeOf(error: GatewayError | null): Outcome {
  if (error === null) return 'ok'
  if (error.code === 'client_disconnected') return 'client_disconnected'
  return error.code === 'upstream_truncated' ? 'truncated' : 'error'
}

/** An attempt that had won and broke afterwards stands with what it broke of. */
export function attemptsAsEnded(
  attempts: readonly AttemptRecord[],
  end: {
    readonly error: GatewayError | null
    readonly answered: boolean
    readonly facts?: Pick<AnswerFacts, 'malformedEvents'> | null
  },
): readonly AttemptRecord[] {
  const last = attempts.at(-1)
  if (!end.answered || last === undefined || last.code !== null) return attempts
  const dropped = end.facts?.malformedEvents ?? 0
  if (end.error === null && dropped === 0) return attempts
  const ended = {
    ...last,
    code: end.error?.code ?? null,
    ...(dropped > 0 && { malformedEvents: dropped }),
  }
  return [...attempts.slice(0, -1), ended]
}
