// Finds the names that a mistyped one was probably meant to be. Clients mistype as often as they like, and there are
// thousands of names: those that have too few letters in common with the wanted one are left out before anything is
// compared letter by letter, and how much is compared so is bounded.

import { BoundedMap } from './bounded-map.ts'

const longestWanted = 128
/** Cells of tables of distances for one question: some milliseconds. */
const mostCells = 500_000

/**
 * The known names nearest to a wanted one, best first: those within a third of its length in edits,
 * or that contain it or are contained in it.
 */
export function nearNames(wanted: string, known: Iterable<string>, limit = 3): string[] {
  const target = wanted.toLowerCase().slice(0, longestWanted)
  const bound = Math.max(2, Math.ceil(target.length / 3))
  const best = keepBest(limit)
  /** By the fewest edits that they can be away. */
  const candidates: Candidate[][] = Array.from({ length: bound + 1 }, () => [])
  const countCommon = createLetterCounter(target)
  for (const name of known) {
    const text = name.toLowerCase()
    const shorter = Math.min(text.length, target.length)
    const difference = Math.max(text.length, target.length) - shorter
    const common = difference <= bound || target.length >= 3 ? countCommon(text) : 0
    if (target.length >= 3 && common === shorter && (text.includes(target) || target.includes(text)))
      best.add(name, difference <= bound ? difference : bound + difference)
    else candidates[shorter + difference - common]?.push({ name, text })
  }
  compareAll(target, candidates, best)
  return best.names()
}

interface Candidate {
  readonly name: string
  /** In lower case. */
  readonly text: string
}

/** The most promising first, until none can be better than what was found. */
function compareAll(target: string, candidates: readonly Candidate[][], best: Best): void {
  const measure = createDistance(target)
  const bound = candidates.length - 1
  for (const [fewest, group] of candidates.entries())
    for (const { name, text } of group) {
      const worst = Math.min(bound, best.worst)
      if (fewest > worst || measure.cells > mostCells) return
      const distance = measure.distance(text, worst)
      if (distance <= worst) best.add(name, distance)
    }
}

type Best = ReturnType<typeof keepBest>

function keepBest(limit: number) {
  const best: Array<{ readonly name: string; readonly score: number }> = []
  return {
    /** A higher score than this one is of no use. */
    get worst(): number {
      return best.length < limit ? Number.POSITIVE_INFINITY : (best.at(-1)?.score ?? 0)
    },
    add(name: string, score: number): void {
      const place = best.findIndex(
        other => score < other.score || (score === other.score && name.localeCompare(other.name) < 0),
      )
      if (place === -1) best.push({ name, score })
      else best.splice(place, 0, { name, score })
      if (best.length > limit) best.pop()
    },
    names: () => best.map(({ name }) => name),
  }
}

/** Letters of other scripts are taken for one another where their last bits are the same: too many are counted then. */
const kinds = 128

/** How many letters a text has in common with the target, wherever they stand. */
function createLetterCounter(target: string): (text: string) => number {
  const counts = new Uint8Array(kinds)
  for (let at = 0; at < target.length; at++) {
    const kind = target.charCodeAt(at) % kinds
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  const left = new Uint8Array(kinds)
  return text => {
    left.set(counts)
    let common = 0
    for (let at = 0; at < text.length; at++) {
      const kind = text.charCodeAt(at) % kinds
      const count = left[kind] ?? 0
      if (count === 0) continue
      left[kind] = count - 1
      common++
    }
    return common
  }
}

/** Levenshtein distances from one text, near the diagonal of the table alone. */
function createDistance(target: string) {
  let before = new Uint16Array(0)
  let row = new Uint16Array(0)
  let cells = 0

  function makeRows(columns: number): void {
    if (row.length < columns) {
      before = new Uint16Array(columns)
      row = new Uint16Array(columns)
    }
    for (let column = 0; column < columns; column++) before[column] = column
  }

  /** The least of the row. */
  function fillRow(line: number, text: string, bound: number): number {
    const letter = target.charCodeAt(line - 1)
    const first = Math.max(1, line - bound)
    const last = Math.min(text.length, line + bound)
    let left = first === 1 ? line : bound + 1
    let best = left
    row[first - 1] = left
    for (let column = first; column <= last; column++) {
      const substitution = (before[column - 1] ?? 0) + (letter === text.charCodeAt(column - 1) ? 0 : 1)
      left = Math.min(substitution, (before[column] ?? 0) + 1, left + 1)
      row[column] = left
      if (left < best) best = left
    }
    // Read by the next row, which reaches one further.
    if (last < text.length) row[last + 1] = bound + 1
    cells += last - first + 1
    return best
  }

  return {
    get cells(): number {
      return cells
    },
    /** Gives up with bound + 1 as soon as it must exceed the bound. */
    distance(text: string, bound: number): number {
      if (Math.abs(text.length - target.length) > bound) return bound + 1
      makeRows(text.length + 1)
      for (let line = 1; line <= target.length; line++) {
        if (fillRow(line, text, bound) > bound) return bound + 1
        ;[before, row] = [row, before]
      }
      return before[text.length] ?? bound + 1
    },
  }
}

/** Clients may ask for any name, so what is remembered of names is bounded, and so are the names. */
const rememberedNames = 1024

/** The same of names that stay as they are: who asks again for a name that nobody has is answered from memory. */
export function createNearNames(
  known: (wanted: string) => Iterable<string>,
): (wanted: string) => readonly string[] {
  const remembered = new BoundedMap<readonly string[]>(rememberedNames, rememberedNames)
  return wanted => {
    const ready = remembered.get(wanted)
    if (ready !== undefined) return ready
    const near = nearNames(wanted, known(wanted))
    if (wanted.length <= longestWanted) remembered.set(wanted, near, 1)
    return near
  }
}

/** ` Did you mean …?`, or nothing. */
export function didYouMean(names: readonly string[]): string {
  const quoted = names.map(name => `\`${name}\``)
  const last = quoted.pop()
  if (last === undefined) return ''
  return quoted.length === 0 ? ` Did you mean ${last}?` : ` Did you mean ${quoted.join(', ')} or ${last}?`
}
