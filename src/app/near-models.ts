// Which models were probably meant by a name that nobody knows.

import type { Catalogue } from '../catalog/catalogue.ts'
import type { ModelIndex } from '../catalog/model-index.ts'
import { createNearNames, nearNames } from '../lib/near-names.ts'
import { once } from '../lib/once.ts'

/** Up to three names: those that can be asked for, and those of all the others where none of these is near. */
export function createModelSuggestions(
  catalogue: Catalogue,
  models: Pick<ModelIndex, 'list'>,
): (name: string) => readonly string[] {
  const listed = once(() => models.list().map(({ id }) => id))
  const keys = once(() => new Set(catalogue.entries.map(({ key }) => key)))
  const ids = once(() => new Set(catalogue.entries.map(({ id }) => id)))
  const nearListed = createNearNames(listed)
  const nearAny = createNearNames(name => {
    const pieces = piecesOf(name)
    return nearNames(name, name.includes('/') ? keys() : ids(), compared).filter(known => {
      const lowered = known.toLowerCase()
      return pieces.some(piece => lowered.includes(piece))
    })
  })
  return name => {
    const own = nearListed(name)
    return own.length > 0 ? own : nearAny(name)
  }
}

/** Of them, those count that are alike. */
const compared = 12

/** Whoever shares none of them is not alike, how few the edits may be. */
function piecesOf(name: string): readonly string[] {
  const lowered = name.toLowerCase().slice(0, 60)
  const pieces = Array.from({ length: Math.max(0, lowered.length - 2) }, (_, at) => lowered.slice(at, at + 3))
  return [...new Set(pieces)].filter(piece => /^[a-z]/.test(piece))
}
