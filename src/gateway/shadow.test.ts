import { expect, test } from 'vitest'
import type { GatewayEvent } from '../events.ts'
import { createManualClock } from '../lib/clock.ts'
import type { Exchange } from './exchange.ts'
import type { PlannedRequest } from './request.ts'
import { createShadows, type Shadow } from './shadow.ts'

test('a mistake in a copy is told, ends that copy alone, and gives its place to the next one', async () => {
  const clock = createManualClock()
  const told: GatewayEvent[] = []
  const exchange = {
    id: 'req_1',
    gateway: {
      clock,
      alarms: {
        open() {
          throw new Error('a mistake')
        },
      },
      observe: (event: GatewayEvent) => told.push(event),
    },
    call: { endpoint: { format: { name: 'openai-chat' } } },
    page: {},
  } as unknown as Exchange
  const request = { parameters: {}, recalled: null } as unknown as PlannedRequest
  const shadow = { plan: {}, policy: { use: 'other', maxConcurrent: 1 } } as unknown as Shadow
  const shadows = createShadows(() => Promise.reject(new Error('never sent')), clock)
  for (let copies = 1; copies <= 2; copies++) {
    shadows.start(exchange, request, shadow)
    // Behind its own, and behind what follows from it.
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    // The mistake, and what became of the copy.
    expect(told.map(({ type }) => type)).toEqual(
      Array.from({ length: copies }, () => ['notice', 'shadow_ended']).flat(),
    )
  }
  expect(told[0]).toMatchObject({ type: 'notice', level: 'error', detail: { id: 'req_1.shadow' } })
})
