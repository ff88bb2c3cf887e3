// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the file's syntax is that of templates
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { configSchemaFile, configSchemaJson } from '../../scripts/write-config-schema.ts'
import { configurationOf, loadText } from '../../test/fixtures/load-configuration.ts'
import { configurationJsonSchema } from './json-schema.ts'

const example = readFileSync('config.example.yaml', 'utf8')

/** The example with everything in it that is set off by a `#` right before a key, or before its indentation. */
const complete = example.replaceAll(/^(\s*)#(?=\S|\s{2})/gm, '$1')
const environment = {
  GATEWAY_KEY: 'k',
  OPENAI_KEY_OF_TEAM_A: 'a',
  OPENAI_KEY_OF_TEAM_B: 'b',
  OPENAI_KEY_OF_TEAM_C: 'c',
  MY_AWS_ID: 'id',
  MY_AWS_SECRET: 'secret',
  MY_AWS_TOKEN: 'token',
  REDIS_PASSWORD: 'password',
}

test('the schema for editors is up to date (npm run docs)', () => {
  expect(readFileSync(configSchemaFile, 'utf8')).toBe(configSchemaJson())
})

test('the example names the schema for editors in its first line', () => {
  expect(example.split('\n')[0]).toBe(`# yaml-language-server: $schema=./${configSchemaFile}`)
})

test('the example as it stands means the defaults', () => {
  const { version: _, providers, ...rest } = configurationOf(loadText(example))
  const { version: __, providers: ___, ...defaults } = configurationOf(loadText(''))
  expect(rest).toEqual(defaults)
  expect(providers).toMatchObject([{ name: 'openai', missingKeyVariables: ['OPENAI_API_KEY'] }])
})

test('the example loads with everything in it set', () => {
  const configuration = configurationOf(loadText(complete, environment))
  expect(configuration.providers.map(provider => provider.name)).toEqual([
    'openai',
    'azure-europe',
    'bedrock-europe',
    'vertex-europe',
    'local',
    'mistral-by-sdk',
  ])
  expect(configuration.notBuilt).toEqual(['condensation', 'caching', 'memory', 'telemetry', 'alerts'])
})

test('what the example shows as a default is the default', () => {
  const { timeouts, maxRetries, priority, enabled } =
    configurationOf(loadText(complete, environment)).providers[0] ?? {}
  const [bare] = configurationOf(loadText('providers: [{type: openai}]')).providers
  expect({ timeouts, maxRetries, priority, enabled }).toEqual({
    timeouts: bare?.timeouts,
    maxRetries: bare?.maxRetries,
    priority: bare?.priority,
    enabled: bare?.enabled,
  })
})

test('the example shows every key that there is, and every key is described', () => {
  const shown = new Set(pathsIn(parse(complete)))
  const known = keysOf(configurationJsonSchema() as SchemaNode)
  expect(known.length).toBeGreaterThan(100)
  expect(known.filter(({ path }) => !shown.has(path)).map(({ path }) => path)).toEqual([])
  expect(known.filter(({ described }) => !described).map(({ path }) => path)).toEqual([])
})

test('the schema for editors takes the documented file, the example, and variables, and refuses unknown keys', () => {
  const schema = z.fromJSONSchema(configurationJsonSchema())
  for (const file of ['documented-config.yaml', 'documented-config-with-alerts.yaml'])
    expect(schema.safeParse(parse(readFileSync(`test/fixtures/${file}`, 'utf8'))).error).toBeUndefined()
  expect(schema.safeParse(parse(complete)).error).toBeUndefined()
  const variables = {
    server: { port: '${PORT}', debug: '${DEBUG}', host: '${HOST}', keep_alive: '${KEEP:-1m}' },
  }
  expect(schema.safeParse(variables).error).toBeUndefined()
  expect(schema.safeParse({ server: { prt: 1 } }).success).toBe(false)
  expect(schema.safeParse({ server: { port: 'eighty' } }).success).toBe(false)
})

interface SchemaNode {
  readonly description?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
  readonly additionalProperties?: boolean | SchemaNode
}

/** Every key of a section, as `providers[].timeouts.idle`; names that the user gives stand as `*`. */
function keysOf(node: SchemaNode, path = ''): Array<{ path: string; described: boolean }> {
  const named = Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const childPath = path === '' ? key : `${path}.${key}`
    return [{ path: childPath, described: child.description !== undefined }, ...keysOf(child, childPath)]
  })
  const inList = node.items === undefined ? [] : keysOf(node.items, `${path}[]`)
  const open = node.additionalProperties
  const inTable = typeof open === 'object' ? keysOf(open, `${path}.*`) : []
  return [...named, ...inList, ...inTable, ...(node.anyOf ?? []).flatMap(child => keysOf(child, path))]
}

/** The same for a value, with every name given once as itself and once as `*`. */
function pathsIn(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap(item => pathsIn(item, `${path}[]`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, child]) => {
    const itself = path === '' ? key : `${path}.${key}`
    return [itself, ...pathsIn(child, itself), ...pathsIn(child, `${path}.*`)]
  })
}
