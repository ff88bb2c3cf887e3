// Lends what is known of the models to those who show it: the routes of the control plane, and the lists for the SDKs.

import type { Target } from '../call.ts'
import type { CatalogueEntry } from '../catalog/catalogue.ts'
import { mergeFacts, shareFacts } from '../catalog/merge-facts.ts'
import type { ModelLibrary, NameMeaning } from '../control/models/library.ts'
import type { Clock } from '../lib/clock.ts'
import { didYouMean } from '../lib/near-names.ts'
import type { ModelFacts } from '../model-facts.ts'
import type { KnownModels } from './catalogue.ts'
import { namesByType } from './how-to-configure.ts'
import type { LiveModels } from './live-models.ts'

/** The library over one state of the catalogue. */
export function openLibrary(known: KnownModels, live: LiveModels, clock: Pick<Clock, 'wall'>): ModelLibrary {
  const { catalogue, search, origins } = known
  return {
    catalogue,
    search: question =>
      search.search(question, {
        at: clock.wall(),
        resting: () => live.resting(catalogue),
        figures: figure => live.figures(catalogue, figure),
      }),
    knownNames: () => ({ providers: known.providerNames() }),
    live: entry => live.read(entry, catalogue),
    meaningOf: name => findMeaning(name, known),
    offersOf: name => findOffers(name, known),
    suggest: known.suggest,
    describeGone: known.snapshot.describeGone,
    origins,
    replacementOf: known.replacementOf,
  }
}

/** What holds for whoever answers to a name; null where nothing is known of it. */
export function factsOfName(name: string, known: KnownModels): ModelFacts | null {
  const meaning = findMeaning(name, known)
  if (meaning !== null) return meaning.facts
  const offers = findOffers(name, known).filter(isThere)
  const [first] = offers
  if (first === undefined) return null
  // The same model everywhere: what is no matter of who serves it is known as soon as one knows it.
  const { title, ownedBy, releasedOn, knowledgeCutoff, license } = first
  return { ...shareFacts(offers), title, ownedBy, releasedOn, knowledgeCutoff, license }
}

function findMeaning(name: string, known: KnownModels): NameMeaning | null {
  const { models, configuration } = known.snapshot
  // A listed model is never an alias or a group, whatever is configured.
  if (models.isListed(name)) return null
  const alias = Object.hasOwn(configuration.models.aliases, name)
    ? configuration.models.aliases[name]
    : undefined
  const group = Object.hasOwn(configuration.models.groups, name)
    ? configuration.models.groups[name]
    : undefined
  const leadsTo = alias === undefined ? group : [alias]
  if (leadsTo === undefined) return null
  const asked = entriesOf(models.expand(name), known)
  const unserved = leadsTo.filter(member => models.expand(member).length === 0)
  return {
    kind: alias === undefined ? 'group' : 'alias',
    leadsTo,
    offers: [...new Set([...asked, ...unserved.flatMap(member => findOffers(member, known))])],
    unserved: unserved.map(member => ({ name: member, reason: whyUnserved(member, known) })),
    facts: shareFacts(asked.filter(isThere)),
  }
}

function whyUnserved(name: string, known: KnownModels): string {
  const [first] = findOffers(name, known)
  const reason = first?.missingReason ?? known.snapshot.describeGone(name)
  return reason ?? `Nobody knows a model \`${name}\`.${didYouMean(known.suggest(name))}`
}

/** Those that can be asked in their order, and then the others. */
function findOffers(name: string, known: KnownModels): readonly CatalogueEntry[] {
  const { catalogue, snapshot } = known
  const exact = catalogue.find(name)
  const named = namedSo(name, catalogue.findById(name))
  // By its key one model is meant, unless somebody who can be asked has it by this very name.
  const meant = exact === null ? [...namedByType(name, known), ...named] : [exact, ...named.filter(isThere)]
  const asked = entriesOf(snapshot.models.expand(name), known)
  const each = [...new Set([...asked, ...meant])]
  return [...each.filter(isThere), ...each.filter(entry => !isThere(entry))]
}

/** Those that a name means which begins with the type of a provider that is called otherwise. */
function namedByType(name: string, { catalogue, snapshot }: KnownModels): readonly CatalogueEntry[] {
  return namesByType(name, snapshot.providers).flatMap(key => catalogue.find(key) ?? [])
}

/** By their own name, and by a further one at providers that have none of that name. */
function namedSo(name: string, entries: readonly CatalogueEntry[]): readonly CatalogueEntry[] {
  const own = new Set(entries.filter(({ id }) => id === name).map(({ provider }) => provider))
  return entries.filter(({ id, provider }) => id === name || !own.has(provider))
}

function isThere({ missing }: CatalogueEntry): boolean {
  return missing === null
}

function entriesOf(targets: readonly Target[], known: KnownModels): readonly CatalogueEntry[] {
  return [...new Set(targets.map(target => entryOf(target, known)))]
}

function entryOf({ connection: { provider, type }, model, id }: Target, known: KnownModels): CatalogueEntry {
  const { catalogue } = known
  const own = catalogue.find(id)
  const described = own ?? catalogue.findById(model).find(entry => entry.provider === provider)
  return described ?? unknownEntry({ id: model, provider, providerType: type }, known)
}

/** A model that nobody has listed or described. */
function unknownEntry(
  place: Pick<CatalogueEntry, 'id' | 'provider' | 'providerType'>,
  known: KnownModels,
): CatalogueEntry {
  return {
    ...mergeFacts({}),
    ...place,
    key: `${place.provider}/${place.id}`,
    ...whyUnknown(place, known),
    sources: [],
    listedAt: null,
    seenByKeys: null,
  }
}

/** Only who takes any name may well have it. */
function whyUnknown(
  { id, provider }: Pick<CatalogueEntry, 'id' | 'provider'>,
  known: KnownModels,
): Pick<CatalogueEntry, 'missing' | 'missingReason'> {
  const found = known.snapshot.providers.find(({ configuration }) => configuration.name === provider)
  const takesAny = found?.indexed.usable === true && found.indexed.acceptsAnyModel
  if (found === undefined || (takesAny && found.live === null)) return { missing: null, missingReason: null }
  if (takesAny)
    return {
      missing: 'not_listed',
      missingReason: `The provider \`${provider}\` does not list it. A request for it is sent there all the same, where nobody else has it.`,
    }
  const { usable, unusableReason } = found.indexed
  if (!usable)
    return {
      missing: 'provider_unusable',
      missingReason: `The provider \`${provider}\` ${unusableReason ?? 'cannot be used'}.`,
    }
  return {
    missing: 'not_listed',
    missingReason: `Nobody knows a model of that name at the provider \`${provider}\`.${didYouMean(known.suggest(`${provider}/${id}`))} A request for it is sent there all the same.`,
  }
}
