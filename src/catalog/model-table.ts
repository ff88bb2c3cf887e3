// Finds the bundled facts of a name: its own row, that of the model of which it is a version, or what the name tells.

import type { SaidFacts } from '../model-facts.ts'
import { inputOfKind, kindOfName, outputOfKind } from './model-kind.ts'
import { bareName, publisherOf, withoutDate } from './model-names.ts'
import { createRowReader, type ModelSnapshot, type SnapshotRow } from './model-snapshot.ts'

export interface ModelTable {
  /** Types of provider, ascending. */
  readonly types: readonly string[]
  /** By id, ascending. */
  rowsOf(type: string): readonly SnapshotRow[]
  /** The row of this very name, or of one of which it is a further name. */
  findRow(type: string, name: string): SnapshotRow | null
  /** Empty where nothing is known. */
  factsOf(type: string, name: string): SaidFacts
}

export function createModelTable(snapshot: ModelSnapshot): ModelTable {
  const models = new Map(Object.entries(snapshot.models))
  const families = snapshot.families.map(family => ({ ...family, pattern: new RegExp(family.match) }))
  const readAnew = createRowReader()
  const facts = new Map<SnapshotRow, SaidFacts>()
  /** Remembered, as every refresh asks for all rows. */
  const readRow = (row: SnapshotRow): SaidFacts => {
    const known = facts.get(row) ?? readAnew(row)
    facts.set(row, known)
    return known
  }
  const indexes = new Map<string, ReadonlyMap<string, SnapshotRow>>()

  const indexOf = (type: string): ReadonlyMap<string, SnapshotRow> => {
    const known = indexes.get(type)
    if (known !== undefined) return known
    const index = indexRows(models.get(type) ?? [])
    indexes.set(type, index)
    return index
  }

  const findRow = (type: string, name: string) => indexOf(type).get(name.toLowerCase()) ?? null

  const findVersion = (type: string, name: string): SnapshotRow | null => {
    for (const other of otherNames(name)) {
      const row = findRow(type, other)
      if (row !== null) return row
    }
    return null
  }

  /** What a name tells that nobody has written down. */
  const readName = (name: string): SaidFacts => {
    const bare = bareName(name)
    const family = families.find(({ pattern }) => pattern.test(bare))
    const owner = family?.owner ?? publisherOf(name)
    const kind = kindOfName(name)
    const input = kind === null ? undefined : inputOfKind[kind]
    const output = kind === null ? undefined : outputOfKind[kind]
    return {
      ...(owner !== null && { ownedBy: owner }),
      ...(family?.license !== undefined && { license: family.license }),
      ...(kind !== null && { kind }),
      ...(input !== undefined && { input }),
      ...(output !== undefined && { output }),
    }
  }

  return {
    types: [...models.keys()].toSorted(),
    rowsOf: type => models.get(type) ?? [],
    findRow,
    factsOf(type, name) {
      const row = findRow(type, name)
      if (row !== null) return renamed(readRow(row), row, name)
      const version = findVersion(type, name)
      return version === null ? readName(name) : withoutNames(readRow(version))
    },
  }
}

/** Own names win over further names, and the first of several. */
function indexRows(rows: readonly SnapshotRow[]): ReadonlyMap<string, SnapshotRow> {
  const index = new Map(rows.map(row => [row.id.toLowerCase(), row]))
  for (const row of rows)
    for (const alias of row.aliases ?? []) {
      const name = alias.toLowerCase()
      if (!index.has(name)) index.set(name, row)
    }
  return index
}

/** The ways to read a name of a resource, of a region, of a day, and of a model that was tuned. */
function otherNames(name: string): readonly string[] {
  const path = /^(?:arn:|models\/|publishers\/|projects\/)/.test(name)
    ? name.slice(name.lastIndexOf('/') + 1)
    : name
  const tuned = path.startsWith('ft:') ? (path.split(':')[1] ?? path) : path
  const local = tuned.replace(/^(?:us-gov|us|eu|apac|au|ca|in|jp|sa|uk|me|af|global)\.(?=[^.]+\.)/, '')
  return [...new Set([path, tuned, local, withoutDate(tuned)])]
}

/** A further name has the name in the row as a further one. */
function renamed(facts: SaidFacts, row: SnapshotRow, name: string): SaidFacts {
  if (row.id.toLowerCase() === name.toLowerCase()) return facts
  const others = [row.id, ...(row.aliases ?? [])].filter(other => other.toLowerCase() !== name.toLowerCase())
  return { ...facts, aliases: others }
}

/** What belongs to one name alone. */
export function withoutNames({ title: _title, aliases: _aliases, ...facts }: SaidFacts): SaidFacts {
  return facts
}
