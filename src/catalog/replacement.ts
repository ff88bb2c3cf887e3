// Finds the model that could stand in for another: one that can do all that it can, at the nearest price.

import type { Catalogue, CatalogueEntry } from './catalogue.ts'
import { steadyPriceAt } from './steady-price.ts'

export type FindReplacement = (entry: CatalogueEntry) => CatalogueEntry | null

/** A window that is a little smaller will do. */
const enoughContext = 0.8

/** What a model must not lose by being replaced. */
const abilities = ['tools', 'jsonSchema', 'reasoning'] as const

/** @param now milliseconds since the epoch */
export function createReplacementFinder(catalogue: Catalogue, now: number): FindReplacement {
  const today = new Date(now).toISOString().slice(0, 10)
  const pools = poolCandidates(catalogue, today)
  const priceOf = (entry: CatalogueEntry) => meanPrice(entry, now)

  return entry => {
    const named = findNamed(entry.kind === null ? pools.values() : [pools.get(entry.kind) ?? []], entry)
    // Vectors of two models are not to be compared: without its maker's word, none stands in for another.
    if (named !== null || entry.kind === null || entry.kind === 'embedding') return named
    const candidates = pools.get(entry.kind) ?? []
    const fits = (candidate: CatalogueEntry) => !isSame(candidate, entry) && canReplace(candidate, entry)
    const own = candidates.filter(({ provider }) => provider === entry.provider)
    const near = own.filter(fits)
    const pool = near.length > 0 ? near : candidates.filter(fits)
    return nearestPrice(pool, entry, priceOf)
  }
}

/** What its maker names, at the same provider if that has it. */
function findNamed(pools: Iterable<readonly CatalogueEntry[]>, entry: CatalogueEntry): CatalogueEntry | null {
  if (entry.replacedBy === null) return null
  let elsewhere: CatalogueEntry | null = null
  for (const pool of pools)
    for (const candidate of pool) {
      if (!isNamed(candidate, entry) || isLesser(candidate, entry)) continue
      if (candidate.provider === entry.provider) return candidate
      elsewhere ??= candidate
    }
  return elsewhere
}

/** Those that can be asked for and will stay, by kind, in the order of their keys. */
function poolCandidates(
  { entries }: Catalogue,
  today: string,
): ReadonlyMap<string, readonly CatalogueEntry[]> {
  const pools = new Map<string, CatalogueEntry[]>()
  for (const entry of entries) {
    if (entry.missing !== null || entry.kind === null || isEnding(entry, today)) continue
    const pool = pools.get(entry.kind)
    if (pool === undefined) pools.set(entry.kind, [entry])
    else pool.push(entry)
  }
  return pools
}

/** Its end is announced, or its maker advises against it already. */
function isEnding({ deprecatedOn, retiresOn }: CatalogueEntry, today: string): boolean {
  return retiresOn !== null || (deprecatedOn !== null && deprecatedOn <= today)
}

function isSame(candidate: CatalogueEntry, entry: CatalogueEntry): boolean {
  return (
    candidate.key === entry.key ||
    (candidate.provider === entry.provider &&
      (candidate.aliases?.includes(entry.id) === true || entry.aliases?.includes(candidate.id) === true))
  )
}

/** As its successor, with or without the provider. */
function isNamed({ key, id, aliases }: CatalogueEntry, { replacedBy }: CatalogueEntry): boolean {
  return (
    replacedBy !== null && (id === replacedBy || key === replacedBy || aliases?.includes(replacedBy) === true)
  )
}

/** Its maker knows better than we what it takes; only what is known to be missing speaks against it. */
function isLesser(candidate: CatalogueEntry, entry: CatalogueEntry): boolean {
  const { contextWindow } = candidate
  return (
    abilities.some(name => entry[name] === true && candidate[name] === false) ||
    (contextWindow !== null && contextWindow < (entry.contextWindow ?? 0) * enoughContext)
  )
}

/** What is not known of the candidate it may lack; what is not known of the other nobody can ask for. */
function canReplace(candidate: CatalogueEntry, entry: CatalogueEntry): boolean {
  const { contextWindow } = entry
  return (
    abilities.every(name => entry[name] !== true || candidate[name] === true) &&
    holdsAll(candidate.input, entry.input) &&
    holdsAll(candidate.output, entry.output) &&
    (contextWindow === null ||
      (candidate.contextWindow !== null && candidate.contextWindow >= contextWindow * enoughContext))
  )
}

function holdsAll(has: readonly string[] | null, needed: readonly string[] | null): boolean {
  return needed === null || (has !== null && needed.every(item => has.includes(item)))
}

function nearestPrice(
  pool: readonly CatalogueEntry[],
  entry: CatalogueEntry,
  priceOf: (entry: CatalogueEntry) => number | null,
): CatalogueEntry | null {
  const wanted = priceOf(entry)
  const distance = (candidate: CatalogueEntry): number => {
    const price = priceOf(candidate)
    if (wanted === null || price === null) return Number.POSITIVE_INFINITY
    // By ratio: twice the price is as far as half of it. One pico more, because some cost nothing.
    return Math.abs(Math.log((price + 1) / (wanted + 1)))
  }
  const rank = (candidate: CatalogueEntry) => ({
    candidate,
    distance: distance(candidate),
    kinship: sharedBeginning(candidate.id, entry.id),
    releasedOn: candidate.releasedOn ?? '',
  })
  return pool.map(rank).sort(compareRanks)[0]?.candidate ?? null
}

interface Rank {
  readonly candidate: CatalogueEntry
  readonly distance: number
  readonly kinship: number
  readonly releasedOn: string
}

/** Of equally near ones, and where no price is known: the nearest of kin by its name, and of these the newest. */
function compareRanks(left: Rank, right: Rank): number {
  if (left.distance !== right.distance) return left.distance < right.distance ? -1 : 1
  if (left.kinship !== right.kinship) return right.kinship - left.kinship
  if (left.releasedOn !== right.releasedOn) return left.releasedOn > right.releasedOn ? -1 : 1
  return left.candidate.key < right.candidate.key ? -1 : 1
}

function sharedBeginning(one: string, other: string): number {
  let length = 0
  while (length < one.length && one[length] === other[length]) length++
  return length
}

/** Of input and output; of input alone, where nothing else costs. */
function meanPrice(entry: CatalogueEntry, now: number): number | null {
  const { input, output } = steadyPriceAt(entry.prices, now) ?? {}
  if (input === undefined) return null
  return output === undefined ? input : (input + output) / 2
}
