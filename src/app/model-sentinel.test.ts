import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { CatalogueEntry } from '../catalog/catalogue.ts'
import { createChangeLog } from '../catalog/change-log.ts'
import { catalogueOf, entryOf } from '../catalog/entry.fixture.ts'
import type { GatewayEvent, Notice } from '../events.ts'
import { createManualClock } from '../lib/clock.ts'
import { type ModelSentinelDeps, startModelSentinel } from './model-sentinel.ts'

const hourMs = 3_600_000
const minuteMs = 60_000

function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'sentinel-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return directory
}

function arrange(entries: readonly CatalogueEntry[], directory = makeDirectory(), start = '2026-11-24') {
  const clock = createManualClock(Date.parse(`${start}T12:00:00Z`))
  const events: GatewayEvent[] = []
  const log = createChangeLog()
  const state = { entries, called: [] as string[], aliases: {} as Record<string, string>, failing: false }
  const sentinel = startModelSentinel({
    directory,
    clock,
    observe: event => void events.push(event),
    catalogue: async () => {
      if (state.failing) throw new Error('no catalogue')
      return catalogueOf(state.entries)
    },
    snapshot: () => snapshotOf(state.aliases),
    calledTargets: () => state.called,
    log: { changes: log.after, record: log.append },
  })
  return {
    clock,
    state,
    log,
    sentinel,
    /** Lets so much time pass; what is done then is over. */
    async pass(milliseconds: number): Promise<void> {
      clock.advance(milliseconds)
      await sentinel.looked()
    },
    told: () => log.entries().map(({ kind, model }) => `${kind} ${model}`),
    notices: () => events.filter((event): event is Notice => event.type === 'notice'),
    directory,
  }
}

function snapshotOf(aliases: Record<string, string>): ReturnType<ModelSentinelDeps['snapshot']> {
  const snapshot = { configuration: { models: { aliases, groups: {} } }, providers: [] }
  return snapshot as unknown as ReturnType<ModelSentinelDeps['snapshot']>
}

const ending = entryOf('p/old', { retiresOn: '2026-12-20' })

test('a model that will retire is told a minute after the start, with what could stand in, and once', async () => {
  const { pass, log, told } = arrange([ending, entryOf('p/next')])
  await pass(minuteMs)
  expect(log.entries()).toMatchObject([
    { sequence: 1, kind: 'deprecated', provider: 'p', model: 'old', replacement: 'p/next' },
  ])
  await pass(hourMs)
  await pass(hourMs)
  expect(told()).toEqual(['deprecated old'])
  // To the next step, and to its day.
  await pass(24 * 20 * hourMs)
  await pass(24 * 10 * hourMs)
  expect(told()).toEqual(['deprecated old', 'deprecated old', 'retired old'])
})

test('after a restart nothing is told twice, and what changed meanwhile is told', async () => {
  const priced = (input: number) => entryOf('p/priced', { prices: [{ input }] })
  const first = arrange([ending, priced(1)])
  await first.pass(minuteMs)
  await first.sentinel.close()
  expect(first.told()).toEqual(['deprecated old'])

  const second = arrange([ending, priced(2)], first.directory)
  await second.pass(minuteMs)
  expect(second.told()).toEqual(['price_changed priced'])
  expect(second.log.entries()[0]?.facts).toEqual([
    { name: 'prices', before: [{ input: 1 }], after: [{ input: 2 }] },
  ])
})

test('what the list of a provider has told is not told again', async () => {
  const { pass, state, log, told, clock } = arrange([entryOf('p/m', { prices: [{ input: 1 }] })])
  await pass(minuteMs)
  state.entries = [entryOf('p/m', { prices: [{ input: 2 }] })]
  const change = { kind: 'price_changed', provider: 'p', model: 'm', facts: [], replacement: null } as const
  log.append([{ ...change, at: clock.wall() }])
  await pass(hourMs)
  expect(told()).toEqual(['price_changed m'])
  state.entries = [entryOf('p/m', { prices: [{ input: 3 }] })]
  await pass(hourMs)
  expect(told()).toEqual(['price_changed m', 'price_changed m'])
})

test('the log warns of a model in use also where the list of its provider has told it', async () => {
  const { pass, state, log, notices, clock } = arrange([entryOf('p/m', { prices: [{ input: 1 }] })])
  state.called = ['p/m']
  await pass(minuteMs)
  state.entries = [entryOf('p/m', { prices: [{ input: 2 }] })]
  const change = { kind: 'price_changed', provider: 'p', model: 'm', facts: [], replacement: null } as const
  log.append([{ ...change, at: clock.wall() }])
  await pass(hourMs)
  await pass(hourMs)
  expect(notices().map(({ message }) => message)).toEqual(['the price of a model in use has changed'])
})

test('of models in use the log warns: those that were called, and those that the configuration names', async () => {
  const names = ['called', 'aliased', 'other']
  const { pass, state, notices, told } = arrange(
    names.map(name => entryOf(`p/${name}`, { retiresOn: '2026-12-20' })),
  )
  state.called = ['p/called']
  state.aliases = { fast: 'aliased' }
  await pass(minuteMs)
  expect(told()).toHaveLength(3)
  expect(notices().map(({ level, detail }) => [level, detail])).toEqual([
    ['warn', { provider: 'p', model: 'called', on: '2026-12-20', replacement: null }],
    ['warn', { provider: 'p', model: 'aliased', on: '2026-12-20', replacement: null }],
  ])
})

test('a catalogue that cannot be built is looked at later', async () => {
  const { pass, state, told } = arrange([ending])
  state.failing = true
  await pass(minuteMs)
  expect(told()).toEqual([])
  state.failing = false
  await pass(hourMs)
  expect(told()).toEqual(['deprecated old'])
})

test('a broken file is told, and dates that are near are told once more', async () => {
  const first = arrange([ending])
  await first.pass(minuteMs)
  await first.sentinel.close()
  const file = join(first.directory, 'model-watch.jsonl')
  const whole = readFileSync(file, 'utf8')
  for (const broken of ['', '{}', whole.slice(0, -20), `${whole}[["p/x",{"prices":1}]]\n`, '[1]']) {
    writeFileSync(file, broken)
    const next = arrange([ending], first.directory)
    expect(next.notices().map(({ message }) => message)).toEqual([
      'what was seen of the models cannot be read; dates that are near are told once more',
    ])
    await next.pass(minuteMs)
    expect(next.told()).toEqual(['deprecated old'])
    await next.sentinel.close()
  }
})

test('a disk that cannot be written is told once, and the watch goes on', async () => {
  const { pass, directory, notices, state, told } = arrange([ending])
  mkdirSync(join(directory, 'model-watch.jsonl.new'))
  await pass(minuteMs)
  await pass(hourMs)
  expect(notices().map(({ message }) => message)).toEqual(['what was seen of the models cannot be written'])
  state.entries = [ending, entryOf('p/second', { retiresOn: '2026-12-01' })]
  await pass(hourMs)
  expect(told()).toEqual(['deprecated old', 'deprecated second'])
})
