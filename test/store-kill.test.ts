// The promise behind the ledger: what was acknowledged before the process was killed is there afterwards, exactly once.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../src/lib/clock.ts'
import { openStore } from '../src/store/index.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'store-kill-'))
})

afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

/** Lets a process append under load, kills it after so many acknowledgements, and returns all that arrived. */
async function appendUntilKilled(prefix: string, count: number): Promise<string[]> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'support/store-child.ts'), directory, prefix],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const exited = once(child, 'exit')
  let output = ''
  let lines = 0
  for await (const chunk of child.stdout.setEncoding('latin1')) {
    output += chunk
    lines += String(chunk).split('\n').length - 1
    if (lines >= count) child.kill('SIGKILL')
  }
  expect((await exited)[1]).toBe('SIGKILL')
  // What follows the last newline is a name that the kill cut short.
  return output.slice(0, output.lastIndexOf('\n')).split('\n')
}

function readStoredIds(): string[] {
  const database = new DatabaseSync(join(directory, 'gateway.sqlite'), { readOnly: true })
  const records = database.prepare('SELECT id FROM ledger').all()
  database.close()
  return records.map(record => String(record['id']))
}

test('no acknowledged row is missing, and none is doubled, after one kill upon another', async () => {
  const acknowledged: string[] = []
  for (const [round, count] of [200, 5_000, 30_000].entries()) {
    acknowledged.push(...(await appendUntilKilled(`round${round}`, count)))
  }
  const store = await openStore({ directory, clock: systemClock, observe: () => {} })
  await store.ledger.drain()
  await store.close()

  const stored = readStoredIds()
  const distinct = new Set(stored)
  expect(distinct.size).toBe(stored.length)
  expect(acknowledged.filter(id => !distinct.has(id))).toEqual([])
}, 60_000)
