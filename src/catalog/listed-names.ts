// Finds what a provider lists by any of the names that it has for a model.

import type { ListedFacts } from '../model-facts.ts'

/**
 * Own and further names in lower case, each with the model that it stands for. A name that one model has as its own
 * stands for no other.
 */
export function byListedName(models: readonly ListedFacts[]): ReadonlyMap<string, ListedFacts> {
  const named = new Map(models.map(model => [model.id.toLowerCase(), model]))
  for (const model of models) {
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
