// `models`: further names for models, groups of them, and what is tried when all else failed.

import { z } from 'zod'
import { oneOrMore, section, text } from './fields.ts'

export function modelsSection() {
  return section({
    aliases: z
      .record(text(), text())
      .default({})
      .describe('Further name to the name that is meant: a model, `provider/model`, a group or an alias.'),
    groups: z
      .record(text(), group())
      .default({})
      .describe('Name to its members in order of preference, each a model or `provider/model`.'),
    fallbacks: z
      .record(text(), oneOrMore())
      .default({})
      .describe('Model or group to what is tried after all its own targets failed.'),
    prices_file: text()
      .optional()
      .describe('File with prices that win over the bundled ones, relative to the working folder.'),
  })
    .superRefine(reportNameMistakes, { when: () => true })
    .describe('Names of models: aliases, groups, fallbacks.')
}

function group() {
  return z
    .union(
      [
        z.array(text()).min(1),
        section({
          targets: z.array(text()).min(1).describe('Members in order of preference.'),
          strategy: z
            .enum(['priority'])
            .default('priority')
            .describe('`priority`: in order. Default: priority.'),
        }),
      ],
      { error: 'must be a list of models, or a mapping with `targets` and `strategy`' },
    )
    .transform(value => (Array.isArray(value) ? value : value.targets))
}

type Path = ReadonlyArray<string>
type Edges = ReadonlyMap<string, { readonly to: readonly string[]; readonly path: Path }>

/** Runs even where the section is invalid, so that all mistakes come out at once; hence the tolerance of `edgesOf`. */
function reportNameMistakes(models: unknown, context: z.core.$RefinementCtx): void {
  const report = (path: Path, message: string) =>
    context.addIssue({ code: 'custom', path: [...path], message })
  const aliases = edgesOf(models, 'aliases')
  const groups = edgesOf(models, 'groups')
  for (const [name, { path }] of groups) if (aliases.has(name)) report(path, 'an alias has the same name')
  reportCycles(new Map([...aliases, ...groups]), report)

  // An alias stands for what it means: `a -> b -> alias of a` is a cycle too.
  const meant = (name: string) => followAliases(name, aliases)
  const fallbacks = new Map(
    [...edgesOf(models, 'fallbacks')].map(([name, edge]) => [
      meant(name),
      { to: edge.to.map(meant), path: edge.path },
    ]),
  )
  reportCycles(fallbacks, report)
}

function edgesOf(models: unknown, key: string): Edges {
  const table = propertyOf(models, key)
  const edges = new Map<string, { to: readonly string[]; path: Path }>()
  if (typeof table !== 'object' || table === null) return edges
  for (const [name, value] of Object.entries(table))
    edges.set(name, { to: namesIn(value), path: [key, name] })
  return edges
}

function namesIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  const list = Array.isArray(value) ? value : propertyOf(value, 'targets')
  return Array.isArray(list) ? list.filter(name => typeof name === 'string') : []
}

function propertyOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}

function followAliases(name: string, aliases: Edges): string {
  const seen = new Set<string>()
  let current = name
  for (let next = aliases.get(current)?.to[0]; next !== undefined; next = aliases.get(current)?.to[0]) {
    if (seen.has(current)) return name
    seen.add(current)
    current = next
  }
  return current
}

/** Each cycle is reported once, at the first of its names in the order of the file. */
function reportCycles(edges: Edges, report: (path: Path, message: string) => void): void {
  const done = new Set<string>()
  const visit = (name: string, trail: readonly string[]): void => {
    const start = trail.indexOf(name)
    if (start >= 0) {
      const cycle = trail.slice(start)
      const path = edges.get(cycle[0] ?? name)?.path ?? []
      report(path, cycle.length === 1 ? 'refers to itself' : `is a cycle: ${[...cycle, name].join(' -> ')}`)
      return
    }
    const edge = edges.get(name)
    if (edge === undefined || done.has(name)) return
    for (const next of new Set(edge.to)) visit(next, [...trail, name])
    done.add(name)
  }
  for (const name of edges.keys()) visit(name, [])
}
