import { describe, expect, test } from 'vitest'
import { createRouteConditions } from '../../config/conditions.ts'
import { askedRequest } from './asked.fixture.ts'
import { createRuleChooser, matchNames, type Rule } from './choose-rule.ts'
import type { AskedRequest } from './request-variables.ts'
import { partAt, shareOf } from './share.ts'

const language = createRouteConditions()

function rule(name: string, when: string | null, more: Partial<Rule> = {}): Rule {
  const compiled = when === null ? null : language.compile(when)
  if (compiled?.ok === false) throw new Error(compiled.problem.message)
  return { name, condition: compiled?.condition ?? null, models: null, split: [], stickyBy: null, ...more }
}

function chooserOf(rules: readonly Rule[], failures: string[] = []) {
  return createRuleChooser({
    rules,
    keyHeader: 'x-gateway-key',
    random: () => 0.5,
    onFailure: name => failures.push(name),
  })
}

function fits(when: string, changes: Partial<AskedRequest>): boolean {
  return chooserOf([rule('it', when)]).choose(askedRequest(changes)) !== null
}

describe('a condition of a rule', () => {
  test.each<[string, Partial<AskedRequest>]>([
    ['metadata.tier == "gold"', { body: { metadata: { tier: 'gold' } } }],
    ['metadata.tier == "gold"', { headers: { 'x-llm-proxy-metadata': '{"tier":"gold"}' } }],
    ['metadata.tier == "gold"', { headers: { 'x-llm-proxy-metadata': 'team=a, tier=gold' } }],
    [
      'metadata.tier == "gold"',
      { headers: { 'x-llm-proxy-metadata': 'tier=gold' }, body: { metadata: { tier: 'x' } } },
    ],
    ['tenant == "acme" && key == "key_1" && model == "small" && operation == "chat"', {}],
    ['input_tokens == 100 && !streaming', {}],
    ['max_tokens == 50', { body: { max_completion_tokens: 50 } }],
    ['max_tokens == 50', { body: { generationConfig: { maxOutputTokens: 50 } } }],
    ['max_tokens == 0', {}],
    ['parameters.temperature > 1 && !has(parameters.messages)', { body: { temperature: 1.5, messages: [] } }],
    ['headers["x-team"] == "blue"', { headers: { 'x-team': 'blue' } }],
    ['hour == 14 && weekday == 2 && now.getMinutes() == 5', {}],
    ['user == "u1"', { body: { user: 'u1' } }],
    ['user == "u1"', { body: { metadata: { user_id: 'u1' } } }],
    ['!needs.tools && !needs.vision && !needs.json && !needs.reasoning', {}],
  ])('%s can be asked', (when, changes) => {
    expect(fits(when, changes)).toBe(true)
  })

  test.each(['authorization', 'cookie', 'api-key', 'x-gateway-key'])('never sees the header %s', name => {
    expect(fits(`headers["${name}"] != null`, { headers: { [name]: 'secret' } })).toBe(false)
  })

  test('reads what is not there as absent', () => {
    expect(fits('metadata.tier == "gold"', {})).toBe(false)
    expect(fits('metadata.tier != "gold"', {})).toBe(true)
    expect(fits('metadata.constructor != null || metadata.__proto__ != null', {})).toBe(false)
  })

  test('that fails passes its rule by, and is told', () => {
    const failures: string[] = []
    const chooser = chooserOf([rule('broken', 'metadata.tier > 3'), rule('rest', null)], failures)
    const asked = askedRequest({ body: { metadata: { tier: 'gold' } } })
    expect(chooser.choose(asked)?.rule.name).toBe('rest')
    expect(failures).toEqual(['broken'])
    expect(chooser.choose(askedRequest())?.rule.name).toBe('rest')
    expect(failures).toEqual(['broken'])
  })
})

describe('rules', () => {
  test('are looked at in their order, and the first that fits decides', () => {
    const chooser = chooserOf([
      rule('other', null, { models: ['large'] }),
      rule('night', 'hour < 6'),
      rule('all', null),
      rule('never', null),
    ])
    expect(chooser.choose(askedRequest())?.rule.name).toBe('all')
    expect(chooser.explain(askedRequest())).toEqual([
      { rule: 'other', misfit: 'other models' },
      { rule: 'night', misfit: 'its condition does not hold' },
      { rule: 'all', misfit: null },
    ])
  })

  test('fit no request where none does', () => {
    expect(chooserOf([rule('large', null, { models: ['large'] })]).choose(askedRequest())).toBe(null)
  })

  test.each<[string[], string[], string[]]>([
    [['gpt-*'], ['gpt-4', 'gpt-'], ['xgpt-4']],
    [['*-mini', 'o1'], ['a-mini', 'o1'], ['o1-x']],
    [['a*b*c'], ['abc', 'axxbyyc'], ['acb', 'ab']],
    [['*'], ['anything'], []],
    [['aba*aba'], ['abaaba'], ['aba']],
  ])('for %s take the names that look so', (patterns, taken, left) => {
    const matches = matchNames(patterns)
    expect(taken.filter(matches)).toEqual(taken)
    expect(left.filter(matches)).toEqual([])
  })
})

describe('a split', () => {
  const split = [
    { share: 0.1, use: ['canary'] },
    { share: 0.2, use: ['second'] },
  ]

  test('gives each part its share of the users, the same one to the same user', () => {
    const chooser = chooserOf([rule('canary', null, { split, stickyBy: 'user' })])
    const counts = new Map<string, number>()
    for (let index = 0; index < 10_000; index++) {
      const asked = askedRequest({ body: { user: `user-${index}` } })
      const first = chooser.choose(asked)
      expect(chooser.choose(asked)).toEqual(first)
      const name = first?.part?.use[0] ?? 'rest'
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    expect(counts.get('canary')).toBeGreaterThan(900)
    expect(counts.get('canary')).toBeLessThan(1_100)
    expect(counts.get('second')).toBeGreaterThan(1_850)
    expect(counts.get('second')).toBeLessThan(2_150)
  })

  test('is the same on every instance and in every version', () => {
    expect(shareOf('canary\nuser-1')).toBe(shareOf('canary\nuser-1'))
    expect(shareOf('canary\nuser-1').toFixed(6)).toMatchInlineSnapshot(`"0.651201"`)
  })

  test('follows metadata, headers, keys and conversations', () => {
    for (const stickyBy of ['metadata.team', 'header.X-Team', 'key', 'tenant', 'conversation']) {
      const chooser = chooserOf([rule('canary', null, { split, stickyBy })])
      const asked = askedRequest({
        headers: { 'x-team': 'blue' },
        body: { metadata: { team: 'blue' }, messages: [{ role: 'user', content: 'Hi' }] },
      })
      expect([stickyBy, chooser.choose(asked)?.draw === 0.5]).toEqual([stickyBy, false])
    }
  })

  test('leaves to chance what has no such field', () => {
    const chooser = chooserOf([rule('canary', null, { split, stickyBy: 'metadata.team' })])
    expect(chooser.choose(askedRequest())).toMatchObject({ part: null, draw: 0.5 })
  })

  test('ends where its shares end', () => {
    expect(partAt(split, 0.05)?.use).toEqual(['canary'])
    expect(partAt(split, 0.1)?.use).toEqual(['second'])
    expect(partAt(split, 0.31)).toBe(null)
  })
})
