// One row of the ledger in its three shapes: the fact, a line of the spool, a record of SQL. Holds no prompt and no secret:
// an upstream's error message may quote the prompt, so it stays out.

import type { SQLInputValue, SQLOutputValue } from 'node:sqlite'
import type { Operation, Usage } from '../call.ts'
import type { AttemptRecord, ErrorCode } from '../errors.ts'
import type { CostStatus, ExchangeEnded, Outcome, UsageSource } from '../events.ts'
import { packDecision, readDecision } from './ledger-decision.ts'

/** What the ledger keeps of one request; units as in `ExchangeEnded`. */
export type LedgerRow = Omit<ExchangeEnded, 'type' | 'errorMessage' | 'warnings' | 'malformedEvents'>

/** Those with which the table began, and their SQL types. */
export const firstLedgerColumns = [
  ['id', 'TEXT NOT NULL'],
  ['started_at', 'INTEGER NOT NULL'],
  ['key_id', 'TEXT'],
  ['operation', 'TEXT'],
  ['route', 'TEXT'],
  ['streaming', 'INTEGER'],
  ['model_asked', 'TEXT'],
  ['provider', 'TEXT'],
  ['model', 'TEXT'],
  ['input_uncached', 'INTEGER'],
  ['cache_read', 'INTEGER'],
  ['cache_write_5m', 'INTEGER'],
  ['cache_write_1h', 'INTEGER'],
  ['output_text', 'INTEGER'],
  ['output_reasoning', 'INTEGER'],
  ['audio_input', 'INTEGER'],
  ['audio_output', 'INTEGER'],
  ['usage_source', 'TEXT'],
  ['cost_nano_usd', 'INTEGER'],
  ['cost_status', 'TEXT'],
  ['status', 'INTEGER'],
  ['outcome', 'TEXT'],
  ['error_code', 'TEXT'],
  ['finish_reason', 'TEXT'],
  ['duration_ms', 'REAL'],
  ['upstream_ms', 'REAL'],
  ['first_content_ms', 'REAL'],
  ['bytes_in', 'INTEGER'],
  ['bytes_out', 'INTEGER'],
  ['config_version', 'TEXT'],
  ['attempts', 'TEXT'],
] as const

/** All of them, in the order of a line of the spool. */
export const ledgerColumns = [...firstLedgerColumns, ['decision', 'TEXT']] as const

/** First element of every line, so that a later version can read what an earlier one left behind. */
const lineVersion = 2
/** Its lines end with the attempts. */
const versionWithoutDecision = 1

/**
 * The line of the spool for a request, newline included: a flat array, which JSON.stringify writes faster than
 * hand-built text and than an object.
 */
export function encodeLedgerRow(event: ExchangeEnded): string {
  const usage = event.usage
  return `${JSON.stringify([
    lineVersion,
    event.id,
    event.startedAt,
    event.keyId,
    event.operation,
    event.route,
    event.streaming ? 1 : 0,
    event.modelAsked,
    event.provider,
    event.model,
    usage === null ? null : usage.inputUncached,
    usage === null ? null : usage.cacheRead,
    usage === null ? null : usage.cacheWrite5m,
    usage === null ? null : usage.cacheWrite1h,
    usage === null ? null : usage.outputText,
    usage === null ? null : usage.outputReasoning,
    usage === null ? null : usage.audioInput,
    usage === null ? null : usage.audioOutput,
    event.usageSource,
    event.costNanoUsd,
    event.costStatus,
    event.status,
    event.outcome,
    event.errorCode,
    event.finishReason,
    roundToMicroseconds(event.durationMs),
    roundToMicroseconds(event.upstreamMs),
    event.firstContentMs === null ? null : roundToMicroseconds(event.firstContentMs),
    event.bytesIn,
    event.bytesOut,
    event.configVersion,
    event.attempts,
    packDecision(event),
  ])}\n`
}

/** The values of a line, in the order of the columns; null where the line is not a row of a known version. */
export function decodeLedgerLine(line: string): SQLInputValue[] | null {
  const fields = parseJson(line)
  if (!Array.isArray(fields)) return null
  const [version] = fields as readonly unknown[]
  if (version !== lineVersion && version !== versionWithoutDecision) return null
  const decision: unknown = version === lineVersion ? fields.pop() : null
  if (fields.length !== ledgerColumns.length) return null
  const attempts: unknown = fields.pop()
  if (typeof fields[1] !== 'string' || typeof fields[2] !== 'number' || !Array.isArray(attempts)) return null
  const values: SQLInputValue[] = []
  for (let index = 1; index < fields.length; index++) {
    const value: unknown = fields[index]
    if (!isSqlValue(value)) return null
    values.push(value)
  }
  values.push(JSON.stringify(attempts), decision === null ? null : JSON.stringify(decision))
  return values
}

/** The row that a record of the table `ledger` stands for. */
export function readLedgerRow(record: Readonly<Record<string, SQLOutputValue>>): LedgerRow {
  const named = {
    modelAsked: record['model_asked'] as string | null,
    provider: record['provider'] as string | null,
    model: record['model'] as string | null,
  }
  return {
    id: record['id'] as string,
    startedAt: record['started_at'] as number,
    keyId: record['key_id'] as string | null,
    operation: record['operation'] as Operation,
    route: record['route'] as string,
    streaming: record['streaming'] === 1,
    ...named,
    usage: readUsage(record),
    usageSource: record['usage_source'] as UsageSource,
    costNanoUsd: record['cost_nano_usd'] as number | null,
    costStatus: record['cost_status'] as CostStatus,
    status: record['status'] as number,
    outcome: record['outcome'] as Outcome,
    errorCode: record['error_code'] as ErrorCode | null,
    finishReason: record['finish_reason'] as string | null,
    durationMs: record['duration_ms'] as number,
    upstreamMs: record['upstream_ms'] as number,
    firstContentMs: record['first_content_ms'] as number | null,
    attempts: JSON.parse(record['attempts'] as string) as AttemptRecord[],
    decision: readDecision(record['decision'] as string | null, named),
    bytesIn: record['bytes_in'] as number,
    bytesOut: record['bytes_out'] as number,
    configVersion: record['config_version'] as string,
  }
}

function readUsage(record: Readonly<Record<string, SQLOutputValue>>): Usage | null {
  if (record['input_uncached'] === null) return null
  return {
    inputUncached: record['input_uncached'] as number,
    cacheRead: record['cache_read'] as number,
    cacheWrite5m: record['cache_write_5m'] as number,
    cacheWrite1h: record['cache_write_1h'] as number,
    outputText: record['output_text'] as number,
    outputReasoning: record['output_reasoning'] as number,
    audioInput: record['audio_input'] as number,
    audioOutput: record['audio_output'] as number,
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isSqlValue(value: unknown): value is string | number | null {
  return value === null || typeof value === 'string' || typeof value === 'number'
}

function roundToMicroseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000
}
