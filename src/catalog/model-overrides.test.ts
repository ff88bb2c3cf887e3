import { expect, test } from 'vitest'
import { parseModelOverrides } from './model-overrides.ts'

function problemsOf(text: string) {
  const { overrides, problems } = parseModelOverrides(text, 'models.yaml')
  expect(overrides.size).toBe(0)
  return problems
}

test('every fact may be written, in YAML', () => {
  const text = `
local/llama-3.3:
  title: Our Llama
  owned_by: meta
  kind: chat
  context_window: 32768
  max_output: 4096
  input: [text, image]
  output: [text]
  tools: true
  parallel_tools: false
  json_schema: true
  reasoning: false
  reasoning_levels: []
  streaming: true
  prompt_caching: false
  batch: false
  knowledge_cutoff: 2023-12
  released_on: 2024-12-06
  deprecated_on: 2026-12-01
  retires_on: 2027-01-31
  replaced_by: llama-4
  license: llama3.3
  aliases: [llama]
gpt-4o: { context_window: 64000 }
`
  const { overrides, problems } = parseModelOverrides(text, 'models.yaml')
  expect(problems).toEqual([])
  expect(overrides.get('local/llama-3.3')).toEqual({
    title: 'Our Llama',
    ownedBy: 'meta',
    kind: 'chat',
    contextWindow: 32_768,
    maxOutput: 4096,
    input: ['text', 'image'],
    output: ['text'],
    tools: true,
    parallelTools: false,
    jsonSchema: true,
    reasoning: false,
    reasoningLevels: [],
    streaming: true,
    promptCaching: false,
    batch: false,
    knowledgeCutoff: '2023-12',
    releasedOn: '2024-12-06',
    deprecatedOn: '2026-12-01',
    retiresOn: '2027-01-31',
    replacedBy: 'llama-4',
    license: 'llama3.3',
    aliases: ['llama'],
  })
  expect(overrides.get('gpt-4o')).toEqual({ contextWindow: 64_000 })
})

test('JSON is read as well, and an empty file says nothing', () => {
  expect(parseModelOverrides('{\n\t"m": {"tools": true}\n}', 'm.json').overrides.get('m')).toEqual({
    tools: true,
  })
  expect(parseModelOverrides('# none yet\n', 'models.yaml')).toEqual({ overrides: new Map(), problems: [] })
})

test('a mistyped field is named with its place and the field that was meant', () => {
  expect(problemsOf('gpt-4o:\n  context_windw: 1\n')).toEqual([
    {
      file: 'models.yaml',
      line: 2,
      column: 3,
      path: 'gpt-4o.context_windw',
      message: '`context_windw` is not known of a model. Did you mean `context_window`?',
    },
  ])
})

test.each([
  ['context_window: 1.5', 'Must be a whole number of tokens.'],
  ['context_window: 0', 'Must be a whole number of tokens.'],
  ['context_window: 128k', 'Must be a whole number of tokens.'],
  ['tools: "yes"', 'Must be true or false.'],
  ['tools:', 'Must be true or false.'],
  ['kind: vision', 'Must be one of chat,'],
  ['input: text', 'Must be a list of text,'],
  ['input: [smell]', 'Must be a list of text,'],
  ['aliases: [1]', 'Must be a list of texts.'],
  ['released_on: soon', 'Must be a day such as'],
  ['retires_on: 2026-13-01', 'Must be a day such as'],
  ['title: 4', 'Must be a text'],
  ['prices: 3', '`prices` is not known of a model.'],
  ['__proto__: 3', 'is not known of a model.'],
])('%s is refused', (line, message) => {
  const [problem] = problemsOf(`m:\n  ${line}\n`)
  expect(problem?.message).toContain(message)
  expect(problem?.line).toBe(2)
})

test('a file that is no mapping, a model that is none, and broken YAML are named with their line', () => {
  expect(problemsOf('- m\n')[0]?.message).toContain('must be a mapping of models')
  expect(problemsOf('m: 3\n')[0]).toMatchObject({ path: 'm', line: 1 })
  expect(problemsOf('m:\n')[0]).toMatchObject({ path: 'm', line: 1 })
  expect(problemsOf('m: { tools: true }\nm: { tools: false }\n')[0]?.line).toBe(2)
  expect(problemsOf('m: "open\n')[0]?.line).toBeGreaterThan(0)
})
