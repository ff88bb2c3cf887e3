// Where each fact of a model comes from: for who wonders why it says so.

import { describePriceFact } from './changes.ts'
import { snakeCase } from './document.ts'
import type { FactOrigin } from './library.ts'

/** By fact: who says it, and what others say who are believed less. @param at milliseconds since the epoch */
export function describeOrigins(origins: readonly FactOrigin[], at: number): object {
  return Object.fromEntries(
    origins.map(({ name, source, value, overruled }) => {
      const show = (said: unknown): unknown => (name === 'prices' ? describePriceFact(said, at) : said)
      const others = overruled.map(other => ({ source: other.source, value: show(other.value) }))
      return [
        snakeCase(name),
        { source, value: show(value), ...(others.length > 0 && { overruled: others }) },
      ]
    }),
  )
}
