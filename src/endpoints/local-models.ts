// The list of models and what is known of one, as clients of a server on one's own machine expect them: GET /api/tags,
// GET /api/ps, POST /api/show, GET /api/version. https://docs.ollama.com/api/tags

import type { ListedModel } from './models.ts'

/** The version of the server whose answers these are: some clients refuse older ones. */
export const version = { version: '0.13.0' }

/** None takes up memory here, loaded or not. */
export const loadedModels = { models: [] }

export function listModels(models: readonly ListedModel[]): object {
  return { models: models.map(listModel) }
}

/** No file stands behind a name here: what tells of one is empty. */
function listModel({ id, created, ownedBy }: ListedModel): object {
  return {
    name: id,
    model: id,
    modified_at: timeOf(created),
    size: 0,
    digest: '',
    details: detailsOf(ownedBy),
  }
}

export function showModel({ created, ownedBy }: ListedModel): object {
  return {
    modelfile: '',
    parameters: '',
    template: '',
    details: detailsOf(ownedBy),
    model_info: {},
    // What a client offers to its user: a model that lacks one of them says so when it is asked.
    capabilities: ['completion', 'tools', 'vision', 'thinking'],
    modified_at: timeOf(created),
  }
}

function detailsOf(family: string): object {
  return {
    parent_model: '',
    format: '',
    family,
    families: [family],
    parameter_size: '',
    quantization_level: '',
  }
}

function timeOf(created: number): string {
  return new Date(created * 1000).toISOString()
}
