import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { factSources } from '../model-facts.ts'
import { explainFacts, mergeFacts, shareFacts, sourcesOf } from './merge-facts.ts'

const nothing = mergeFacts({})

describe('merging', () => {
  test('what nobody says is null, for every fact', () => {
    expect(new Set(Object.values(nothing))).toEqual(new Set([null]))
  })

  test('each fact is that of the most believed source that says it, also where it says no', () => {
    const facts = mergeFacts({
      configuration: { tools: false },
      listing: { tools: true, contextWindow: 2, aliases: [] },
      snapshot: { tools: true, contextWindow: 1, batch: true, aliases: ['a'] },
    })
    expect(facts).toMatchObject({ tools: false, contextWindow: 2, batch: true, aliases: [] })
  })

  test('the sources are named in their order, without those that say nothing', () => {
    expect(sourcesOf({ snapshot: { tools: true }, configuration: { batch: true }, listing: {} })).toEqual([
      'configuration',
      'snapshot',
    ])
    expect(sourcesOf({})).toEqual([])
  })

  test('who says which fact, and who said otherwise, can be asked', () => {
    const layers = {
      override: { contextWindow: 3 },
      listing: { contextWindow: 2, tools: true },
      snapshot: { contextWindow: 1 },
    }
    expect(explainFacts(layers)).toEqual([
      {
        name: 'contextWindow',
        source: 'override',
        value: 3,
        overruled: [
          { source: 'listing', value: 2 },
          { source: 'snapshot', value: 1 },
        ],
      },
      { name: 'tools', source: 'listing', value: true, overruled: [] },
    ])
  })

  test('the merged fact is always the one that is explained', () => {
    const said = fc.record(
      { contextWindow: fc.nat(), tools: fc.boolean(), title: fc.string() },
      { requiredKeys: [] },
    )
    const layers = fc.record(Object.fromEntries(factSources.map(source => [source, said])), {
      requiredKeys: [],
    })
    fc.assert(
      fc.property(layers, sources => {
        const facts: Record<string, unknown> = { ...mergeFacts(sources) }
        for (const { name, value } of explainFacts(sources)) expect(facts[name]).toBe(value)
      }),
    )
  })
})

describe('what several models share', () => {
  const left = {
    ...nothing,
    kind: 'chat',
    contextWindow: 200,
    tools: true,
    jsonSchema: true,
    input: ['text', 'image'],
  } as const
  const right = {
    ...nothing,
    kind: 'chat',
    contextWindow: 100,
    tools: null,
    jsonSchema: false,
    input: ['text'],
  } as const

  test('the smaller size, what all take, and an ability where all have it', () => {
    expect(shareFacts([left, right])).toMatchObject({
      kind: 'chat',
      contextWindow: 100,
      tools: null,
      jsonSchema: false,
      input: ['text'],
      maxOutput: null,
    })
  })

  test('of one model all is shared, of none nothing', () => {
    expect(shareFacts([left])).toEqual(left)
    expect(shareFacts([])).toEqual(nothing)
  })

  test('the order of the models does not matter', () => {
    expect(shareFacts([right, left])).toEqual(shareFacts([left, right]))
  })

  test('a size that is not known of one is not known of all', () => {
    expect(shareFacts([left, nothing]).contextWindow).toBeNull()
  })
})
