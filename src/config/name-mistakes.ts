// What the shape of the file cannot tell: names that are used twice, and names that lead back to themselves.
//
// All of it works on the raw values, whatever they are, so that these mistakes come out together with those of shape.

import type { Path } from './paths.ts'

export interface NameMistake {
  readonly path: Path
  readonly message: string
}

type Report = (path: Path, message: string) => void
type Edges = ReadonlyMap<string, { readonly to: readonly string[]; readonly path: Path }>

export function findNameMistakes(file: Readonly<Record<string, unknown>>): readonly NameMistake[] {
  const found: NameMistake[] = []
  const report: Report = (path, message) => found.push({ path, message })
  reportRepeatedProviders(file['providers'], report)

  const aliases = edgesOf(file['models'], 'aliases')
  const groups = edgesOf(file['models'], 'groups')
  for (const [name, { path }] of groups) if (aliases.has(name)) report(path, 'an alias has the same name')
  reportCycles(new Map([...aliases, ...groups]), report)

  // An alias stands for what it means: a fallback to an alias of itself is a cycle too.
  const meant = (name: string) => followAliases(name, aliases)
  const fallbacks = [...edgesOf(file['models'], 'fallbacks')].map(
    ([name, { to, path }]) => [meant(name), { to: to.map(meant), path }] as const,
  )
  reportCycles(new Map(fallbacks), report)
  return found
}

function reportRepeatedProviders(entries: unknown, report: Report): void {
  if (!Array.isArray(entries)) return
  const seen = new Map<string, number>()
  for (const [index, entry] of entries.entries()) {
    const given = propertyOf(entry, 'name')
    const name = given ?? propertyOf(entry, 'type')
    if (typeof name !== 'string') continue
    const first = seen.get(name)
    if (first === undefined) seen.set(name, index)
    else
      report(
        ['providers', index, ...(given === undefined ? [] : ['name'])],
        `providers[${first}] has the same name`,
      )
  }
}

function edgesOf(models: unknown, key: string): Edges {
  const table = propertyOf(models, key)
  const edges = new Map<string, { to: readonly string[]; path: Path }>()
  if (typeof table !== 'object' || table === null) return edges
  for (const [name, value] of Object.entries(table))
    edges.set(name, { to: namesIn(value), path: ['models', key, name] })
  return edges
}

function namesIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  const list = Array.isArray(value) ? value : propertyOf(value, 'targets')
  if (!Array.isArray(list)) return []
  const names = list.map((member: unknown) =>
    typeof member === 'string' ? member : propertyOf(member, 'model'),
  )
  return names.filter(name => typeof name === 'string')
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
function reportCycles(edges: Edges, report: Report): void {
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
