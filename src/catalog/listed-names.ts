// Finds what a provider lists by any of the names that it has for a model.

import { runAtOnce } from '../lib/slices.ts'
import type { ListedFacts } from '../model-facts.ts'

export type ListedNames = ReadonlyMap<string, ListedFacts>

/** Models between two pauses: below a millisecond. */
const modelsAtOnce = 1000

/**
 * Own and further names in lower case, each with the model that it stands for. A name that one model has as its own
 * stands for no other.
 */
export function byListedName(models: readonly ListedFacts[]): ListedNames {
  return runAtOnce(listedNameSteps(models))
}

/** The same, with pauses in which others get their turn. */
export function* listedNameSteps(models: readonly ListedFacts[]): Generator<void, ListedNames> {
  const named = new Map<string, ListedFacts>()
  for (const [index, model] of models.entries()) {
    if (index % modelsAtOnce === modelsAtOnce - 1) yield
    named.set(model.id.toLowerCase(), model)
  }
  for (const [index, model] of models.entries()) {
    if (index % modelsAtOnce === modelsAtOnce - 1) yield
    for (const alias of model.aliases ?? []) {
      const name = alias.toLowerCase()
      if (!named.has(name)) named.set(name, model)
    }
  }
  return named
}

/** Own and further names as they are written, for those who ask by them. */
export function namesOfListed({ id, aliases }: ListedFacts): readonly string[] {
  return aliases === undefined || aliases === null ? [id] : [id, ...aliases]
}
