// The order in which providers want a turn of the user's: the results of tools, and then what the user says.

import type { Part } from './parts.ts'

export function resultsFirst(parts: readonly Part[]): readonly Part[] {
  const results = parts.filter(({ type }) => type === 'tool_result')
  if (results.length === 0 || results.length === parts.length) return parts
  return [...results, ...parts.filter(({ type }) => type !== 'tool_result')]
}
