// GET of the models: who may ask, and what this configuration can serve.

import type { IncomingHttpHeaders } from 'node:http'
import { type ListedModel, modelInPath, shapeOfModels } from '../endpoints/models.ts'
import { GatewayError } from '../errors.ts'
import type { Snapshot } from './snapshot.ts'

export interface ModelsQuestion {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly remoteAddress: string | undefined
}

/** @throws GatewayError 401, 404 */
export function answerModels(question: ModelsQuestion, snapshot: Snapshot): object {
  snapshot.authenticate(question.headers, question.remoteAddress)
  const shape = shapeOfModels(question.path, question.headers)
  const name = modelInPath(question.path)
  if (name === null) return shape.list(snapshot.listModels())
  return shape.one(findModel(name, snapshot))
}

/** @throws GatewayError 404 */
export function findModel(name: string, snapshot: Snapshot): ListedModel {
  const model = snapshot.findModel(name)
  if (model !== null) return model
  // Says why, and names the near ones, as a request with this model would.
  snapshot.resolve(name, 'chat')
  throw new GatewayError('model_not_found', { param: 'model' })
}
