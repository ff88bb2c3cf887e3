// The first provider dies in the middle of the load: only streams whose content had begun may notice.

import { afterEach, expect, test } from 'vitest'
import { makeFolder, readLedger, removeFolder, startGateway, withKey } from '../support/gateway-process.ts'
import { createLoadClient, type Outcome } from '../support/load-client.ts'
import { startUpstream, type UpstreamProcess } from '../support/upstream-process.ts'
import { waitUntil } from '../support/wait-until.ts'

const cleanups: Array<() => unknown> = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const pace = { delayMs: 20, events: 10, betweenMs: 10 }

async function startPaced(port = 0): Promise<UpstreamProcess> {
  const upstream = await startUpstream({ ...pace, port })
  cleanups.push(() => upstream.send('SIGKILL'))
  return upstream
}

async function setUp() {
  const folder = makeFolder()
  cleanups.push(() => removeFolder(folder))
  const [first, second] = [await startPaced(), await startPaced()]
  const entry = (name: string, { baseUrl }: UpstreamProcess): string => `
  - name: ${name}
    type: openai_compatible
    base_url: ${baseUrl}
    models: [gpt-4o-mini]`
  const providers = `providers:${entry('first', first)}${entry('second', second)}\n`
  const breaker = 'circuit_breaker:\n  recovery_timeout: 500ms\n'
  const gateway = await startGateway({ folder, yaml: withKey(providers + breaker) })
  const client = createLoadClient(gateway)
  cleanups.push(
    () => gateway.send('SIGKILL'),
    () => client.close(),
  )
  return { folder, first, second, gateway, client }
}

function countFrom(outcomes: readonly Outcome[], provider: string): number {
  return outcomes.filter(outcome => outcome.whole && outcome.provider === provider).length
}

test('killed, it takes down no request but streams that had begun; back again, it is used again', async () => {
  const { folder, first, gateway, client } = await setUp()
  const load = client.keepAsking(60)
  await waitUntil('the first answers', () => countFrom(load.outcomes, 'first') >= 300)
  expect(countFrom(load.outcomes, 'second')).toBe(0)

  first.send('SIGKILL')
  await waitUntil('the second answers', () => countFrom(load.outcomes, 'second') >= 600)
  const failed = load.outcomes.filter(outcome => !outcome.whole)
  expect(failed.filter(outcome => !outcome.began)).toEqual([])
  // A stream that broke says so, in an event that its client understands; it does not just end.
  expect(failed.length).toBeGreaterThan(0)
  expect(failed.filter(outcome => !outcome.last.includes('"code":"upstream_truncated"'))).toEqual([])

  await startPaced(first.port)
  const before = countFrom(load.outcomes, 'first')
  await waitUntil('the first answers again', () => countFrom(load.outcomes, 'first') >= before + 100)
  await load.stop()
  expect(load.outcomes.filter(outcome => !outcome.whole)).toHaveLength(failed.length)

  expect((await gateway.stop()).code).toBe(0)
  const rows = new Map(readLedger(folder).map(row => [row.id, row]))
  expect(rows.size).toBe(load.outcomes.length)
  expect(
    load.outcomes.filter(({ id, whole }) => rows.get(id ?? '')?.outcome !== (whole ? 'ok' : 'truncated')),
  ).toEqual([])
})
