// Finds the row of the price table for a model's name: exact names first, then the source's match rules in order.

import type { MatchRule, PricedModel, PricedProvider, PriceSnapshot } from './price-snapshot.ts'

export interface PriceTable {
  /** @param provider a name of the table, or a further name of one */
  find(provider: string, model: string): PricedModel | null
}

/** No model has a longer name; a longer one is neither matched against hundreds of rules nor remembered. */
export const longestName = 256

type Test = (lowered: string, name: string) => boolean

interface Matcher {
  readonly exact: ReadonlyMap<string, PricedModel>
  readonly rules: ReadonlyArray<{ readonly test: Test; readonly model: PricedModel }>
  readonly fallback: readonly string[]
}

/** Matchers are built at the first question about their provider. */
export function createPriceTable(snapshot: Pick<PriceSnapshot, 'aliases' | 'providers'>): PriceTable {
  const aliases = new Map(Object.entries(snapshot.aliases))
  const providers = new Map(Object.entries(snapshot.providers))
  const matchers = new Map<string, Matcher>()

  const matcherOf = (provider: string): Matcher | null => {
    const ready = matchers.get(provider)
    if (ready !== undefined) return ready
    const data = providers.get(provider)
    if (data === undefined) return null
    const matcher = buildMatcher(data)
    matchers.set(provider, matcher)
    return matcher
  }

  const findIn = (provider: string, name: string): PricedModel | null => {
    const matcher = matcherOf(provider)
    if (matcher === null) return null
    const own = matchName(matcher, name)
    if (own !== null) return own
    for (const other of matcher.fallback) {
      const found = findIn(other, name)
      if (found !== null) return found
    }
    return null
  }

  return {
    find(provider, model) {
      if (model.length > longestName) return null
      const table = aliases.get(provider) ?? provider
      const literal = findIn(table, model)
      if (literal !== null) return literal
      for (const name of nameVariants(model)) {
        const found = findIn(table, name)
        if (found !== null) return found
      }
      return null
    },
  }
}

/** The ways to read a name, the most literal first. */
function nameVariants(model: string): string[] {
  const withoutPath = /^(?:arn:|models\/|publishers\/|projects\/)/.test(model)
    ? model.slice(model.lastIndexOf('/') + 1)
    : model
  const withoutRegion = withoutPath.replace(regionPrefix, '')
  return [...new Set([model, withoutPath, withoutRegion].flatMap(name => [name, hyphenateDate(name)]))]
}

/** Cross-region names of hosted models: `eu.vendor.model`. `global.` has prices of its own and stays. */
const regionPrefix = /^(?:us|us-gov|eu|apac|au|ca|jp|sa|uk|me|af)\.(?=[^.]+\.)/

/** Vendors write the date of a model as 20240806 or as 2024-08-06. */
function hyphenateDate(name: string): string {
  return name.replace(/-(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)/g, '-$1-$2-$3')
}

function matchName(matcher: Matcher, name: string): PricedModel | null {
  const lowered = name.toLowerCase()
  const exact = matcher.exact.get(lowered)
  if (exact !== undefined) return exact
  for (const { test, model } of matcher.rules) if (test(lowered, name)) return model
  return null
}

function buildMatcher(provider: PricedProvider): Matcher {
  const exact = new Map<string, PricedModel>()
  const rules: Array<{ test: Test; model: PricedModel }> = []
  for (const model of provider.models) {
    for (const rule of model.match ?? [`=${model.id.toLowerCase()}`]) {
      if (typeof rule !== 'string') rules.push({ test: buildAllOf(rule), model })
      else if (!rule.startsWith('=')) rules.push({ test: buildTest(rule), model })
      else if (!exact.has(rule.slice(1))) exact.set(rule.slice(1), model)
    }
  }
  return { exact, rules, fallback: provider.fallback ?? [] }
}

function buildAllOf(rules: readonly MatchRule[]): Test {
  const tests = rules.map(buildTest)
  return (lowered, name) => tests.every(test => test(lowered, name))
}

function buildTest(rule: MatchRule): Test {
  const text = rule.slice(1)
  switch (rule.charAt(0)) {
    case '=':
      return lowered => lowered === text
    case '^':
      return lowered => lowered.startsWith(text)
    case '$':
      return lowered => lowered.endsWith(text)
    case '*':
      return lowered => lowered.includes(text)
    case '/': {
      const pattern = new RegExp(text)
      return (_lowered, name) => pattern.test(name)
    }
    default:
      throw new Error(`The price table has a match rule of an unknown kind: ${rule}`)
  }
}
