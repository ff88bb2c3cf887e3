// The order in which providers want a turn of the user's: the results of tools, and then what the user says.

import type { Part } from './parts.ts'

export function resultsFirst(parts: readonly Part[]): readonly Part[] {
  if (!parts.some(isResult)) return parts
  const results = parts.filter(isResult)
  return results.length === parts.length ? parts : [...results, ...parts.filter(part => !isResult(part))]
}

function isResult({ type }: Part): boolean {
  return type === 'tool_result'
}
