import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { formatProblem } from '../config/describe.ts'
import { findPlugins } from '../config/plugins.ts'
import { makeSettings, testKey } from '../providers/settings.fixture.ts'
import { loadPlugins } from './plugins.ts'

/** Loads modules of these texts, named in a configuration in this order. */
async function load(...modules: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-plugins-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const paths = modules.map((text, index) => {
    if (text !== '') writeFileSync(join(folder, `${index}.mjs`), text)
    return `  - ./${index}.mjs`
  })
  const file = join(folder, 'config.yaml')
  writeFileSync(file, ['plugins:', ...paths].join('\n'))
  const loaded = await loadPlugins(findPlugins({ file, environment: {} }))
  return { ...loaded, said: loaded.problems.map(problem => formatProblem(problem).replace(`${folder}/`, '')) }
}

test('data makes a provider that speaks as OpenAI does', async () => {
  const { providers, problems } = await load(
    `export const provider = {
      type: 'acme', title: 'Acme', baseUrl: 'https://api.acme.example/v1', keyVariables: ['ACME_KEY'],
      operations: ['chat', 'speech'], parameters: { store: 'drop' },
    }`,
  )
  expect(problems).toEqual([])
  const [acme] = providers
  expect(acme).toMatchObject({
    type: 'acme',
    keyVariables: ['ACME_KEY'],
    formats: { chat: ['openai-chat'], speech: ['openai-speech'] },
    parameters: { store: 'drop' },
    streamUsage: 'ask',
  })
  const destination = { operation: 'chat', format: 'openai-chat', model: 'm', streaming: false } as const
  expect(acme?.pathFor(destination, makeSettings())).toBe('/chat/completions')
  expect(acme?.headersFor(testKey, makeSettings())).toEqual(['authorization', 'Bearer sk-test'])
})

test('a whole provider keeps its own functions, and needs no address where it answers by itself', async () => {
  const { providers } = await load(
    `export default {
      type: 'own', formats: { chat: ['openai-chat'] },
      pathFor: () => '/talk', headersFor: () => ['x-key', '1'],
      answer: async () => ({ status: 200, headers: {}, body: Buffer.from('{}') }),
    }`,
  )
  const [own] = providers
  const destination = { operation: 'chat', format: 'openai-chat', model: 'm', streaming: false } as const
  expect(own?.pathFor(destination, makeSettings())).toBe('/talk')
  expect(own?.headersFor(null, makeSettings())).toEqual(['x-key', '1'])
  expect(own).toMatchObject({
    title: 'own',
    baseUrl: 'https://plugin.invalid/v1',
    answer: expect.any(Function),
  })
})

test('one module may bring several', async () => {
  const { providers } = await load(`export const providers = [{ type: 'one' }, { type: 'two' }]`)
  expect(providers.map(({ type }) => type)).toEqual(['one', 'two'])
})

test.each([
  ['', 'cannot be loaded: Cannot find module'],
  ['export const provider = {', 'cannot be loaded: '],
  ['throw new Error("no luck")', 'cannot be loaded: no luck'],
  ['export const other = 1', 'exports no `provider`'],
  ['export const provider = 7', 'exports a `provider` that is no object'],
  ['export const provider = { type: "Not A Word" }', 'whose `type` is not a word'],
  ['export const provider = { type: "openai" }', 'brings the type openai, which is built in'],
  ['export const provider = { type: "grok" }', 'brings the type grok, which is built in'],
  [
    'export const provider = { type: "x", formats: { chat: ["nobody-speaks-it"] } }',
    'unknown format "nobody-speaks-it"',
  ],
  ['export const provider = { type: "x", formats: {} }', 'which offers nothing'],
  ['export const provider = { type: "x", operations: ["chat"], formats: {} }', 'one of them is meant'],
  ['export const provider = { type: "x", answer: 1 }', 'whose `answer` is no function'],
])('the module %j is refused at its place', async (text, words) => {
  const { providers, said } = await load(text)
  expect(providers).toEqual([])
  expect(said).toHaveLength(1)
  expect(said[0]).toContain('config.yaml:2:5')
  expect(said[0]).toContain(words)
})

test('a type that comes twice is refused, and what else is right is kept', async () => {
  const { providers, said } = await load(
    `export const provider = { type: 'one' }`,
    `export const provider = { type: 'one' }`,
    `export const provider = { type: 'two' }`,
  )
  expect(providers.map(({ type }) => type)).toEqual(['one', 'two'])
  expect(said).toEqual([expect.stringContaining('config.yaml:3:5')])
})

test('what is no path of a file is left to the check of the whole configuration', () => {
  const text = 'plugins: [some-package, "https://example.com/x.mjs", 7]'
  const { paths } = findPlugins({ file: 'config.yaml', environment: {}, readFile: () => text })
  expect(paths).toEqual([])
})

test('a provider lists its models as OpenAI does, unless it speaks otherwise or says how', async () => {
  const { providers, said } = await load(
    `export const provider = { type: 'acme', baseUrl: 'https://api.acme.example/v1' }`,
    `export const provider = {
      type: 'own', baseUrl: 'https://own.example', formats: { chat: ['gemini'] },
      pathFor: () => '/talk', headersFor: () => [],
    }`,
    `export const provider = { type: 'broken', baseUrl: 'https://own.example', listing: { first: 7 } }`,
  )
  const [acme, own] = providers
  expect(acme?.listing?.first(makeSettings()).path).toBe('/models')
  expect(own).not.toHaveProperty('listing')
  expect(said.join()).toContain('exports the provider broken whose `listing` lacks `first` or `readPage`')
})
