// How the bundled facts of models are put together: scripts/write-model-snapshot.ts.

import { describe, expect, test } from 'vitest'
import { applyHandKept, readHandKept } from '../scripts/model-snapshot/hand-kept.ts'
import { applyMakersWord, readMakersWord } from '../scripts/model-snapshot/makers-word.ts'
import { isModelName, sourceNames } from '../scripts/model-snapshot/providers.ts'
import { isOfVendor } from '../scripts/model-snapshot/read-genai-prices.ts'
import { createWindowReader, readLevels } from '../scripts/model-snapshot/read-pi-ai.ts'
import { fillReleaseDays, releaseDayOfName } from '../scripts/model-snapshot/release-days.ts'
import { collectNotes, type Facts, type Records } from '../scripts/model-snapshot/said.ts'
import { shareAmongHosts } from '../scripts/model-snapshot/same-model.ts'
import { settleTools } from '../scripts/model-snapshot/tools-known.ts'
import { applyVendorRules, vendorRules } from '../scripts/model-snapshot/vendor-rules.ts'
import { dayPattern } from '../src/model-facts.ts'
import { providers } from '../src/providers/index.ts'

function recordsOf(models: Record<string, Record<string, Facts>>): Records {
  return new Map(Object.entries(models).map(([type, rows]) => [type, new Map(Object.entries(rows))]))
}

describe('notes of several sources', () => {
  test('the first who says a thing is believed, and what goes in is added up', () => {
    const records = collectNotes([
      [{ provider: 'p', id: 'M', facts: { contextWindow: 1, input: ['text', 'image'] } }],
      [{ provider: 'p', id: 'm', facts: { contextWindow: 2, maxOutput: 3, input: ['pdf', 'text'] } }],
    ])
    expect([...(records.get('p') ?? [])]).toEqual([
      ['M', { contextWindow: 1, maxOutput: 3, input: ['text', 'image', 'pdf'] }],
    ])
  })

  test('rows that stand for a family of names are no models', () => {
    expect(isModelName('openai', 'ft:gpt-4o')).toBe(false)
    expect(isModelName('bedrock', 'regional.anthropic.claude-opus-4-6-v1:0')).toBe(false)
    expect(isModelName('mistral', 'devstral-small:free')).toBe(false)
    expect(isModelName('openrouter', 'qwen/qwen3-32b:free')).toBe(true)
    expect(isModelName('bedrock', 'amazon.nova-pro-v1:0')).toBe(true)
  })

  test.each([
    [
      'openai',
      ['gpt-4o', 'o3-mini', 'gpt-5.1'],
      ['gpt-oss-120b', 'gpt-oss-safeguard-20b', 'o3-mini-high', 'o4-mini-high'],
    ],
    [
      'deepseek',
      ['deepseek-chat', 'deepseek-v4-pro'],
      ['deepseek-chat-v3-0324', 'deepseek-r1-0528', 'deepseek-v3.2-exp'],
    ],
    ['xai', ['grok-4.6'], ['x-ai/grok-4.6']],
  ])('names that %s does not serve itself are none of its own', (provider, own, others) => {
    const only = sourceNames[provider]?.only ?? /./
    expect(own.filter(name => !only.test(name))).toEqual([])
    expect(others.filter(name => only.test(name))).toEqual([])
  })

  test('what a package has from another host alone is not said of the vendor', () => {
    expect(isOfVendor({ price_comments: 'Imported from OpenRouter pricing; verify against others.' })).toBe(
      false,
    )
    expect(isOfVendor({ price_comments: 'Seen on OpenRouter before OpenAI listed it.' })).toBe(false)
    expect(isOfVendor({ price_comments: 'Cheaper than OpenRouter says. Ref: the page' })).toBe(true)
    expect(isOfVendor({})).toBe(true)
  })

  test('every type of the sources is a type of provider', () => {
    const types = new Set(providers.map(({ type }) => type))
    expect(Object.keys(sourceNames).filter(type => !types.has(type))).toEqual([])
  })

  test.each([
    ['nothing is said', undefined, null],
    ['only that it always thinks', { off: null }, null],
    ['the usual ones and one more', { max: 'max' }, ['low', 'medium', 'high', 'max']],
    ['some that it lacks', { low: null, medium: null, high: 'high', max: 'max' }, ['high', 'max']],
    [
      'that it can be told not to think',
      { off: 'none', low: null, medium: null, high: 'high' },
      ['none', 'high'],
    ],
    [
      'words of the vendor',
      { minimal: 'MINIMAL', low: null, medium: null, high: 'HIGH' },
      ['minimal', 'high'],
    ],
    ['two that are one', { minimal: 'low', max: 'max' }, ['low', 'medium', 'high', 'max']],
  ])('levels of effort: %s', (_what, levels, expected) => {
    expect(readLevels(levels)).toEqual(expected)
  })
})

