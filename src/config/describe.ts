// Problems as one line of text each, in the form that editors and terminals make clickable.

import type { Problem } from './configuration.ts'

/** ``config.yaml:12:5 providers[0].priorty: unknown key, did you mean `priority`?`` */
export function formatProblem(problem: Problem): string {
  const line = problem.line === null ? '' : `:${problem.line}`
  const column = problem.line === null || problem.column === null ? '' : `:${problem.column}`
  const path = problem.path === '' ? '' : ` ${problem.path}`
  return `${problem.file}${line}${column}${path}: ${problem.message}`
}
