// Who serves which name: the models of all configured providers, in the order in which they are asked.

import type { Connection, Operation, Target } from '../call.ts'

/** A configured provider, as the index of models sees it. */
export interface IndexedProvider {
  readonly connection: Connection
  /** Lower is asked first; equal ones in the order of the configuration. */
  readonly priority: number
  /** Names of models that it serves. */
  readonly models: readonly string[]
  /** Whether it has a model of that name beside those; absent where it is known exactly what it has. */
  readonly knows?: (model: string) => boolean
  /** Takes every name that nobody lists: a server whose models nobody has written down. */
  readonly acceptsAnyModel: boolean
  /** Models that it had and has no more, whatever is asked of it; absent for none. */
  readonly gone?: ReadonlyMap<string, number>
  readonly operations: readonly Operation[]
  /** Model -> the name under which it is deployed. */
  readonly deployments: Readonly<Record<string, string>>
  /** Model or deployment -> the model whose price it has. */
  readonly baseModels: Readonly<Record<string, string>>
  readonly usable: boolean
  /** Completes "the provider … which …": `has no API key: set VENDOR_API_KEY`; null where it is usable. */
  readonly unusableReason: string | null
}

/** One model at one provider, usable or not. */
export interface Offer {
  readonly target: Target
  readonly provider: IndexedProvider
}

export interface Offers {
  /** Names that providers list, each with who lists it, first choice first. */
  readonly listed: ReadonlyMap<string, readonly Offer[]>
  /**
   * Reads a name as `provider/model`, also for a model that the provider does not list; null where it is none, or one
   * that is gone.
   */
  readQualified(name: string): Offer | null
  /** The name, or `provider/model`, stood for a model that its provider has no more, and stands for nothing else. */
  isGone(name: string): boolean
  /** Those who are known to have a model of that name, though nobody lists it; first choice first. */
  offersOfKnown(name: string): readonly Offer[]
  /** Those who take a name that nobody lists. */
  offersOfAny(name: string): readonly Offer[]
}

/** Names between two pauses. */
const namesAtOnce = 500

export function* offerSteps(providers: readonly IndexedProvider[]): Generator<void, Offers> {
  const makers = providers
    .toSorted((left, right) => left.priority - right.priority)
    .map(provider => ({ provider, makeOffer: createOfferMaker(provider) }))
  const byName = new Map(makers.map(maker => [maker.provider.connection.provider, maker]))

  const listed = new Map<string, Offer[]>()
  for (const { provider, makeOffer } of makers) {
    let count = 0
    for (const name of new Set([...provider.models, ...Object.keys(provider.deployments)])) {
      listed.set(name, [...(listed.get(name) ?? []), makeOffer(name)])
      if (++count % namesAtOnce === 0) yield
    }
  }

  const isGone = (name: string): boolean => {
    if (listed.has(name)) return false
    const slash = name.indexOf('/')
    const owner = byName.get(name.slice(0, Math.max(0, slash)))
    return (
      owner?.provider.gone?.has(name.slice(slash + 1)) === true ||
      makers.some(({ provider }) => provider.gone?.has(name) === true)
    )
  }

  return {
    listed,
    readQualified(name) {
      const slash = name.indexOf('/')
      const model = name.slice(slash + 1)
      if (slash < 1 || model === '') return null
      const maker = byName.get(name.slice(0, slash))
      return maker === undefined || maker.provider.gone?.has(model) ? null : maker.makeOffer(model)
    },
    offersOfKnown: name =>
      makers
        .filter(({ provider }) => provider.knows?.(name) === true)
        .map(({ makeOffer }) => makeOffer(name)),
    // A name that somebody had is not any name: whoever takes all is not the one that was meant.
    offersOfAny: name =>
      isGone(name)
        ? []
        : makers.filter(({ provider }) => provider.acceptsAnyModel).map(({ makeOffer }) => makeOffer(name)),
    isGone,
  }
}

/** Maps instead of the configured records, because names come from clients: `constructor` is one like another. */
function createOfferMaker(provider: IndexedProvider): (model: string) => Offer {
  const { connection } = provider
  const deployments = new Map(Object.entries(provider.deployments))
  const deployedModels = new Map(Object.entries(provider.deployments).map(([model, name]) => [name, model]))
  const baseModels = new Map(Object.entries(provider.baseModels))
  return asked => {
    const model = deployments.get(asked) ?? asked
    // Asked by the name of its deployment, a model is still the one that was deployed.
    const original = deployments.has(asked) ? asked : (deployedModels.get(asked) ?? asked)
    const priceModel = baseModels.get(asked) ?? baseModels.get(original) ?? baseModels.get(model) ?? original
    return { provider, target: { id: `${connection.provider}/${model}`, connection, model, priceModel } }
  }
}
