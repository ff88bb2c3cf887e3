// What the sources say of models, before it is one record: notes by provider and model, and how notes are joined.

import { type Modality, modalities, type SaidFacts } from '../../src/model-facts.ts'

/** All but prices, which have a table of their own. */
export type Facts = { -readonly [Name in keyof Omit<SaidFacts, 'prices'>]: SaidFacts[Name] }

export interface Note {
  /** A type of provider. */
  readonly provider: string
  /** As this provider is asked for it. */
  readonly id: string
  readonly facts: Facts
}

/** Type of provider -> name of the model -> what is known. */
export type Records = Map<string, Map<string, Facts>>

/** The first who says a thing is believed; what goes in is added up, because no source knows every kind. */
export function collectNotes(sources: readonly (readonly Note[])[]): Records {
  const records: Records = new Map()
  const spelling = new Map<string, string>()
  for (const { provider, id, facts } of sources.flat()) {
    const place = `${provider}/${id.toLowerCase()}`
    const name = spelling.get(place) ?? id
    spelling.set(place, name)
    const models = records.get(provider) ?? new Map<string, Facts>()
    records.set(provider, models)
    models.set(name, addFacts(models.get(name) ?? {}, facts))
  }
  return records
}

function addFacts(known: Facts, more: Facts): Facts {
  const input = [...new Set([...(known.input ?? []), ...(more.input ?? [])])]
  const aliases = [...new Set([...(known.aliases ?? []), ...(more.aliases ?? [])])]
  return {
    ...fillIn(known, more),
    ...(input.length > 0 && { input: sortModalities(input) }),
    ...(aliases.length > 0 && { aliases }),
  }
}

/** Only what is not known yet. */
export function fillIn(known: Facts, more: Facts): Facts {
  return { ...more, ...known }
}

/** In one order for all, and without what we have no word for. */
export function sortModalities(names: Iterable<string>): readonly Modality[] {
  const given = new Set(names)
  return modalities.filter(name => given.has(name))
}
