import { expect, test } from 'vitest'
import { configurationOf, loadText, problemsOf } from '../../test/fixtures/load-configuration.ts'

test('a rule has what it says, and else what holds for all', () => {
  const { routing } = configurationOf(
    loadText(`
routing:
  strategy: least_latency
  defaults: {rescue: auto, max_limit_wait: 5s}
  rules:
    - name: canary
      models: small
      split: [{share: 10%, use: large}, {share: 0.2, use: [a, b]}]
      sticky_by: metadata.team
      rescue: buffer
      hedge: {after: 2s, max_cost: 0.01}
      failover_statuses: [409]
`),
  )
  expect(routing).toMatchObject({
    strategy: 'least_latency',
    defaults: { rescue: 'auto', hedge: null, maxLimitWaitMs: 5_000 },
    rules: [
      {
        models: ['small'],
        when: null,
        split: [
          { share: 0.1, use: ['large'] },
          { share: 0.2, use: ['a', 'b'] },
        ],
        stickyBy: 'metadata.team',
        policy: {
          rescue: 'buffer',
          hedge: { afterMs: 2_000, maxShare: 0.05, maxCostNanoUsd: 10_000_000 },
          maxLimitWaitMs: 5_000,
          failoverStatuses: [409],
        },
      },
    ],
  })
})

test('groups have strategies and weights', () => {
  const text = 'models: {groups: {g: {targets: [a, {model: b, weight: 3}], strategy: weighted}, h: [c]}}'
  const { models, routing } = configurationOf(loadText(text))
  expect(models.groups).toEqual({ g: ['a', 'b'], h: ['c'] })
  expect(routing.groups).toEqual({ g: { strategy: 'weighted', weights: { b: 3 } } })
})

test('mistakes in rules are told at their places', () => {
  const text = `routing:
  rules:
    - name: one
      when: metadata.tier = "gold"
    - name: one
      when: input_token > 3
      split: [{share: 60%, use: a}, {share: 50%, use: b}]
      sticky_by: colour
    - name: three
      when: tenant.matches("(a")`
  expect(problemsOf(loadText(text))).toEqual([
    expect.stringMatching(/^config\.yaml:4:13 routing\.rules\[0\]\.when: .*, at character 15$/),
    'config.yaml:5:13 routing.rules[1].name: rules[0] has the same name',
    'config.yaml:6:13 routing.rules[1].when: Unknown variable: input_token, at character 1',
    'config.yaml:7:14 routing.rules[1].split: the shares come to 110%, more than 100%',
    'config.yaml:8:18 routing.rules[1].sticky_by: must be `user`, `key`, `tenant`, `conversation`, `metadata.NAME` or `header.NAME`',
    'config.yaml:10:13 routing.rules[2].when: the pattern has a `(` without its `)`, at character 16',
  ])
})
