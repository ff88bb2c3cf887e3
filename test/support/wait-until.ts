// For what another process does in its own time: asks again until it is so.

import { setTimeout as delay } from 'node:timers/promises'

/** @throws after 30 s, or `patienceMs`, with what was waited for */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  patienceMs = 30_000,
): Promise<void> {
  const giveUpAt = performance.now() + patienceMs
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error(`Waited in vain for this: ${what}.`)
    await delay(50)
  }
}
