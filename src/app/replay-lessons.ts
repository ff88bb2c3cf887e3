// What the rows of a ledger teach of its targets: how they answered, how fast, and how many tokens they used.

import type { Usage } from '../call.ts'
import type { Belief, RouteFacts } from '../routing/index.ts'
import type { LedgerRow } from '../store/index.ts'

export interface RowLessons {
  firstContentMs(targetId: string): number | null
  belief(targetId: string): Belief | null
  expectedUsage(targetId: string, facts: RouteFacts): Usage
}

interface Lesson {
  successes: number
  failures: number
  latencySum: number
  costSum: number
  costCount: number
  outputSum: number
}

const charactersPerToken = 4
const usualOutputTokens = 300

export function learnFromRows(rows: Iterable<LedgerRow>): RowLessons {
  const lessons = new Map<string, Lesson>()
  for (const row of rows) {
    if (row.provider === null || row.model === null) continue
    const id = `${row.provider}/${row.model}`
    const lesson = lessons.get(id) ?? newLesson()
    lessons.set(id, lesson)
    learn(lesson, row)
  }
  return {
    firstContentMs(targetId) {
      const lesson = lessons.get(targetId)
      return lesson === undefined || lesson.successes === 0 ? null : lesson.latencySum / lesson.successes
    },
    belief(targetId) {
      const lesson = lessons.get(targetId)
      if (lesson === undefined) return null
      const { successes, failures, latencySum, costSum, costCount } = lesson
      return {
        successes,
        failures,
        latencyMs: successes === 0 ? null : latencySum / successes,
        latencyCount: successes,
        latencySpread: 1,
        costNanoUsd: costCount === 0 ? null : costSum / costCount,
      }
    },
    expectedUsage(targetId, { inputCharacters }) {
      const lesson = lessons.get(targetId)
      const known = lesson !== undefined && lesson.successes > 0
      return {
        inputUncached: Math.ceil(inputCharacters / charactersPerToken),
        cacheRead: 0,
        cacheWrite5m: 0,
        cacheWrite1h: 0,
        outputText: known ? Math.round(lesson.outputSum / lesson.successes) : usualOutputTokens,
        outputReasoning: 0,
        audioInput: 0,
        audioOutput: 0,
      }
    },
  }
}

function newLesson(): Lesson {
  return { successes: 0, failures: 0, latencySum: 0, costSum: 0, costCount: 0, outputSum: 0 }
}

function learn(lesson: Lesson, { outcome, firstContentMs, upstreamMs, costNanoUsd, usage }: LedgerRow): void {
  if (outcome === 'client_disconnected') return
  if (outcome !== 'ok') {
    lesson.failures++
    return
  }
  lesson.successes++
  lesson.latencySum += firstContentMs ?? upstreamMs
  lesson.outputSum += usage === null ? 0 : usage.outputText + usage.outputReasoning
  if (costNanoUsd === null) return
  lesson.costSum += costNanoUsd
  lesson.costCount++
}
