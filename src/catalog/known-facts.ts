// What each source says of a model at a provider: the configuration, the operator's file, the bundle; of the listings the
// prices alone, as those are charged.

import type { SaidFacts } from '../model-facts.ts'
import type { FactLayers } from './merge-facts.ts'
import type { ModelOverrides } from './model-overrides.ts'
import { type ModelTable, withoutNames } from './model-table.ts'
import type { ModelPrice, PriceBook } from './price-book.ts'

export interface KnownFactsOptions {
  readonly table: ModelTable
  /** Of `models.details`. */
  readonly details: Readonly<Record<string, SaidFacts>>
  /** Of the file with details. */
  readonly overrides: ModelOverrides
  readonly prices: Pick<PriceBook, 'priceOf'>
}

export interface ModelQuestion {
  /** The configured name; the type, where it is not configured. */
  readonly provider: string
  readonly type: string
  /** The provider of the price table, where it is not the type; null where no row may hold. */
  readonly tableName: string | null
  readonly model: string
  /** The model whose facts and price it has, where it is a deployment or was tuned. */
  readonly base: string | null
}

export interface KnownFacts {
  layersOf(question: ModelQuestion): FactLayers
  /** The type under which its rows stand; null where none may hold. */
  typeOf(question: Pick<ModelQuestion, 'type' | 'tableName'>): string | null
}

export function createKnownFacts({ table, details, overrides, prices }: KnownFactsOptions): KnownFacts {
  const written = new Map(Object.entries(details))
  const types = new Set(table.types)

  const typeOf: KnownFacts['typeOf'] = ({ type, tableName }) => {
    if (types.has(type)) return type
    return tableName !== null && types.has(tableName) ? tableName : null
  }

  /** A server of one's own may bear any name: only what the name tells holds there. */
  const bundledFacts = (question: ModelQuestion): SaidFacts => {
    const type = typeOf(question) ?? ''
    if (question.base === null) return table.factsOf(type, question.model)
    const own = table.findRow(type, question.model)
    const base = withoutNames(table.factsOf(type, question.base))
    return own === null ? base : { ...base, ...table.factsOf(type, question.model) }
  }

  return {
    typeOf,
    layersOf(question) {
      const price = prices.priceOf(question.provider, question.base ?? question.model)
      const configuration = findWritten(written, question)
      const override = findWritten(overrides, question)
      const bundled = bundledFacts(question)
      const own = pricesFrom(price, 'override')
      const listing = pricesFrom(price, 'listed')
      return {
        ...(configuration !== null && { configuration }),
        ...((override !== null || own !== null) && { override: { ...override, ...own } }),
        ...(listing !== null && { listing }),
        snapshot: { ...bundled, ...pricesFrom(price, 'bundled') },
      }
    },
  }
}

function pricesFrom(price: ModelPrice | null, origin: ModelPrice['origin']): SaidFacts | null {
  const said = price?.origin === origin ? price : price?.overruled?.find(other => other.origin === origin)
  return said === undefined ? null : { prices: said.periods }
}

/** The name at the configured provider wins over that at its type, and this over the name alone; own over base. */
function findWritten(said: ModelOverrides, { provider, type, model, base }: ModelQuestion): SaidFacts | null {
  if (said.size === 0) return null
  const found = (base === null ? [model] : [base, model])
    .flatMap(name => [name, `${type}/${name}`, `${provider}/${name}`])
    .map(key => said.get(key))
    .filter(facts => facts !== undefined)
  return found.length === 0 ? null : Object.assign({}, ...found)
}
