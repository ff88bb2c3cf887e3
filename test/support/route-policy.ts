// Lets a test say how the requests of a gateway are treated, whatever its routes say: import it before the scene.

import { onTestFinished, vi } from 'vitest'
import type * as PolicyModule from '../../src/gateway/route-policy.ts'

type Policy = PolicyModule.RoutePolicy

const live = vi.hoisted(() => ({
  policy: {} as Record<string, unknown>,
  usual: {} as Record<string, unknown>,
}))

vi.mock('../../src/gateway/route-policy.ts', async importOriginal => {
  const original = await importOriginal<typeof PolicyModule>()
  live.usual = { ...original.usualPolicy }
  Object.assign(live.policy, live.usual)
  return { ...original, usualPolicy: live.policy }
})

/** For the gateways that this test opens from now on. */
export function setPolicy(changes: Partial<Policy>): void {
  Object.assign(live.policy, changes)
  onTestFinished(() => void Object.assign(live.policy, live.usual))
}
