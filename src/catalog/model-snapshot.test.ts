import { expect, test } from 'vitest'
import { providers } from '../providers/index.ts'
import { kindOfName } from './model-kind.ts'
import { bareName } from './model-names.ts'
import { abilities, createRowReader, readModelSnapshot } from './model-snapshot.ts'
import { createModelTable } from './model-table.ts'

const snapshot = readModelSnapshot()
const factsOfRow = createRowReader()
const rows = Object.entries(snapshot.models).flatMap(([provider, models]) =>
  models.map(row => ({ name: `${provider}/${row.id}`, row })),
)

function namesOf(fails: (row: (typeof rows)[number]['row']) => boolean): string[] {
  return rows.filter(({ row }) => fails(row)).map(({ name }) => name)
}

test('there are at least 1,500 models', () => {
  expect(rows.length).toBeGreaterThanOrEqual(1500)
})

test.each(
  providers.filter(({ type, models }) => type !== 'simulator' && models.length > 0).map(({ type }) => type),
)('%s is there, with every model that it serves without a configuration', type => {
  const known = new Set(snapshot.models[type]?.flatMap(({ id, aliases = [] }) => [id, ...aliases]))
  const models = providers.find(provider => provider.type === type)?.models ?? []
  expect(models.filter(model => !known.has(model))).toEqual([])
})

test('no model that is served without a configuration was retired when the bundle was made, or is within 30 days', () => {
  const soon = new Date(Date.parse(snapshot.madeOn) + 30 * 86_400_000).toISOString().slice(0, 10)
  const table = createModelTable(snapshot)
  const retiring = providers.flatMap(({ type, models }) =>
    models.flatMap(model => {
      const { retiresOn, replacedBy = null } = type === 'simulator' ? {} : table.factsOf(type, model)
      return retiresOn !== undefined && retiresOn <= soon ? [{ type, model, retiresOn, replacedBy }] : []
    }),
  )
  expect(retiring).toEqual([])
})

test('a name stands once for each provider', () => {
  for (const models of Object.values(snapshot.models)) {
    const names = models.map(({ id }) => id.toLowerCase())
    expect(new Set(names).size).toBe(names.length)
  }
})

test('sizes are whole numbers of a size that models have, and an answer fits into its window', () => {
  const isSize = (size: number | undefined) =>
    size === undefined || (Number.isSafeInteger(size) && size >= 128 && size <= 20_000_000)
  expect(namesOf(({ context, maxOutput }) => !isSize(context) || !isSize(maxOutput))).toEqual([])
  expect(namesOf(({ context = Number.POSITIVE_INFINITY, maxOutput = 0 }) => maxOutput > context)).toEqual([])
})

test('days are days, and none comes before the one that must precede it', () => {
  const isDay = (day: string | undefined) => day === undefined || /^20\d\d-[01]\d(?:-[0-3]\d)?$/.test(day)
  expect(
    namesOf(row => ![row.knowledge, row.released, row.deprecated, row.retires].every(day => isDay(day))),
  ).toEqual([])
  expect(
    namesOf(
      ({ deprecated, retires }) => deprecated !== undefined && retires !== undefined && retires < deprecated,
    ),
  ).toEqual([])
  expect(
    namesOf(({ released, retires }) => released !== undefined && retires !== undefined && retires < released),
  ).toEqual([])
})

test('nothing is released after the day of the data, and what makers announced stands at every host', () => {
  expect(namesOf(({ released = '' }) => released > snapshot.madeOn)).toEqual([])
  const daysOf = (name: string) =>
    new Set(rows.filter(({ row }) => bareName(row.id) === name).map(({ row }) => row.released))
  expect([...daysOf('o3-mini')]).toEqual(['2025-01-31'])
  expect([...daysOf('o3-deep-research')]).toEqual(['2025-06-26'])
  expect([...daysOf('o4-mini-deep-research')]).toEqual(['2025-06-26'])
  expect([...daysOf('gpt-4')]).toEqual(['2023-03-14'])
  expect([...daysOf('qwen3-32b')]).toEqual(['2025-04-28'])
})

test('what was switched off years ago does not stand there as if it could be asked', () => {
  const gone = {
    openai: ['gpt-3.5-turbo-0301', 'gpt-4-0314', 'gpt-4-32k-0314', 'text-ada-001'],
    anthropic: ['claude-2', 'claude-v1'],
    gemini: ['gemini-1.0-pro', 'gemini-1.5-flash', 'gemini-1.5-flash-8b', 'gemini-1.5-pro'],
    groq: ['gemma2-9b-it', 'llama3-70b-8192', 'mixtral-8x7b-32768'],
    mistral: ['open-mistral-7b', 'open-mixtral-8x7b'],
  }
  for (const [provider, ids] of Object.entries(gone))
    for (const id of ids)
      expect(snapshot.models[provider]?.find(row => row.id === id)?.retires, id).toMatch(/^202[45]-/)
})

