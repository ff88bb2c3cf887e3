// Counts what went wrong in a measurement, by reason: a figure without it could be the speed of failing.

export interface Failures {
  count(reason: string): void
  readonly byReason: Readonly<Record<string, number>>
}

export function createFailures(): Failures {
  const byReason: Record<string, number> = {}
  return {
    count(reason) {
      byReason[reason] = (byReason[reason] ?? 0) + 1
    },
    byReason,
  }
}
