// From the tree of the YAML parser to plain values, in one walk that notes places, variables and mistakes.

import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml'
import { formatPath, type Path } from './paths.ts'
import type { Substitution } from './substitute.ts'

/** Offsets into the text. In a list, key and value of an item are the same. */
export interface Place {
  readonly key: number
  readonly value: number
}

export interface Mistake {
  readonly offset: number
  readonly path: Path
  readonly message: string
}

export interface Tree {
  readonly value: Readonly<Record<string, unknown>>
  /** By formatted path. What is reached through an alias has no place of its own. */
  readonly places: ReadonlyMap<string, Place>
  /** Formatted paths of the texts that came out of a variable. */
  readonly substituted: ReadonlySet<string>
  readonly mistakes: readonly Mistake[]
}

interface Walk {
  readonly document: Document
  readonly substitute: (text: string) => Substitution
  readonly places: Map<string, Place>
  readonly substituted: Set<string>
  readonly mistakes: Mistake[]
  /** Values by node, null while one is being read. Read once each, so that nested aliases cannot multiply. */
  readonly values: Map<unknown, { readonly value: unknown } | null>
}

export function readTree(document: Document, substitute: (text: string) => Substitution): Tree {
  const walk: Walk = {
    document,
    substitute,
    places: new Map(),
    substituted: new Set(),
    mistakes: [],
    values: new Map(),
  }
  const root: unknown = document.contents
  const value = readNode(walk, root, [])
  const empty = value === null || value === undefined
  if (!empty && !isMap(root))
    walk.mistakes.push({ offset: startOf(root), path: [], message: 'must be a mapping of sections' })
  return { ...walk, value: isMap(root) ? (value as Record<string, unknown>) : {} }
}

function readNode(walk: Walk, node: unknown, path: Path): unknown {
  if (isAlias(node)) return readAlias(walk, node, path)
  walk.values.set(node, null)
  const value = readPlain(walk, node, path)
  walk.values.set(node, { value })
  return value
}

function readPlain(walk: Walk, node: unknown, path: Path): unknown {
  if (isMap(node)) return readMap(walk, node, path)
  if (isScalar(node)) return typeof node.value === 'string' ? readText(walk, node, path) : node.value
  if (!isSeq(node)) return undefined
  return node.items.map((item, index) => {
    const itemPath = [...path, index]
    walk.places.set(formatPath(itemPath), { key: startOf(item), value: startOf(item) })
    return readNode(walk, item, itemPath)
  })
}

function readAlias(walk: Walk, alias: Alias, path: Path): unknown {
  const known = walk.values.get(alias.resolve(walk.document))
  if (known === null)
    walk.mistakes.push({
      offset: startOf(alias),
      path,
      message: 'is an alias of something that it is a part of',
    })
  return known?.value
}

function readText(walk: Walk, scalar: { readonly value: unknown }, path: Path): string {
  const text = String(scalar.value)
  const result = walk.substitute(text)
  if (!result.ok) {
    walk.mistakes.push({ offset: startOf(scalar), path, message: result.message })
    return text
  }
  if (result.changed) walk.substituted.add(formatPath(path))
  return result.text
}

function readMap(walk: Walk, map: YAMLMap, path: Path): Record<string, unknown> {
  // Without a prototype: `constructor` and the like are names as any other.
  const record: Record<string, unknown> = Object.create(null)
  for (const pair of map.items) {
    const name = nameOf(pair)
    const entryPath = [...path, name ?? '']
    const mistake = mistakeInKey(name, record)
    if (name === null || mistake !== null)
      walk.mistakes.push({ offset: startOf(pair.key), path: entryPath, message: mistake ?? '' })
    else {
      walk.places.set(formatPath(entryPath), {
        key: startOf(pair.key),
        value: startOf(pair.value ?? pair.key),
      })
      // A key without a value counts as not written.
      record[name] = readNode(walk, pair.value, entryPath) ?? undefined
    }
  }
  return record
}

function nameOf(pair: Pair): string | null {
  return isScalar(pair.key) ? String(pair.key.value) : null
}

function mistakeInKey(name: string | null, record: Readonly<Record<string, unknown>>): string | null {
  if (name === null) return 'must be a plain text'
  if (name === '__proto__') return 'unknown key'
  return Object.hasOwn(record, name) ? 'duplicate key' : null
}

function startOf(node: unknown): number {
  return (node as { range?: readonly number[] | null } | null)?.range?.[0] ?? 0
}
