// GET of the models: who may ask, what this configuration can serve, and what is known of it.

import type { IncomingHttpHeaders } from 'node:http'
import { type DescribedModel, type ListedModel, modelInPath, shapeOfModels } from '../endpoints/models.ts'
import { GatewayError } from '../errors.ts'
import { didYouMean, nearNames } from '../lib/near-names.ts'
import { mapSteps, runInSlices } from '../lib/slices.ts'
import { isDeprecated, type ModelFacts } from '../model-facts.ts'
import type { Gateway } from './exchange.ts'
import { mayUse, requireUse } from './may-use.ts'
import type { Principal, Snapshot } from './snapshot.ts'

/** Knows the models by the names by which they are asked for. */
export interface ModelGuide {
  /** Resolves as soon as anything is known. */
  ready(): Promise<void>
  /** As things are now, what holds for whoever answers to a name; null where nothing is known. */
  facts(): (name: string) => ModelFacts | null
}

export interface ModelsQuestion {
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly remoteAddress: string | undefined
}

const longestQuotedName = 128

type Asked = Pick<Gateway, 'snapshot' | 'models' | 'clock'>

/** @throws GatewayError 400, 401, 404 */
export async function answerModels(question: ModelsQuestion, gateway: Asked): Promise<object> {
  const snapshot = gateway.snapshot()
  const principal = snapshot.authenticate(question.headers, question.remoteAddress)
  const shape = shapeOfModels(question.path, question.headers)
  const name = modelInPath(question.path)
  await gateway.models.ready()
  const asking = { principal, snapshot, gateway }
  if (name === null) return runInSlices(listSteps(asking, models => shape.list(models, question.query)))
  return shape.one(findModel(name, asking))
}

export interface Asking {
  readonly principal: Principal
  readonly snapshot: Snapshot
  readonly gateway: Pick<Gateway, 'models' | 'clock'>
}

/** Those that may be asked for, each with what is known of it, as somebody writes them. */
export function* listSteps(
  { principal, snapshot, gateway }: Asking,
  write: (models: readonly DescribedModel[]) => Generator<void, object>,
): Generator<void, object> {
  const mine = snapshot.listModels().filter(({ id }) => mayUse({ principal, snapshot }, id))
  return yield* write(yield* mapSteps(mine, createDescriber(gateway)))
}

function createDescriber({ models, clock }: Asking['gateway']): (model: ListedModel) => DescribedModel {
  const factsOf = models.facts()
  const today = new Date(clock.wall()).toISOString().slice(0, 10)
  return model => {
    const facts = factsOf(model.id)
    const { id, created, ownedBy } = model
    return { id, created, ownedBy, facts, deprecated: facts !== null && isDeprecated(facts, today) }
  }
}

/** @throws GatewayError 404 */
export function findModel(name: string, { principal, snapshot, gateway }: Asking): DescribedModel {
  requireUse({ principal, snapshot }, name)
  const model = snapshot.findModel(name)
  if (model !== null) return createDescriber(gateway)(model)
  // Says why, and names the near ones, as a request with this model would.
  snapshot.resolve(name, 'chat')
  throw refuseUnlisted(name, { principal, snapshot })
}

/** A request would be sent to somebody who may have a model of any name: whether there is one, nobody here knows. */
function refuseUnlisted(name: string, asker: Pick<Asking, 'principal' | 'snapshot'>): GatewayError {
  const names = asker.snapshot
    .listModels()
    .map(({ id }) => id)
    .filter(id => mayUse(asker, id))
  const ofProvider = name.slice(name.indexOf('/') + 1)
  const own = nearNames(ofProvider, names)
  const near = didYouMean(own.length > 0 || ofProvider === name ? own : nearNames(name, names))
  const message = `Nobody lists a model \`${name.slice(0, longestQuotedName)}\` here.${near} A request for it is sent to its provider all the same.`
  return new GatewayError('model_not_found', { message, param: 'model' })
}
