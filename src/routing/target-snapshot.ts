// The target book on paper: what it knows, as plain JSON, so that a restart does not begin from nothing.

import { z } from 'zod'
import type { Evidence, EvidenceNumbers } from './evidence.ts'
import { type Forgetting, TargetRecord, type TargetSide } from './target-record.ts'

const amount = z.number().nonnegative()
const mean = amount.nullable()

const evidenceNumbers = z.object({
  successes: amount,
  failures: amount,
  latencies: amount,
  mean: amount,
  squares: amount,
  logMean: z.number(),
  logSquares: amount,
})

const side = z.object({
  peakMs: mean,
  overall: evidenceNumbers,
  /** By the number of the context. */
  contexts: z.record(z.string().regex(/^\d{1,3}$/), evidenceNumbers),
})

const savedTarget = z.object({
  costNanoUsd: mean,
  tokensPerSecond: mean,
  usage: z.object({ tokensPerCharacter: mean, cacheReadShare: amount, outputTokens: amount }).nullable(),
  streams: side,
  wholes: side,
})

export const targetBookSnapshot = z.object({
  version: z.literal(1),
  /** Milliseconds since the epoch. */
  savedAt: z.number(),
  targets: z.record(z.string(), savedTarget),
})

export type TargetBookSnapshot = z.infer<typeof targetBookSnapshot>
type SavedTarget = z.infer<typeof savedTarget>
type SavedSide = z.infer<typeof side>

export function saveTarget(record: TargetRecord, now: number): SavedTarget {
  return {
    costNanoUsd: record.costNanoUsd,
    tokensPerSecond: record.tokensPerSecond,
    usage: record.usage,
    streams: saveSide(record.streams, now),
    wholes: saveSide(record.wholes, now),
  }
}

function saveSide({ peak, overall, contexts }: TargetSide, now: number): SavedSide {
  const numbersOf = (evidence: Evidence) => {
    evidence.fade(now)
    return evidence.numbers()
  }
  const remembered = [...contexts].map(
    ([context, evidence]) => [String(context), numbersOf(evidence)] as const,
  )
  return {
    peakMs: peak.read(now),
    overall: numbersOf(overall),
    contexts: Object.fromEntries(remembered.filter(([, numbers]) => isWorthKeeping(numbers))),
  }
}

/** Most kinds of request are rare: what has faded to less than half a call is left out. */
function isWorthKeeping({ successes, failures }: EvidenceNumbers): boolean {
  return successes + failures >= 0.5
}

/** @param savedAt by the monotonic clock of this process: what lies between has faded */
export function restoreTarget(saved: SavedTarget, forgetting: Forgetting, savedAt: number): TargetRecord {
  const record = new TargetRecord(forgetting, savedAt)
  record.costNanoUsd = saved.costNanoUsd
  record.tokensPerSecond = saved.tokensPerSecond
  record.usage = saved.usage
  restoreSide(record.streams, saved.streams, savedAt)
  restoreSide(record.wholes, saved.wholes, savedAt)
  return record
}

function restoreSide(into: TargetSide, saved: SavedSide, savedAt: number): void {
  into.peak.restore(saved.peakMs, savedAt)
  into.overall.restore(saved.overall)
  for (const [context, numbers] of Object.entries(saved.contexts))
    into.contextEvidence(Number(context), savedAt).restore(numbers)
}