test('what a model can and cannot do are words that we know, and none is both', () => {
  const words = new Set(Object.keys(abilities))
  const split = (text = '') => text.split(' ').filter(word => word !== '')
  expect(
    namesOf(({ can, cannot }) => [...split(can), ...split(cannot)].some(word => !words.has(word))),
  ).toEqual([])
  expect(namesOf(({ can, cannot }) => split(can).some(word => split(cannot).includes(word)))).toEqual([])
  expect(
    namesOf(({ can, cannot }) => split(can).includes('parallel_tools') && split(cannot).includes('tools')),
  ).toEqual([])
})

test('who calls several tools at once calls tools', () => {
  const split = (text = '') => text.split(' ')
  expect(
    namesOf(({ can }) => split(can).includes('parallel_tools') && !split(can).includes('tools')),
  ).toEqual([])
})

test('modalities and levels are words that we know', () => {
  const modality = /^(?:(?:text|image|pdf|audio|video|embedding)(?: |$))*$/
  expect(namesOf(({ input = '', output = '' }) => !modality.test(input) || !modality.test(output))).toEqual(
    [],
  )
  const level = /^(?:(?:none|minimal|low|medium|high|xhigh|max)(?: |$))*$/
  expect(namesOf(({ levels = '' }) => !level.test(levels))).toEqual([])
})

test('a guard is no chat model anywhere', () => {
  const guards = rows.filter(({ row }) => kindOfName(row.id) === 'moderation')
  expect(guards.map(({ name }) => name)).toContain('groq/meta-llama/llama-guard-4-12b')
  expect(guards.filter(({ row }) => row.kind !== 'moderation')).toEqual([])
})

test('a kind that the name tells is the kind, but where a source knows that the model is asked in a conversation', () => {
  const contradicting = rows.filter(({ row }) => {
    const named = kindOfName(row.id)
    return named !== null && row.kind !== named && row.kind !== 'chat' && row.kind !== 'image'
  })
  expect(contradicting.map(({ name }) => name)).toEqual([])
})

test('what is long known of well-known models is what stands there', () => {
  const find = (provider: string, id: string) => {
    const row = snapshot.models[provider]?.find(known => known.id === id)
    return row === undefined ? null : factsOfRow(row)
  }
  expect(find('anthropic', 'claude-haiku-4-5')).toMatchObject({
    title: 'Claude Haiku 4.5',
    ownedBy: 'anthropic',
    kind: 'chat',
    contextWindow: 200_000,
    maxOutput: 64_000,
    input: ['text', 'image', 'pdf'],
    tools: true,
    jsonSchema: true,
    reasoning: true,
    streaming: true,
    promptCaching: true,
    batch: true,
    license: 'proprietary',
  })
  expect(find('openai', 'gpt-4o')).toMatchObject({
    contextWindow: 128_000,
    maxOutput: 16_384,
    reasoning: false,
  })
  const longInput = { contextWindow: 1_048_576, maxOutput: 65_536 }
  expect(find('gemini', 'gemini-2.5-flash-lite-preview-06-17')).toMatchObject(longInput)
  expect(find('gemini', 'gemini-2.5-flash-lite-preview-09-2025')).toMatchObject(longInput)
  expect(find('vertex', 'gemini-2.5-flash-lite-preview-06-17')).toMatchObject(longInput)
  expect(find('openai', 'gpt-5-pro-2025-10-06')).toMatchObject({ contextWindow: 400_000, maxOutput: 272_000 })
  // A host sets days of its own.
  expect(find('azure', 'gpt-4.1')).toMatchObject({ retiresOn: '2027-04-14' })
  expect(find('bedrock', 'eu.anthropic.claude-sonnet-4-20250514-v1:0')).toMatchObject({
    retiresOn: '2026-10-14',
  })
  expect(find('openai', 'gpt-5.4')).toMatchObject({ contextWindow: 1_050_000 })
  expect(find('openai', 'text-embedding-3-small')).toMatchObject({ kind: 'embedding', output: ['embedding'] })
  expect(find('cohere', 'rerank-v3.5')).toMatchObject({ kind: 'rerank', ownedBy: 'cohere' })
  expect(find('groq', 'whisper-large-v3')).toMatchObject({
    kind: 'transcription',
    input: ['audio'],
    output: ['text'],
  })
  expect(find('groq', 'openai/gpt-oss-120b')).toMatchObject({
    ownedBy: 'openai',
    license: 'Apache-2.0',
    reasoningLevels: ['low', 'medium', 'high'],
    parallelTools: false,
  })
})

test('every source is named with its licence', () => {
  expect(snapshot.sources.length).toBeGreaterThan(0)
  for (const source of snapshot.sources) expect(source).toMatchObject({ license: 'MIT' })
})

test('what a row leaves out is not said, and an ability that is denied is said to be denied', () => {
  expect(factsOfRow({ id: 'm' })).toEqual({})
  expect(
    factsOfRow({ id: 'm', can: 'tools caching', cannot: 'json_schema', input: 'text pdf', levels: '' }),
  ).toEqual({
    tools: true,
    promptCaching: true,
    jsonSchema: false,
    input: ['text', 'pdf'],
    reasoningLevels: [],
  })
})
