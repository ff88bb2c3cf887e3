import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ListedFacts } from '../model-facts.ts'
import { createChangeLog } from './change-log.ts'
import {
  conditionalHeaders,
  type Doubt,
  diffLists,
  judgeList,
  type ModelChangeDraft,
  nextDelayMs,
  validatorsIn,
} from './discovery.ts'

const names = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`)

describe('a list that became smaller', () => {
  const isAccepted = (before: number | null, after: number) =>
    judgeList({ before: before === null ? null : names(before), after: names(after), doubt: null }).accepted

  test('is believed while it lost little: up to two models, or up to a twentieth', () => {
    expect(isAccepted(3, 1)).toBe(true)
    expect(isAccepted(4, 1)).toBe(false)
    expect(isAccepted(100, 95)).toBe(true)
    expect(isAccepted(100, 94)).toBe(false)
    expect(isAccepted(10, 10)).toBe(true)
    expect(isAccepted(10, 1000)).toBe(true)
  })

  test('counts what is missing, not how long it is: other models in place of those are a loss as well', () => {
    const after = names(20).map(name => `other-${name}`)
    expect(judgeList({ before: names(20), after, doubt: null })).toMatchObject({
      accepted: false,
      reason: '20 of 20 models are missing in the list',
    })
  })

  test('and is empty is doubted, also as the first one; an empty one that was believed stays so', () => {
    expect(isAccepted(null, 0)).toBe(false)
    expect(isAccepted(1, 0)).toBe(false)
    expect(isAccepted(0, 0)).toBe(true)
    expect(isAccepted(null, 1)).toBe(true)
  })

  test('is believed when it came three times in a row, or when somebody says so', () => {
    let doubt: Doubt | null = null
    const ask = (after: readonly string[], acceptShrunken = false) => {
      const verdict = judgeList({ before: names(50), after, doubt, acceptShrunken })
      doubt = verdict.accepted ? null : verdict.doubt
      return verdict.accepted
    }
    expect([ask(names(10)), ask(names(10).toReversed()), ask(names(10))]).toEqual([false, false, true])
    expect([ask(names(10)), ask(names(11)), ask(names(10)), ask(names(10)), ask(names(10))]).toEqual([
      false,
      false,
      false,
      false,
      true,
    ])
    expect(ask(names(10), true)).toBe(true)
  })
})

describe('what is new in a list', () => {
  const diff = (before: readonly ListedFacts[], after: readonly ListedFacts[]) =>
    diffLists({ provider: 'p', before, after, at: 7, replacementOf: model => `q/${model}` })

  test('each kind of change is told by itself, with what the facts were and are', () => {
    const before: ListedFacts[] = [
      { id: 'a', contextWindow: 1000, prices: [{ input: 1 }], tools: true },
      { id: 'b' },
      { id: 'c', retiresOn: '2027-01-01' },
    ]
    const after: ListedFacts[] = [
      { id: 'a', contextWindow: 2000, prices: [{ input: 2 }], deprecatedOn: '2026-12-01' },
      { id: 'c', retiresOn: '2027-02-01' },
      { id: 'd' },
    ]
    const change = (draft: Partial<ModelChangeDraft>) => ({
      at: 7,
      provider: 'p',
      facts: [],
      replacement: null,
      ...draft,
    })
    expect(diff(before, after)).toEqual([
      change({
        kind: 'changed',
        model: 'a',
        facts: [
          { name: 'contextWindow', before: 1000, after: 2000 },
          { name: 'tools', before: true, after: null },
        ],
      }),
      change({
        kind: 'price_changed',
        model: 'a',
        facts: [{ name: 'prices', before: [{ input: 1 }], after: [{ input: 2 }] }],
      }),
      change({
        kind: 'deprecated',
        model: 'a',
        facts: [{ name: 'deprecatedOn', before: null, after: '2026-12-01' }],
        replacement: 'q/a',
      }),
      change({
        kind: 'changed',
        model: 'c',
        facts: [{ name: 'retiresOn', before: '2027-01-01', after: '2027-02-01' }],
      }),
      change({ kind: 'added', model: 'd' }),
      change({ kind: 'removed', model: 'b', replacement: 'q/b' }),
    ])
  })

  test('the same facts in another order are the same', () => {
    const before: ListedFacts = { id: 'a', input: ['text', 'image'], prices: [{ input: 1, output: 2 }] }
    const after: ListedFacts = { prices: [{ output: 2, input: 1 }], input: ['image', 'text'], id: 'a' }
    expect(diff([before], [after])).toEqual([])
  })

  test('a list differs from itself in nothing, and what one way adds the other way removes', () => {
    const list = fc.uniqueArray(fc.record({ id: fc.string({ minLength: 1 }), contextWindow: fc.nat() }), {
      selector: ({ id }) => id,
    })
    fc.assert(
      fc.property(list, list, (before, after) => {
        expect(diff(before, before)).toEqual([])
        const named = (kind: string, changes: readonly ModelChangeDraft[]) =>
          changes
            .filter(change => change.kind === kind)
            .map(({ model }) => model)
            .toSorted()
        expect(named('added', diff(before, after))).toEqual(named('removed', diff(after, before)))
      }),
    )
  })
})

describe('when it is asked again', () => {
  const outlook = {
    intervalMs: 3_600_000,
    jitter: 0.1,
    random: () => 0.5,
    failures: 0,
    doubted: false,
    retryAfterMs: null,
  }

  test('after the interval, more or less by the jitter', () => {
    expect(nextDelayMs(outlook)).toBe(3_600_000)
    expect(nextDelayMs({ ...outlook, random: () => 0 })).toBe(3_240_000)
    expect(nextDelayMs({ ...outlook, random: () => 0.999999 })).toBeCloseTo(3_960_000, -1)
  })

  test('sooner after a failure, and then twice as late each time, never later than the interval', () => {
    const delays = [1, 2, 3, 8, 1000].map(failures => nextDelayMs({ ...outlook, random: () => 0, failures }))
    expect(delays).toEqual([30_000, 60_000, 120_000, 3_600_000, 3_600_000])
    expect(nextDelayMs({ ...outlook, failures: 1, intervalMs: 1000, random: () => 0 })).toBe(1000)
  })

  test('not before the provider wants it, but within a day', () => {
    expect(nextDelayMs({ ...outlook, failures: 1, retryAfterMs: 7_200_000 })).toBe(7_200_000)
    expect(nextDelayMs({ ...outlook, failures: 1, retryAfterMs: 1e15 })).toBe(86_400_000)
  })

  test('soon where the list was doubted', () => {
    expect(nextDelayMs({ ...outlook, doubted: true })).toBe(300_000)
  })
})

test('what a server said to know its answer again by goes back to it as it was', () => {
  expect(validatorsIn({})).toBeNull()
  expect(validatorsIn({ etag: 'W/"x"\r\ninjected: 1' })).toBeNull()
  const validators = validatorsIn({ etag: 'W/"x"', 'last-modified': 'Mon, 23 Nov 2026 10:00:00 GMT' })
  expect(conditionalHeaders(validators)).toEqual([
    'if-none-match',
    'W/"x"',
    'if-modified-since',
    'Mon, 23 Nov 2026 10:00:00 GMT',
  ])
  expect(conditionalHeaders(null)).toEqual([])
})

test('changes are numbered without a gap, kept up to a limit, and go on where an earlier run ended', () => {
  const draft = (model: string): ModelChangeDraft => ({
    at: 1,
    kind: 'added',
    provider: 'p',
    model,
    facts: [],
    replacement: null,
  })
  const log = createChangeLog([], 0, 3)
  expect(log.after(0, 10)).toEqual([])
  log.append(['a', 'b', 'c', 'd'].map(draft))
  expect(log.after(0, 10).map(({ sequence, model }) => `${sequence}${model}`)).toEqual(['2b', '3c', '4d'])
  expect(log.after(3, 10).map(({ model }) => model)).toEqual(['d'])
  expect(log.after(0, 1).map(({ model }) => model)).toEqual(['b'])
  expect(log.after(4, 10)).toEqual([])
  const next = createChangeLog(log.entries(), log.last, 3)
  expect(next.append([draft('e')])[0]?.sequence).toBe(5)
  expect(createChangeLog([], 9).append([draft('f')])[0]?.sequence).toBe(10)
})
