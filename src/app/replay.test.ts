import { describe, expect, test } from 'vitest'
import { configurationOf, loadText } from '../../test/fixtures/load-configuration.ts'
import { makeExchange } from '../../test/support/exchanges.ts'
import type { RouteDecision } from '../events.ts'
import { createManualClock } from '../lib/clock.ts'
import { noUsage } from '../observability/exchange.fixture.ts'
import type { LedgerRow } from '../store/index.ts'
import { type ReplayReport, replayRows } from './replay.ts'

const providers = 'providers: [{type: openai, models: [gpt-4o, gpt-4o-mini]}]'

function decisionFor(target: string, changes: Partial<RouteDecision> = {}): RouteDecision {
  const needs = { tools: false, vision: false, json: false }
  return {
    rule: null,
    model: 'gpt-4o',
    strategy: 'priority',
    seed: null,
    candidates: [target],
    scores: null,
    propensity: null,
    filtered: [],
    facts: { inputCharacters: 400, needs, maxTokens: null },
    ...changes,
  }
}

function rowOf(index: number, changes: Partial<LedgerRow> = {}): LedgerRow {
  return makeExchange(`req_${index}`, {
    startedAt: 1_700_000_000_000 + index,
    modelAsked: 'gpt-4o',
    provider: 'openai',
    model: 'gpt-4o',
    decision: decisionFor('openai/gpt-4o'),
    usage: { ...noUsage, inputUncached: 100, outputText: 50 },
    ...changes,
  })
}

const rows = Array.from({ length: 100 }, (_, index) => rowOf(index))

function replay(yaml: string, ledger: readonly LedgerRow[] = rows): ReplayReport {
  const configuration = configurationOf(loadText(`${providers}\n${yaml}`))
  const fetchMedia = () => Promise.reject(new Error('nothing is asked here'))
  return replayRows(configuration, () => ledger, { clock: createManualClock(), plugins: [], fetchMedia })
}

describe('a replay', () => {
  test('by the same configuration changes nothing', () => {
    expect(replay('')).toMatchObject({
      requests: 100,
      moved: 0,
      targets: [{ target: 'openai/gpt-4o', before: 100, after: 100 }],
    })
    const { cost } = replay('')
    expect(cost.after).toBe(cost.before)
  })

  test.each(['least_latency', 'adaptive'])('blames who failed, and not who helped: %s', strategy => {
    const pair = { candidates: ['openai/gpt-4o', 'openai/gpt-4o-mini'], model: 'pair' }
    const decision = decisionFor('openai/gpt-4o', pair)
    const answered = { provider: 'openai', status: 200, code: null }
    const silent = { provider: 'openai', status: null, code: 'upstream_timeout' } as const
    const helped = Array.from({ length: 200 }, (_, index) =>
      rowOf(index, {
        modelAsked: 'pair',
        model: 'gpt-4o-mini',
        decision,
        firstContentMs: 60_300,
        upstreamMs: 60_300,
        attempts: [
          { ...silent, model: 'gpt-4o', durationMs: 60_000 },
          { ...answered, model: 'gpt-4o-mini', durationMs: 300 },
        ],
      }),
    )
    const slow = Array.from({ length: 10 }, (_, index) =>
      rowOf(1000 + index, {
        modelAsked: 'pair',
        decision,
        firstContentMs: 5_000,
        upstreamMs: 5_000,
        attempts: [{ ...answered, model: 'gpt-4o', durationMs: 5_000 }],
      }),
    )
    const targets = '[openai/gpt-4o, openai/gpt-4o-mini]'
    const yaml = `models: {groups: {pair: {targets: ${targets}, strategy: ${strategy}}}}`
    const { targets: after } = replay(yaml, [...helped, ...slow])
    expect(after.find(({ target }) => target === 'openai/gpt-4o-mini')?.after).toBeGreaterThan(190)
  })

  test('leaves out what no client asked for', () => {
    const check = { ...rowOf(7), id: 'check', route: 'health_check', keyId: null, decision: null }
    expect(replay('', [...rows, check])).toEqual(replay(''))
  })

  test('tells where requests would have gone, and what they would have cost', () => {
    const report = replay('routing: {rules: [{name: cheap, use: gpt-4o-mini}]}')
    expect(report).toMatchObject({
      moved: 100,
      targets: [
        { target: 'openai/gpt-4o-mini', before: 0, after: 100 },
        { target: 'openai/gpt-4o', before: 100, after: 0 },
      ],
      cost: { unpriced: 0 },
    })
    expect(report.cost.after).not.toBe(report.cost.before)
  })

  test('is the same every time, shares included', () => {
    const yaml =
      'routing: {rules: [{name: canary, split: [{share: 30%, use: gpt-4o-mini}]}, {name: rest, strategy: weighted}]}'
    const first = replay(yaml)
    expect(replay(yaml)).toEqual(first)
    expect(first.moved).toBeGreaterThan(15)
    expect(first.moved).toBeLessThan(45)
  })

  test('decides by what the rows hold, and names what they do not', () => {
    const yaml = `routing:
  rules:
    - {name: long, when: input_tokens > 1000, use: gpt-4o-mini}
    - {name: gold, when: metadata.tier == "gold", use: gpt-4o-mini}`
    const facts = {
      inputCharacters: 40_000,
      needs: { tools: false, vision: false, json: false },
      maxTokens: null,
    }
    const long = rowOf(500, { decision: decisionFor('openai/gpt-4o', { facts }) })
    const report = replay(yaml, [...rows, long])
    expect(report.moved).toBe(1)
    expect(report.assumptions).toEqual([{ rule: 'gold', absent: ['metadata'] }])
  })

  test('leaves out copies, and counts what cannot be decided', () => {
    const report = replay('', [
      rowOf(1, { decision: decisionFor('openai/gpt-4o', { shadow: true }) }),
      rowOf(2, { decision: null }),
      rowOf(3, { modelAsked: 'nobody-serves-this' }),
    ])
    expect(report).toMatchObject({ requests: 1, withoutDecision: 1, unserved: 1, moved: 0 })
  })

  test('does not need the keys of the providers', () => {
    expect(replay('routing: {rules: [{name: all, use: openai/gpt-4o-mini}]}').moved).toBe(100)
  })
})