test('a window that ends where the dearer prices begin is that of the same model elsewhere', () => {
  const tiers = [{ inputTokensAbove: 272_000 }]
  const thrifty = { id: 'gpt-x', contextWindow: 272_000, cost: { cacheRead: 0, tiers } }
  const whole = { id: 'openai/gpt-x', contextWindow: 1_050_000, cost: { cacheRead: 0, tiers } }
  const other = { id: 'other', contextWindow: 8192, cost: { cacheRead: 0 } }
  const windowOf = createWindowReader([thrifty, whole, other])
  expect([thrifty, whole, other].map(windowOf)).toEqual([1_050_000, 1_050_000, 8192])
  expect(createWindowReader([thrifty])(thrifty)).toBeNull()
})

describe('the same model at several hosts', () => {
  test('what its maker says of it holds everywhere, what a host decides does not', () => {
    const records = recordsOf({
      anthropic: {
        'claude-x-4.5': { contextWindow: 9, tools: true, reasoning: true, knowledgeCutoff: '2026-01' },
      },
      bedrock: { 'eu.anthropic.claude-x-4-5-v1:0': {} },
    })
    shareAmongHosts(records)
    expect(records.get('bedrock')?.get('eu.anthropic.claude-x-4-5-v1:0')).toEqual({
      reasoning: true,
      knowledgeCutoff: '2026-01',
    })
  })

  test('a further name at the same host has its limits as well', () => {
    const records = recordsOf({
      bedrock: {
        'anthropic.claude-x': { title: 'X', contextWindow: 9, tools: true },
        'eu.anthropic.claude-x': {},
      },
    })
    shareAmongHosts(records)
    expect(records.get('bedrock')?.get('eu.anthropic.claude-x')).toEqual({ contextWindow: 9, tools: true })
  })

  test('an answer is not longer than the window, and who does not think has no levels of it', () => {
    const records = recordsOf({
      p: { m: { contextWindow: 5, maxOutput: 6, reasoning: false, reasoningLevels: ['low'] } },
    })
    shareAmongHosts(records)
    expect(records.get('p')?.get('m')).toEqual({ contextWindow: 5, reasoning: false })
  })
})

