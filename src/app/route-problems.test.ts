import { expect, test } from 'vitest'
import { configurationOf, loadText } from '../../test/fixtures/load-configuration.ts'
import { createManualClock } from '../lib/clock.ts'
import { findModelProblems } from './build-snapshot.ts'

function problemsOf(rules: string): readonly string[] {
  const text = `providers: [{type: openai, api_key: k, models: [gpt-4o, gpt-4o-mini]}]\nrouting: {rules: [${rules}]}`
  const fetchMedia = () => Promise.reject(new Error('nothing is asked here'))
  return findModelProblems(configurationOf(loadText(text)), {
    clock: createManualClock(),
    plugins: [],
    fetchMedia,
  })
}

test.each([
  [
    'behind a rule without a condition',
    '{name: all}, {name: late, when: hour > 3}',
    ['The routing rule `late` is never reached: `all` before it takes all requests for its models.'],
  ],
  [
    'behind a rule for more models',
    '{name: wide, models: gpt-*}, {name: late, models: [gpt-4o]}',
    ['The routing rule `late` is never reached: `wide` before it takes all requests for its models.'],
  ],
  [
    'behind the same condition, written otherwise',
    '{name: one, when: "hour>3 && streaming"}, {name: two, when: "(hour > 3) && (streaming)"}',
    ['The routing rule `two` is never reached: `one` before it has the same condition.'],
  ],
  [
    'a condition that never holds',
    '{name: off, when: "1 > 2"}',
    ['The routing rule `off` is never used: its condition never holds.'],
  ],
  [
    'names that lead nowhere',
    '{name: typo, use: gpt-4o-mni, split: [{share: 5%, use: gpt-4o}], fallbacks: {context_length: nothing-like-it}}',
    [
      'The routing rule `typo` names `gpt-4o-mni`, which nobody serves. Did you mean `gpt-4o-mini` or `gpt-4o`?',
      'The routing rule `typo` names `nothing-like-it`, which nobody serves.',
    ],
  ],
  [
    'models that nobody serves',
    '{name: ghost, models: [phantom], strategy: adaptive}',
    ['The routing rule `ghost` names `phantom`, which nobody serves.'],
  ],
])('is told of: %s', (_, rules, problems) => {
  expect(problemsOf(rules)).toEqual(problems)
})

test.each([
  '{name: gold, when: "metadata.tier == \\"gold\\""}, {name: all}',
  '{name: small, models: gpt-4o-mini}, {name: large, models: gpt-4o}',
  '{name: virtual, models: [my-model], use: gpt-4o}',
])('is nothing wrong with: %s', rules => {
  expect(problemsOf(rules)).toEqual([])
})
