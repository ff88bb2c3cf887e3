import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { GatewayEvent } from '../events.ts'
import { createManualClock } from '../lib/clock.ts'
import { createTargetBook } from '../routing/index.ts'
import { keepMemory } from './kept-memory.ts'

const facts = {
  streaming: false,
  inputCharacters: 1,
  needs: { tools: false, vision: false, json: false },
}
const question = { ...facts, model: 'm', operation: 'chat' } as const

function setUp() {
  const directory = mkdtempSync(join(tmpdir(), 'kept-memory-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'targets.json')
  const clock = createManualClock()
  const start = (place = directory) => {
    const events: GatewayEvent[] = []
    const book = createTargetBook({ clock, breakerState: () => 'closed' })
    const memory = keepMemory({
      memory: book,
      name: 'targets.json',
      unreadable: 'cannot be read',
      unwritable: 'cannot be written',
      directory: place,
      clock,
      observe: event => events.push(event),
    })
    return { book, memory, events }
  }
  return { directory, file, clock, start }
}

test('what is learned is there again after a restart', async () => {
  const { start, directory } = setUp()
  const first = start()
  first.book.beginCall({ targetId: 'p/m', facts }).close({ kind: 'failure' })
  await first.memory.close()
  const second = start()
  expect(second.book.stats.belief('p/m', question)).not.toBeNull()
  expect([first.events, second.events]).toEqual([[], []])
  expect(readdirSync(directory)).toEqual(['targets.json'])
  await second.memory.close()
})

test('it is written every minute', async () => {
  const { start, file, clock } = setUp()
  const { memory, book } = start()
  book.beginCall({ targetId: 'p/m', facts }).close({ kind: 'failure' })
  clock.advance(60_000)
  await expect.poll(() => readFileSync(file, 'utf8')).toContain('p/m')
  await memory.close()
})

test.each(['', 'not json', '{"version": 9}'])('a broken file is told of and ignored: %j', async content => {
  const { start, file } = setUp()
  writeFileSync(file, content)
  const { memory, events } = start()
  expect(events).toMatchObject([{ type: 'notice', level: 'warn', detail: { file: 'targets.json' } }])
  await memory.close()
  expect(start().events).toEqual([])
})

test('a directory that cannot be written is told of once', async () => {
  const { start, clock, directory } = setUp()
  const { memory, events } = start(join(directory, 'missing'))
  clock.advance(60_000)
  clock.advance(60_000)
  await memory.close()
  expect(events).toHaveLength(1)
})