describe('the day of release', () => {
  test.each([
    ['gpt-4o-2024-08-06', '2024-08-06'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', '2025-09-29'],
    ['claude-opus-4-1@20250805', '2025-08-05'],
    ['gpt-4-0613', '2023-06-13'],
    ['gpt-4-0125-preview', '2024-01-25'],
    ['gemini-2.5-pro-preview-05-06', '2025-05-06'],
    ['gemini-2.5-flash-lite-preview-09-2025', '2025-09'],
    ['command-a-03-2025', '2025-03'],
    ['Qwen/Qwen3-235B-A22B-Instruct-2507', '2025-07'],
    ['doubao-1-5-pro-250115', '2025-01-15'],
  ])('%s tells it: %s', (id, day) => {
    expect(releaseDayOfName(id, '2026-11-24')).toBe(day)
  })

  test.each([
    ['of a version', 'mistral-large-4-0-8'],
    ['of a size', 'llama3-8b-8192'],
    ['without a year that is known', 'other-model-0613'],
    ['that no calendar has', 'model-20250631'],
    ['that is a part of a longer number', 'model-120250601'],
    ['after the day of the data', 'model-2026-11-25'],
    ['after the month of the data', 'model-2612'],
    ['that is known to be wrong', 'qwen/qwen3-coder-next-2025-02-03'],
  ])('numbers %s tell none', (_what, id) => {
    expect(releaseDayOfName(id, '2026-11-24')).toBeNull()
  })

  test('a source is believed before the name, and a name without a date is as old as its one version', () => {
    const records = recordsOf({
      p: {
        'one-20250514': { releasedOn: '2025-05-22' },
        one: { aliases: ['one-20250514'] },
        'two-20260101': {},
        two: {},
        'many-20250101': {},
        'many-20250601': {},
        many: {},
        'moving-2025-07-28': {},
        moving: {},
      },
    })
    fillReleaseDays(records, '2026-11-24')
    const dayOf = (id: string) => records.get('p')?.get(id)?.releasedOn
    expect(['one-20250514', 'one', 'two', 'many', 'moving'].map(dayOf)).toEqual([
      '2025-05-22',
      '2025-05-22',
      '2026-01-01',
      undefined,
      undefined,
    ])
  })

  test('what a maker announced wins over the packages at every host, and names its page', () => {
    const records = recordsOf({
      openrouter: { 'openai/o3-mini': { releasedOn: '2024-12-20', tools: true } },
    })
    const announcements = readMakersWord()
    applyMakersWord(records, announcements)
    expect(records.get('openrouter')?.get('openai/o3-mini')).toEqual({
      releasedOn: '2025-01-31',
      tools: true,
    })
    for (const { link, releasedOn } of announcements) {
      expect(link).toMatch(/^https:\/\//)
      expect(releasedOn).toMatch(dayPattern)
    }
  })
})

describe('what vendors say of all their models', () => {
  test('each rule names the page and types that there are', () => {
    const types = new Set(providers.map(({ type }) => type))
    for (const { link, providers: named } of vendorRules) {
      expect(link).toMatch(/^https:\/\//)
      for (const type of named) expect(types).toContain(type)
    }
  })

  test('a rule fills in what is not known, and contradicts no source', () => {
    const records = recordsOf({
      anthropic: {
        'claude-haiku-4-5': { kind: 'chat', batch: false },
        'claude-2.1': { kind: 'chat' },
        'not-known': {},
      },
    })
    applyVendorRules(records)
    expect(records.get('anthropic')?.get('claude-haiku-4-5')).toMatchObject({
      batch: false,
      jsonSchema: true,
      streaming: true,
    })
    expect(records.get('anthropic')?.get('claude-2.1')).toMatchObject({ jsonSchema: false })
    expect(records.get('anthropic')?.get('not-known')).toEqual({})
  })

  test('who cannot call tools cannot call several', () => {
    const records = recordsOf({ openai: { 'gpt-4o': { kind: 'chat', tools: false } } })
    applyVendorRules(records)
    expect(records.get('openai')?.get('gpt-4o')).not.toHaveProperty('parallelTools')
  })
})

describe('who calls several tools at once', () => {
  const parallel = { parallelTools: true }
  const settled = (models: Record<string, Record<string, Facts>>) => {
    const records = recordsOf(models)
    settleTools(records)
    return records
  }

  test('calls tools, where that is known of another name of the model or at another host', () => {
    const records = settled({
      maker: { 'm-latest': parallel, n: parallel, o: { ...parallel, aliases: ['p-1'] } },
      host: { 'maker/m-20260101': { tools: true }, 'maker/n': { tools: true }, 'p-1': { tools: true } },
    })
    for (const facts of records.get('maker')?.values() ?? [])
      expect(facts).toMatchObject({ tools: true, parallelTools: true })
  })

  test('and of others nothing is said, as of those of whom hosts say both', () => {
    const records = settled({
      maker: { m: parallel, n: parallel },
      host: { n: { tools: true }, 'n-latest': { tools: false } },
    })
    expect([...(records.get('maker')?.values() ?? [])]).toEqual([{}, {}])
  })

  test('and one that calls none at once keeps that', () => {
    const records = settled({ maker: { m: { parallelTools: false }, n: { tools: false } } })
    expect([...(records.get('maker')?.values() ?? [])]).toEqual([{ parallelTools: false }, { tools: false }])
  })
})

describe('what is kept by hand', () => {
  const pages = readHandKept()
  const rows = pages.flatMap(page => page.rows)

  test('every page has its link, and every day is one', () => {
    for (const { link } of pages) expect(link).toMatch(/^https:\/\//)
    const days = rows
      .flatMap(({ deprecatedOn, retiresOn }) => [deprecatedOn, retiresOn])
      .filter(day => day !== undefined)
    expect(days.length).toBeGreaterThan(100)
    for (const day of days) expect(day).toMatch(dayPattern)
  })

  test('it wins over the sources, for all names of the model, and adds models only where its page lists them', () => {
    const page = (adds: boolean) => ({
      provider: 'p',
      link: 'https://example.com',
      adds,
      rows: [{ names: ['m', 'm-2026'], retiresOn: '2027-01-01' }],
    })
    const known = recordsOf({ p: { 'm-2026': { retiresOn: '2026-01-01', tools: true } } })
    applyHandKept(known, [page(false)])
    expect([...(known.get('p') ?? [])]).toEqual([
      ['m-2026', { retiresOn: '2027-01-01', tools: true, aliases: ['m'] }],
    ])
    const empty = recordsOf({})
    applyHandKept(empty, [page(true)])
    expect([...(empty.get('p')?.keys() ?? [])]).toEqual(['m'])
  })
})
