// Holds the shape of the house: who may import whom, how large a file may grow, and where a vendor may be named.

import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

interface SourceFile {
  readonly path: string
  readonly text: string
  /** Paths below the root, of files of the project only. `type` imports count: they tie as well. */
  readonly imports: readonly { readonly path: string; readonly typeOnly: boolean }[]
}

const files: readonly SourceFile[] = globSync('src/**/*.ts', { cwd: root })
  .filter(path => !path.endsWith('.test.ts'))
  .map(path => {
    const text = readFileSync(join(root, path), 'utf8')
    const found = text.matchAll(
      /^\s*(?:import|export)\s+(type\s)?[^'"]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/gm,
    )
    const imports = [...found].map(match => ({
      path: normalize(join(dirname(path), match[2] ?? match[3] ?? '')),
      typeOnly: match[1] !== undefined,
    }))
    return { path, text, imports }
  })

/** From the ground up: a room may use those of lower floors. Rooms of one floor do not know one another. */
const floors: readonly (readonly string[])[] = [
  ['lib'],
  ['errors'],
  ['call', 'events', 'model-facts'],
  ['conversation'],
  ['formats', 'endpoints'],
  [
    'providers',
    'transport',
    'routing',
    'resilience',
    'cache',
    'condense',
    'catalog',
    'access',
    'guardrails',
    'store',
    'shared-state',
    'config',
  ],
  ['gateway'],
  ['server', 'control', 'observability'],
  ['app'],
  ['cli'],
  ['main'],
]

/** Ties between rooms of one floor, or up, that are part of the design, each with its reason. */
const allowed: Readonly<Record<string, string>> = {
  'call -> errors': 'a reply carries failures',
  'events -> call': 'facts name operations and usage',
  'endpoints -> formats': "an endpoint names its clients' format",
}

function roomOf(path: string): string {
  const [, room = ''] = path.split('/')
  return room.replace(/\.ts$/, '')
}

function floorOf(room: string): number {
  return floors.findIndex(floor => floor.includes(room))
}

test('every folder has its floor', () => {
  const homeless = files.map(file => roomOf(file.path)).filter(room => floorOf(room) === -1)
  expect([...new Set(homeless)]).toEqual([])
})

test('SQL is spoken in the store alone, and nothing that a request passes through knows how', () => {
  const speakers = files.filter(({ text }) => text.includes("'node:sqlite'")).map(file => roomOf(file.path))
  expect(new Set(speakers)).toEqual(new Set(['store']))
})

test('imports point down: no room knows one above it or beside it', () => {
  const wrong = files.flatMap(file =>
    file.imports
      .map(target => ({ from: roomOf(file.path), to: roomOf(target.path) }))
      .filter(({ from, to }) => from !== to && floorOf(to) >= floorOf(from))
      .filter(({ from, to }) => !(`${from} -> ${to}` in allowed))
      .map(({ from, to }) => `${file.path}: ${from} -> ${to}`),
  )
  expect(wrong).toEqual([])
})

test('nothing imports in a circle', () => {
  const graph = new Map(
    files.map(file => [
      file.path,
      file.imports.filter(target => !target.typeOnly).map(target => target.path),
    ]),
  )
  const done = new Set<string>()
  const circles: string[] = []
  const walk = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '))
    else if (!done.has(path)) for (const next of graph.get(path) ?? []) walk(next, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) walk(path, [])
  expect(circles).toEqual([])
})

test('no file is longer than 400 lines', () => {
  const long = files
    .map(file => ({ path: file.path, lines: file.text.split('\n').length }))
    .filter(file => file.lines > 401)
  expect(long).toEqual([])
})

test('every file says at its head what it is for', () => {
  expect(files.filter(file => !/^(\/\/|\/\*)/.test(file.text)).map(file => file.path)).toEqual([])
})

test('a vendor is named in providers/ and nowhere else', () => {
  const vendors = [
    'anthropic',
    'azure',
    'cohere',
    'groq',
    'xai',
    'grok',
    'deepseek',
    'mistral',
    'openrouter',
    'together',
    'fireworks',
    'perplexity',
    'cerebras',
    'moonshot',
    'alibaba',
    'dashscope',
    'ollama',
    'vllm',
    'lmstudio',
    'bedrock',
    'vertex',
  ]
  // A wire format bears the name of who invented it; the price table is keyed by vendor; the planned types are named
  // so that a configuration that has them is understood.
  const mayName =
    /^src\/(providers|formats|catalog\/provider-names)|^src\/config\/(sections\/provider|provider-kinds)/
  const pattern = new RegExp(`['"\`](?:${vendors.join('|')})['"\`]`, 'i')
  const named = files
    .filter(file => !mayName.test(file.path))
    .flatMap(file =>
      file.text
        .split('\n')
        .map((line, index) => ({ line, at: `${file.path}:${index + 1}` }))
        .filter(({ line }) => pattern.test(line.replace(/\/\/.*$/, '')))
        .map(({ line, at }) => `${at}: ${line.trim()}`),
    )
  expect(named).toEqual([])
})

test('the environment is read in one place', () => {
  const readers = files.filter(file => file.text.includes('process.env')).map(file => file.path)
  expect(readers.filter(path => path !== 'src/config/load.ts')).toEqual([])
})
