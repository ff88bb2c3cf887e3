// Entries of a catalogue for tests.

import type { Catalogue, CatalogueEntry } from './catalogue.ts'
import { mergeFacts } from './merge-facts.ts'

/** @param key `provider/model` */
export function entryOf(key: string, more: Partial<CatalogueEntry> = {}): CatalogueEntry {
  const slash = key.indexOf('/')
  const provider = key.slice(0, slash)
  return {
    ...mergeFacts({}),
    kind: 'chat',
    key,
    id: key.slice(slash + 1),
    provider,
    providerType: provider,
    missing: null,
    missingReason: null,
    sources: ['snapshot'],
    listedAt: null,
    seenByKeys: null,
    ...more,
  }
}

export function catalogueOf(entries: readonly CatalogueEntry[]): Catalogue {
  const byKey = new Map(entries.map(entry => [entry.key, entry]))
  return {
    entries,
    version: 'v',
    builtAt: 0,
    find: key => byKey.get(key) ?? null,
    findById: id => entries.filter(entry => entry.id === id),
  }
}
