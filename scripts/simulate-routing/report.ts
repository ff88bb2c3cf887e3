// Puts the outcomes of the simulation together: means over the seeds, as a table.

import type { Outcome } from './simulate.ts'

export interface WorkloadReport {
  readonly workload: string
  readonly kind: 'steady' | 'drifting'
  readonly seeds: number
  /** Best first. */
  readonly outcomes: readonly Outcome[]
}

export function renderReport({ workload, kind, seeds, outcomes }: WorkloadReport): string {
  const head = ['strategy', 'regret', 'loss', 'cost USD', 'mean ms', 'p95 ms', 'errors', 'first failed']
  const rows = outcomes.map(outcome => [
    outcome.strategy,
    outcome.regret.toFixed(4),
    outcome.loss.toFixed(4),
    outcome.costUsd.toFixed(3),
    outcome.meanMs.toFixed(0),
    outcome.p95Ms.toFixed(0),
    `${(100 * outcome.errorRate).toFixed(2)} %`,
    `${(100 * outcome.firstErrorRate).toFixed(2)} %`,
  ])
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map(row => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
  const requests = Math.round(outcomes[0]?.requests ?? 0)
  return [
    `${workload} (${kind}, ${seeds} seeds, ${requests} requests each)`,
    line(head),
    ...rows.map(line),
    '',
  ].join('\n')
}
