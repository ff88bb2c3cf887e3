import { expect, test } from 'vitest'
import { parsePriceOverrides } from './price-overrides.ts'

function problemsOf(text: string) {
  const { overrides, problems } = parsePriceOverrides(text, 'prices.yaml')
  expect(overrides).toEqual([])
  return problems
}

test('dollars per million tokens become pico dollars per token', () => {
  const text = `
- provider: openai
  model: gpt-4o
  input: 2.5
  output: 10
  cache_read: 1.25
  cache_write: 0.0028
  cache_write_1h: 6
  reasoning: 0
  audio_input: 40
  audio_output: 80
- { provider: my-vllm, model: "llama-*", input: 0, output: 0 }
- { provider: openai, model: gpt-4o, service_tier: flex, input: 1.25, output: 5 }
`
  expect(parsePriceOverrides(text, 'prices.yaml')).toEqual({
    problems: [],
    overrides: [
      {
        provider: 'openai',
        model: 'gpt-4o',
        serviceTier: null,
        prices: {
          input: 2_500_000,
          output: 10_000_000,
          cacheRead: 1_250_000,
          cacheWrite5m: 2800,
          cacheWrite1h: 6_000_000,
          reasoning: 0,
          audioInput: 40_000_000,
          audioOutput: 80_000_000,
        },
      },
      { provider: 'my-vllm', model: 'llama-*', serviceTier: null, prices: { input: 0, output: 0 } },
      {
        provider: 'openai',
        model: 'gpt-4o',
        serviceTier: 'flex',
        prices: { input: 1_250_000, output: 5_000_000 },
      },
    ],
  })
})

test('JSON is read as well, and an empty file is an empty list', () => {
  const text = '[\n\t{"provider": "openai", "model": "o3", "input": 2}\n]'
  expect(parsePriceOverrides(text, 'prices.json').overrides).toHaveLength(1)
  expect(parsePriceOverrides('# none yet\n', 'prices.yaml')).toEqual({ overrides: [], problems: [] })
})

test('a mistyped field is named with its place and the field that was meant', () => {
  expect(problemsOf('- provider: openai\n  model: o3\n  input: 2\n  cache_raed: 1\n')).toEqual([
    {
      file: 'prices.yaml',
      line: 4,
      column: 3,
      path: '[0].cache_raed',
      message: '`cache_raed` is not a field of a price. Did you mean `cache_read`?',
    },
  ])
})

test.each([
  ['a negative price', '-1', 'Must not be negative.'],
  ['a price in quotes', '"2.5"', 'Must be a number: US dollars per million tokens.'],
  ['no price', '', 'Must be a number: US dollars per million tokens.'],
  ['a list', '[1]', 'Must be a number: US dollars per million tokens.'],
  ['not a number', '.nan', 'Must be a number: US dollars per million tokens.'],
  ['infinity', '.inf', 'Must be a number: US dollars per million tokens.'],
  [
    'the price of one token',
    '0.0000025',
    'Is too small for US dollars per million tokens; is it the price of one token?',
  ],
  ['a price that no model has', '2500000', 'More than 10000 US dollars per million tokens cannot be meant.'],
])('%s is refused', (_what, value, message) => {
  const problems = problemsOf(`- provider: openai\n  model: o3\n  input: ${value}\n`)
  expect(problems.map(problem => problem.message)).toEqual([message])
  expect(problems[0]).toMatchObject({ line: 3, path: '[0].input' })
})

test('every missing field is named', () => {
  const paths = problemsOf('- { output: 3 }').map(problem => problem.path)
  expect(paths).toEqual(['[0].provider', '[0].model', '[0].input'])
})

test('a name that YAML reads as a number is refused', () => {
  expect(problemsOf('- { provider: openai, model: 4, input: 1 }')[0]).toMatchObject({
    path: '[0].model',
    line: 1,
  })
})

test('two prices for the same model are refused, for two service tiers they are not', () => {
  const row = '- { provider: openai, model: o3, input: 1 }\n'
  expect(problemsOf(row + row)[0]).toMatchObject({ line: 2, path: '[1]' })
  const tiered = '- { provider: openai, model: o3, service_tier: flex, input: 1 }\n'
  expect(parsePriceOverrides(row + tiered, 'prices.yaml').problems).toEqual([])
})

test('broken YAML, a field given twice and a file that is no list are named with their line', () => {
  expect(problemsOf('- provider: "open\n')[0]?.line).toBeGreaterThan(0)
  expect(problemsOf('- { provider: a, model: b, input: 1, input: 2 }')).toHaveLength(1)
  expect(problemsOf('provider: openai\n')[0]?.message).toContain('must be a list')
  expect(problemsOf('- openai\n')[0]).toMatchObject({ path: '[0]', line: 1 })
  expect(problemsOf('- __proto__: 1\n').length).toBeGreaterThan(0)
})
