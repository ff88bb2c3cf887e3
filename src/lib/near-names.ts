// Finds the names that a mistyped one was probably meant to be.

/**
 * The known names nearest to a wanted one, best first: those within a third of its length in edits,
 * or that contain it or are contained in it.
 */
export function nearNames(wanted: string, known: Iterable<string>, limit = 3): string[] {
  const target = wanted.toLowerCase().slice(0, 128)
  const bound = Math.max(2, Math.ceil(target.length / 3))
  const scored: Array<{ name: string; score: number }> = []
  for (const name of known) {
    const candidate = name.toLowerCase()
    const distance = editDistance(target, candidate, bound)
    if (distance <= bound) scored.push({ name, score: distance })
    else if (target.length >= 3 && (candidate.includes(target) || target.includes(candidate)))
      scored.push({ name, score: bound + Math.abs(candidate.length - target.length) })
  }
  scored.sort((a, b) => a.score - b.score || a.name.localeCompare(b.name))
  return scored.slice(0, limit).map(entry => entry.name)
}

/** Levenshtein distance; gives up with bound + 1 as soon as it must exceed the bound. */
function editDistance(left: string, right: string, bound: number): number {
  if (Math.abs(left.length - right.length) > bound) return bound + 1
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    let best = row
    for (let column = 1; column <= right.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1)
      const cell = Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1)
      current.push(cell)
      best = Math.min(best, cell)
    }
    if (best > bound) return bound + 1
    previous = current
  }
  return previous[right.length] ?? bound + 1
}

/** ` Did you mean …?`, or nothing. */
export function didYouMean(names: readonly string[]): string {
  const quoted = names.map(name => `\`${name}\``)
  const last = quoted.pop()
  if (last === undefined) return ''
  return quoted.length === 0 ? ` Did you mean ${last}?` : ` Did you mean ${quoted.join(', ')} or ${last}?`
}
