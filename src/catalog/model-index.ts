// From the name that a client asks for to the targets that can answer, and the list of all such names. Immutable:
// a changed configuration makes a new index.

import type { Operation, Target } from '../call.ts'
import { GatewayError } from '../errors.ts'
import { didYouMean } from '../lib/near-names.ts'
import { runAtOnce, sortSteps } from '../lib/slices.ts'
import { type NameBook, type NameTables, nameBookSteps } from './name-book.ts'
import { type IndexedProvider, type Offer, type Offers, offerSteps } from './offers.ts'

export type { IndexedProvider } from './offers.ts'

export interface ListedModel {
  readonly id: string
  /** Seconds since the epoch. */
  readonly created: number
  /** The provider that is asked first; `llm-proxy` for aliases and groups. */
  readonly ownedBy: string
  readonly kind: 'model' | 'alias' | 'group'
}

export interface ModelIndex {
  /**
   * The targets for a name, in the order of preference, each once: those of its own, then those of its fallbacks.
   * Never empty.
   * @throws GatewayError `model_not_found`, `invalid_request` for an operation that the model does not offer,
   *   `no_provider` where nobody who serves it can be used
   */
  resolve(name: string, operation: Operation): readonly Target[]
  /**
   * What a name stands for, without its fallbacks, usable or not; empty where it stands for nothing. Without an operation,
   * whatever they offer.
   */
  expand(name: string, operation?: Operation): readonly Target[]
  /** A provider has a model of that name: it is no alias and no group. */
  isListed(name: string): boolean
  /** Every name that can be served now: models by name, then aliases, groups, and `provider/model` where it matters. */
  list(): readonly ListedModel[]
  /** One of these, `provider/model` of one, or a model that is known and served without being listed. */
  find(id: string): ListedModel | null
  /** Mistakes in aliases, groups and fallbacks, as sentences. */
  readonly problems: readonly string[]
}

export interface ModelIndexOptions extends NameTables {
  readonly providers: readonly IndexedProvider[]
  /** Seconds since the epoch that models claim as their birth; 0 where left out. */
  readonly created?: number
}

/** Clients may ask a provider for any name, so what is remembered of names is bounded, and so are the names. */
const rememberedNames = 4096
const longestRememberedName = 256
const longestQuotedName = 128

export function createModelIndex(options: ModelIndexOptions): ModelIndex {
  return runAtOnce(modelIndexSteps(options))
}

/** In pieces: providers list thousands of models. */
export function* modelIndexSteps(options: ModelIndexOptions): Generator<void, ModelIndex> {
  const offers = yield* offerSteps(options.providers)
  const names = yield* nameBookSteps(offers, options)
  const memo = new Map<Operation, Map<string, readonly Target[]>>()
  const memoOf = (operation: Operation): Map<string, readonly Target[]> => {
    const known = memo.get(operation) ?? new Map<string, readonly Target[]>()
    memo.set(operation, known)
    return known
  }
  const created = options.created ?? 0
  const listed = yield* listSteps(offers, names, created)
  const list = [...listed.values()]

  return {
    resolve(name, operation) {
      const known = memoOf(operation)
      const remembered = known.get(name)
      if (remembered !== undefined) return remembered
      const targets = resolveTargets({ offers, names }, name, operation)
      if (known.size >= rememberedNames) known.clear()
      if (name.length <= longestRememberedName) known.set(name, targets)
      return targets
    },
    expand: (name, operation) =>
      (names.expand(name) ?? [])
        .filter(({ provider }) => operation === undefined || provider.operations.includes(operation))
        .map(({ target }) => target),
    isListed: name => offers.listed.has(name),
    list: () => list,
    find: id => listed.get(id) ?? findQualified(id, offers, created) ?? findKnown(id, offers, created),
    problems: names.problems,
  }
}

interface Names {
  readonly offers: Offers
  readonly names: NameBook
}

function resolveTargets({ offers, names }: Names, name: string, operation: Operation): readonly Target[] {
  // For a model that is gone, those stand in that were named for when it fails.
  const standIns = (): readonly Offer[] | null =>
    offers.isGone(name) && names.expandFallbacks(name).length > 0 ? [] : null
  const own = names.expand(name) ?? standIns()
  if (own === null) throw refuseUnknown(names, name)
  const able = own.filter(({ provider }) => provider.operations.includes(operation))
  if (able.length === 0 && own.length > 0) throw refuseOperation(name, operation)
  const all = [...able, ...names.expandFallbacks(name)]
  const usable = all.filter(({ provider }) => provider.usable && provider.operations.includes(operation))
  if (usable.length === 0) throw refuseUnusable(name, all, membersOf(names, name))
  return [...new Map(usable.map(({ target }) => [target.id, target])).values()]
}

