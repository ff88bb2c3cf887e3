// The bodies of GET /v1/models and GET /v1/models/{id} in OpenAI's shape, made once for an index of models.

import type { ListedModel, ModelIndex } from './model-index.ts'

export interface ModelsEndpoint {
  /** The list of all models. */
  readonly list: Buffer
  /** One model; null where the name is not served. */
  find(id: string): Buffer | null
}

export function createModelsEndpoint(index: Pick<ModelIndex, 'list' | 'find'>): ModelsEndpoint {
  const models = index.list()
  const bodies = new Map(models.map(model => [model.id, toBuffer(describeModel(model))]))
  return {
    list: toBuffer({ object: 'list', data: models.map(describeModel) }),
    find(id) {
      const ready = bodies.get(id)
      if (ready !== undefined) return ready
      const model = index.find(id)
      return model === null ? null : toBuffer(describeModel(model))
    },
  }
}

function describeModel({ id, created, ownedBy }: ListedModel) {
  return { id, object: 'model', created, owned_by: ownedBy }
}

function toBuffer(body: unknown): Buffer {
  return Buffer.from(JSON.stringify(body))
}
