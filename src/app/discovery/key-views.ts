// Which of a provider's models each of its keys may see. Keys of different projects, or with different rights, are
// answered with different lists; a request must go with a key that sees its model.

import { hash } from 'node:crypto'
import type { Secret } from '../../lib/secret.ts'
import type { ListedFacts } from '../../model-facts.ts'

/** What the keys see, all of them put together. */
export interface SharedView {
  readonly models: readonly ListedFacts[]
  /** By the fingerprint of a key whose list is known: the models that it does not see. */
  readonly unseen: ReadonlyMap<string, ReadonlySet<string>>
}

/** Tells a key again without saying it. */
export function fingerprintOf(key: Secret | null): string {
  return key === null ? '' : hash('sha256', `llm-proxy listing\n${key.reveal()}`).slice(0, 16)
}

/** What one key saw the last time; null where it was not among those that answered. */
export function viewOf(view: SharedView | null, fingerprint: string): readonly ListedFacts[] | null {
  const unseen = view?.unseen.get(fingerprint)
  return view === null || unseen === undefined ? null : view.models.filter(({ id }) => !unseen.has(id))
}

/** @param views by fingerprint; what two keys say of a model is taken from the first */
export function joinViews(views: ReadonlyMap<string, readonly ListedFacts[]>): SharedView {
  const models = new Map<string, ListedFacts>()
  for (const view of views.values())
    for (const model of view) if (!models.has(model.id)) models.set(model.id, model)
  const unseen = new Map<string, ReadonlySet<string>>()
  for (const [fingerprint, view] of views) {
    const seen = new Set(view.map(({ id }) => id))
    unseen.set(fingerprint, new Set([...models.keys()].filter(id => !seen.has(id))))
  }
  return { models: [...models.values()], unseen }
}

/**
 * Places among the keys that see a model, for the models that not all of them see; a key of which nothing is known may
 * see everything. Null where all see all.
 */
export function seenByKeys(
  { unseen }: SharedView,
  keys: readonly Secret[],
): ReadonlyMap<string, readonly number[]> | null {
  const hidden = keys.map(key => unseen.get(fingerprintOf(key)) ?? new Set<string>())
  const partial = new Set(hidden.flatMap(names => [...names]))
  if (partial.size === 0) return null
  const places = keys.map((_, place) => place)
  const seen = [...partial].map(id => [id, places.filter(place => !hidden[place]?.has(id))] as const)
  // One that no key of now sees was seen by a key that is gone: all may try.
  const useful = seen.filter(([, seers]) => seers.length > 0)
  return useful.length === 0 ? null : new Map(useful)
}