function refuseUnknown(names: NameBook, name: string): GatewayError {
  const message = `The model ${quote(name)} does not exist here.${didYouMean(names.suggest(name))}`
  return new GatewayError('model_not_found', { message, param: 'model' })
}

const operationTitles: Readonly<Record<Operation, string>> = {
  chat: 'chat completions',
  completion: 'legacy completions',
  token_count: 'counting of tokens',
  embedding: 'embeddings',
  rerank: 'reranking',
  moderation: 'moderations',
  image_generation: 'generation of images',
  image_edit: 'edits of images',
  speech: 'speech',
  transcription: 'transcriptions',
  file: 'files',
  batch: 'batches',
  passthrough: 'raw requests',
}

function refuseOperation(name: string, operation: Operation): GatewayError {
  const message = `None of the providers of ${quote(name)} offers ${operationTitles[operation]}.`
  return new GatewayError('invalid_request', { message, param: 'model' })
}

/** What an alias or a group is configured to lead to. */
function membersOf({ aliases, groups }: NameBook, name: string): readonly string[] {
  const alias = aliases.get(name)
  return alias === undefined ? (groups.get(name) ?? []) : [alias]
}

function refuseUnusable(name: string, offers: readonly Offer[], members: readonly string[]): GatewayError {
  const reasons = new Set(
    offers.map(({ provider }) => {
      const { connection, unusableReason } = provider
      return `provider \`${connection.provider}\`, which ${unusableReason ?? 'cannot be used'}`
    }),
  )
  const message =
    reasons.size === 0
      ? `${quote(name)} is configured, but leads to no model${members.length === 0 ? '' : `: nobody serves ${members.map(quote).join(' or ')}`}.`
      : `${quote(name)} is configured for ${[...reasons].join('; and for ')}`
  return new GatewayError('no_provider', { message, param: 'model' })
}

/** As the client wrote it, but not at any length. */
function quote(name: string): string {
  return `\`${name.length > longestQuotedName ? `${name.slice(0, longestQuotedName)}…` : name}\``
}

/** Models between two pauses. */
const modelsAtOnce = 500

/** By id, in the order of the list. Of `provider/model` those alone that tell two providers apart. */
function* listSteps(
  offers: Offers,
  names: NameBook,
  created: number,
): Generator<void, ReadonlyMap<string, ListedModel>> {
  const models: ListedModel[] = []
  const ambiguous: ListedModel[] = []
  let count = 0
  for (const [id, all] of offers.listed) {
    if (++count % modelsAtOnce === 0) yield
    const usable = all.filter(({ provider }) => provider.usable)
    const [first] = usable
    if (first === undefined) continue
    models.push({ id, created, ownedBy: first.provider.connection.provider, kind: 'model' })
    if (usable.length > 1) ambiguous.push(...usable.map(offer => listQualified(id, offer, created)))
  }
  const listNamed = (entries: Iterable<string>, kind: 'alias' | 'group'): ListedModel[] =>
    [...entries]
      .filter(name => !offers.listed.has(name) && names.expand(name)?.some(({ provider }) => provider.usable))
      .map(id => ({ id, created, ownedBy: 'llm-proxy', kind }))
  const groups = [...names.groups.keys()].filter(name => !names.aliases.has(name))
  const sections = [models, listNamed(names.aliases.keys(), 'alias'), listNamed(groups, 'group'), ambiguous]
  const listed = new Map<string, ListedModel>()
  for (const section of sections) {
    for (const model of yield* sortSteps(section, compareIds))
      if (!listed.has(model.id)) listed.set(model.id, model)
    yield
  }
  return listed
}

function listQualified(model: string, { provider }: Offer, created: number): ListedModel {
  const owner = provider.connection.provider
  return { id: `${owner}/${model}`, created, ownedBy: owner, kind: 'model' }
}

/** `provider/model` of one that its provider lists, or is known to have. */
function findQualified(id: string, offers: Offers, created: number): ListedModel | null {
  const model = id.slice(id.indexOf('/') + 1)
  const owner = id.slice(0, id.length - model.length - 1)
  const offer = [...(offers.listed.get(model) ?? []), ...offers.offersOfKnown(model)].find(
    ({ provider }) => provider.usable && provider.connection.provider === owner,
  )
  return offer === undefined ? null : listQualified(model, offer, created)
}

function findKnown(id: string, offers: Offers, created: number): ListedModel | null {
  if (offers.listed.has(id) || offers.readQualified(id) !== null) return null
  const offer = offers.offersOfKnown(id).find(({ provider }) => provider.usable)
  return offer === undefined
    ? null
    : { id, created, ownedBy: offer.provider.connection.provider, kind: 'model' }
}

/** By code units, so that the order is the same on every machine. */
function compareIds(left: ListedModel, right: ListedModel): number {
  if (left.id === right.id) return 0
  return left.id < right.id ? -1 : 1
}
