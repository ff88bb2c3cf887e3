// What a name stands for: a model, an alias, `provider/model`, a group, a model that nobody lists but that is known, or
// any name at a provider that takes all.

import { createNearNames, didYouMean } from '../lib/near-names.ts'
import { once } from '../lib/once.ts'
import type { Offer, Offers } from './offers.ts'

export interface NameTables {
  /** Further name -> name. */
  readonly aliases: Readonly<Record<string, string>>
  /** Group -> members, in order of preference. */
  readonly groups: Readonly<Record<string, readonly string[]>>
  /** Name -> what is tried after all its own targets failed. */
  readonly fallbacks: Readonly<Record<string, readonly string[]>>
}

export interface NameBook {
  readonly aliases: ReadonlyMap<string, string>
  readonly groups: ReadonlyMap<string, readonly string[]>
  /**
   * What the name stands for, usable or not, in order; the same target may come twice. Empty where an alias or a
   * group leads nowhere, null where the name stands for nothing.
   */
  expand(name: string): readonly Offer[] | null
  /** The same for the fallbacks of the name, and of the names that it is an alias of. Not of their members. */
  expandFallbacks(name: string): readonly Offer[]
  /** Up to three names that may have been meant. */
  suggest(name: string): readonly string[]
  /** Mistakes in the tables, as sentences. */
  readonly problems: readonly string[]
}

export function* nameBookSteps(offers: Offers, tables: NameTables): Generator<void, NameBook> {
  const aliases = new Map(Object.entries(tables.aliases))
  const groups = new Map(Object.entries(tables.groups))
  const fallbacks = new Map(Object.entries(tables.fallbacks))

  /** The names that a name leads to; null where it ends here. A listed model is never an alias or a group. */
  const leadsTo = (name: string): readonly string[] | null => {
    if (offers.listed.has(name)) return null
    const alias = aliases.get(name)
    if (alias !== undefined) return [alias]
    return offers.readQualified(name) === null ? (groups.get(name) ?? null) : null
  }

  /** `seen` ends circles; a name met twice adds nothing the second time. */
  const expandInto = (name: string, seen: Set<string>): readonly Offer[] | null => {
    if (seen.has(name)) return []
    seen.add(name)
    const next = leadsTo(name)
    if (next !== null) return next.flatMap(member => expandInto(member, seen) ?? [])
    const listed = offers.listed.get(name)
    if (listed !== undefined) return listed
    const qualified = offers.readQualified(name)
    if (qualified !== null) return [qualified]
    const known = offers.offersOfKnown(name)
    if (known.length > 0) return known
    const any = offers.offersOfAny(name)
    return any.length === 0 ? null : any
  }
  const expand = (name: string) => expandInto(name, new Set())

  const aliasChain = (name: string): Set<string> => {
    const chain = new Set([name])
    let next = offers.listed.has(name) ? undefined : aliases.get(name)
    while (next !== undefined && !chain.has(next)) {
      chain.add(next)
      next = offers.listed.has(next) ? undefined : aliases.get(next)
    }
    return chain
  }

  const known = once(() => new Set([...offers.listed.keys(), ...aliases.keys(), ...groups.keys()]))
  const suggest = createNearNames(known)
  const problems = yield* problemSteps({ offers, aliases, groups, fallbacks, leadsTo, expand, suggest })

  return {
    aliases,
    groups,
    expand,
    expandFallbacks: name =>
      [...aliasChain(name)].flatMap(link => fallbacks.get(link) ?? []).flatMap(other => expand(other) ?? []),
    suggest,
    problems,
  }
}

interface Tables {
  readonly offers: Offers
  readonly aliases: ReadonlyMap<string, string>
  readonly groups: ReadonlyMap<string, readonly string[]>
  readonly fallbacks: ReadonlyMap<string, readonly string[]>
  readonly leadsTo: (name: string) => readonly string[] | null
  readonly expand: (name: string) => readonly Offer[] | null
  readonly suggest: (name: string) => readonly string[]
}

/** Pauses after every name that somebody has mistyped: to find what was meant takes its time. */
function* problemSteps(tables: Tables): Generator<void, readonly string[]> {
  const { offers, aliases, groups, fallbacks, expand, suggest } = tables
  const problems: string[] = []
  function* checkMembers(owner: string, members: readonly string[]): Generator<void, void> {
    for (const member of members) {
      if (expand(member) !== null) continue
      problems.push(`${owner} names \`${member}\`, which nobody serves.${didYouMean(suggest(member))}`)
      yield
    }
  }
  const checkName = (owner: string, name: string) => {
    if (offers.listed.has(name))
      problems.push(`${owner} is never used: a provider lists a model of this name.`)
    else if (reachesItself(name, tables.leadsTo)) problems.push(`${owner} leads back to itself.`)
  }
  for (const [name, target] of aliases) {
    checkName(`The alias \`${name}\``, name)
    yield* checkMembers(`The alias \`${name}\``, [target])
  }
  for (const [name, members] of groups) {
    if (aliases.has(name)) problems.push(`The group \`${name}\` is never used: an alias has this name.`)
    else if (offers.readQualified(name) !== null)
      problems.push(`The group \`${name}\` is never used: the name is read as a model of a provider.`)
    else if (members.length === 0) problems.push(`The group \`${name}\` has no members.`)
    checkName(`The group \`${name}\``, name)
    yield* checkMembers(`The group \`${name}\``, members)
  }
  for (const [name, members] of fallbacks) {
    const owner = `The list of fallbacks of \`${name}\``
    if (expand(name) === null) {
      problems.push(`${owner} is never used: nobody serves \`${name}\`.${didYouMean(suggest(name))}`)
      yield
    }
    yield* checkMembers(owner, members)
  }
  return problems
}

function reachesItself(name: string, leadsTo: (name: string) => readonly string[] | null): boolean {
  const seen = new Set<string>()
  const waiting = [...(leadsTo(name) ?? [])]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next === name) return true
    if (!seen.has(next)) waiting.push(...(leadsTo(next) ?? []))
    seen.add(next)
  }
  return false
}
