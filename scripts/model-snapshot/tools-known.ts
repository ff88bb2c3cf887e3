// Whether a model that a vendor's rule says calls several tools at once is known to call tools at all. The rule goes by
// names, and a name may fit it that stands for a model without tools.

import { bareName, withoutDate } from '../../src/catalog/model-names.ts'
import type { Records } from './said.ts'

/**
 * The same model calls tools under another of its names, or at another host: then it does here as well. What is not
 * known to call any is not said to call several.
 */
export function settleTools(records: Records): void {
  const callers = namesOfCallers(records)
  for (const models of records.values())
    for (const [id, facts] of models) {
      if (facts.parallelTools !== true || facts.tools !== undefined) continue
      const known = [id, ...(facts.aliases ?? [])].some(name => callers.has(versionless(name)))
      const { parallelTools: _parallelTools, ...rest } = facts
      models.set(id, known ? { ...facts, tools: true } : rest)
    }
}

/** Not those that a host denies it: then the versions of the name differ, or somebody is wrong. */
function namesOfCallers(records: Records): ReadonlySet<string> {
  const answers = Map.groupBy(
    [...records.values()].flatMap(models => [...models]),
    ([id]) => versionless(id),
  )
  const sure = [...answers].filter(
    ([, rows]) =>
      rows.some(([, { tools }]) => tools === true) && !rows.some(([, { tools }]) => tools === false),
  )
  return new Set(sure.map(([name]) => name))
}

function versionless(id: string): string {
  return withoutDate(bareName(id).replace(/-latest$/, ''))
}
