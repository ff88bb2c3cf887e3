// Names the tests that passed only when they were tried again: a retry must not hide what is unsteady.

import type { Reporter, TestCase } from 'vitest/node'

export function createUnsteadyReporter(): Reporter {
  const unsteady: string[] = []
  return {
    onTestCaseResult(test: TestCase) {
      const tried = test.diagnostic()?.retryCount ?? 0
      if (tried > 0 && test.result().state === 'passed')
        unsteady.push(`${test.fullName} (${tried + 1} tries)`)
    },
    onTestRunEnd() {
      if (unsteady.length === 0) return
      const lines = unsteady.map(name => `  ${name}\n`).join('')
      process.stdout.write(`\nPassed, but not the first time: ${unsteady.length}\n${lines}`)
    },
  }
}
