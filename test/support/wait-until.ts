// For what another process does in its own time: asks again until it is so.

import { setTimeout as delay } from 'node:timers/promises'

export interface Patience {
  readonly totalMs?: number
  readonly betweenMs?: number
}

/** @throws after 30 s, or `totalMs`, with what was waited for */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  { totalMs = 30_000, betweenMs = 50 }: Patience = {},
): Promise<void> {
  const giveUpAt = performance.now() + totalMs
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error(`Waited in vain for this: ${what}.`)
    await delay(betweenMs)
  }
}
