// Reads @pydantic/genai-prices: the names that have a price, with their context windows and what is deprecated.

import { findProvider, type MatchLogic, type ModelInfo } from '@pydantic/genai-prices'
import { isModelName, sourceNames } from './providers.ts'
import type { Facts, Note } from './said.ts'

/** @param deprecatedOn the day by which a model was deprecated of which no day is known */
export function readGenaiPrices(deprecatedOn: (provider: string, id: string) => string): Note[] {
  return Object.entries(sourceNames).flatMap(([provider, { genaiPrices = [], only = /./ }]) =>
    genaiPrices
      .flatMap(id => modelsOf(id))
      .filter(model => provider === 'azure' || isOfVendor(model))
      .flatMap(model =>
        namesOf(model)
          .filter(name => only.test(name) && isModelName(provider, name))
          .map(name => ({
            provider,
            id: name,
            facts: {
              ...readFacts(model, name),
              ...(model.deprecated === true && { deprecatedOn: deprecatedOn(provider, name) }),
            },
          })),
      ),
  )
}

function modelsOf(id: string): readonly ModelInfo[] {
  const provider = findProvider({ providerId: id })
  if (provider?.id !== id) throw new Error(`genai-prices has no provider ${id}`)
  return provider.models
}

/**
 * Not where the package has the name and the price from another host alone, of which it says so. Azure hosts what others
 * make, under their names.
 */
export function isOfVendor({ price_comments: comment = '' }: Pick<ModelInfo, 'price_comments'>): boolean {
  return !/^(?:imported from|seen on) openrouter|trusting open ?router/i.test(comment)
}

/** Whole names only: other rules fit families, whose members nobody has written down. */
function namesOf(model: ModelInfo): readonly string[] {
  const exact = exactNames(model.match)
  const isName = fits(model.match, model.id)
  return [...new Set([...(isName ? [model.id] : []), ...exact])]
}

function exactNames(rule: MatchLogic): string[] {
  if ('or' in rule) return rule.or.flatMap(exactNames)
  return 'equals' in rule ? [rule.equals] : []
}

function fits(rule: MatchLogic, name: string): boolean {
  if ('or' in rule) return rule.or.some(part => fits(part, name))
  if ('and' in rule) return rule.and.every(part => fits(part, name))
  if ('equals' in rule) return rule.equals === name
  if ('starts_with' in rule) return name.startsWith(rule.starts_with)
  if ('ends_with' in rule) return name.endsWith(rule.ends_with)
  if ('contains' in rule) return name.includes(rule.contains)
  return new RegExp(rule.regex).test(name)
}

function readFacts(model: ModelInfo, name: string): Facts {
  const periods = Array.isArray(model.prices) ? model.prices.map(period => period.prices) : [model.prices]
  const kinds = new Set(periods.flatMap(prices => Object.keys(prices)))
  return {
    // The title of a family says nothing of the member whose name is another one.
    ...(model.name !== undefined && name === model.id && { title: model.name }),
    ...(model.context_window !== undefined && { contextWindow: model.context_window }),
    ...(kinds.has('cache_read_mtok') && { promptCaching: true }),
  }
}

/** Names that are sold by the token of both directions: text is asked for, and text comes. */
export function namesSoldByTheToken(): ReadonlySet<string> {
  const names = Object.entries(sourceNames).flatMap(([provider, { genaiPrices = [] }]) =>
    genaiPrices
      .flatMap(id => modelsOf(id))
      .filter(isOfText)
      .flatMap(model => namesOf(model).map(name => `${provider}/${name.toLowerCase()}`)),
  )
  return new Set(names)
}

/** What costs nothing is a variant of what is sold by the token. */
function isOfText({ id, prices }: ModelInfo): boolean {
  const periods = Array.isArray(prices) ? prices.map(period => period.prices) : [prices]
  const kinds = periods.flatMap(period => Object.keys(period))
  if (kinds.length === 0) return id.endsWith(':free')
  return (
    kinds.includes('input_mtok') &&
    kinds.includes('output_mtok') &&
    !kinds.some(kind => /_(?:image|video|audio)_|audio_/.test(kind))
  )
}
