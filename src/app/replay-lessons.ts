// What the rows of a ledger teach of its targets: how they answered, how fast, and how many tokens they used.

import type { Usage } from '../call.ts'
import { type Belief, ownCostOf, type RouteFacts } from '../routing/index.ts'
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
    learn(row, id => {
      const lesson = lessons.get(id) ?? newLesson()
      lessons.set(id, lesson)
      return lesson
    })
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

/** Of these nobody learns how a target does. */
const untold: ReadonlySet<string> = new Set(['superseded', 'circuit_open', 'client_disconnected'])

/** Each attempt teaches of its own target: whoever answered in the end is not to blame for the wait before. */
function learn(row: LedgerRow, lessonOf: (targetId: string) => Lesson): void {
  const { provider, model, outcome, attempts } = row
  for (const attempt of attempts)
    if (attempt.code !== null && !untold.has(attempt.code))
      lessonOf(`${attempt.provider}/${attempt.model}`).failures++
  if (provider === null || model === null || outcome === 'client_disconnected') return
  if (outcome === 'ok') learnAnswer(row, lessonOf(`${provider}/${model}`))
  else if (attempts.length === 0) lessonOf(`${provider}/${model}`).failures++
}

function learnAnswer(row: LedgerRow, lesson: Lesson): void {
  const { provider, model, attempts, firstContentMs, upstreamMs, usage } = row
  const answered = attempts.findLast(
    attempt => attempt.code === null && attempt.provider === provider && attempt.model === model,
  )
  const billed = attempts.reduce((sum, attempt) => sum + (attempt.billed?.outputTokens ?? 0), 0)
  lesson.successes++
  lesson.latencySum += answered?.durationMs ?? firstContentMs ?? upstreamMs
  lesson.outputSum += usage === null ? 0 : Math.max(0, usage.outputText + usage.outputReasoning - billed)
  const cost = ownCostOf(row)
  if (cost === null) return
  lesson.costSum += cost
  lesson.costCount++
}
