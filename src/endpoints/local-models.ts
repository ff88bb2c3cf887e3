// The list of models and what is known of one, as clients of a server on one's own machine expect them: GET /api/tags,
// GET /api/ps, POST /api/show, GET /api/version. https://docs.ollama.com/api/tags

import { mapSteps } from '../lib/slices.ts'
import type { ModelFacts } from '../model-facts.ts'
import { bornAt, type DescribedModel, isForChat, timeOf } from './model-shapes.ts'

/** The version of the server whose answers these are: some clients refuse older ones. */
export const version = { version: '0.13.0' }

/** None takes up memory here, loaded or not. */
export const loadedModels = { models: [] }

/** In pieces: there may be thousands. */
export function* listSteps(models: readonly DescribedModel[]): Generator<void, object> {
  return { models: yield* mapSteps(models, listModel) }
}

/** No file stands behind a name here: what tells of one is empty. */
function listModel(model: DescribedModel): object {
  return {
    name: model.id,
    model: model.id,
    modified_at: timeOf(bornAt(model)),
    size: 0,
    digest: '',
    details: detailsOf(model),
  }
}

export function showModel(model: DescribedModel): object {
  const { facts } = model
  return {
    modelfile: '',
    parameters: '',
    template: '',
    ...(facts !== null && facts.license !== null && { license: facts.license }),
    details: detailsOf(model),
    model_info: infoOf(facts),
    capabilities: capabilitiesOf(facts),
    modified_at: timeOf(bornAt(model)),
  }
}

/** Clients look for the sizes below the name of an architecture, which is nobody's here. */
function infoOf(facts: ModelFacts | null): object {
  if (facts === null || facts.contextWindow === null) return {}
  return { 'general.architecture': 'model', 'model.context_length': facts.contextWindow }
}

/**
 * What is known to be there. Tools also where nobody knows: agents do not even try a model that is said to have none, and
 * one that has none says so when it is asked.
 */
function capabilitiesOf(facts: ModelFacts | null): readonly string[] {
  if (facts?.kind === 'embedding') return ['embedding']
  if (!isForChat(facts)) return []
  return [
    'completion',
    ...(facts?.tools === false ? [] : ['tools']),
    ...(facts?.input?.includes('image') === true ? ['vision'] : []),
    ...(facts?.reasoning === true ? ['thinking'] : []),
  ]
}

function detailsOf({ facts, ownedBy }: DescribedModel): object {
  const family = facts?.ownedBy ?? ownedBy
  return {
    parent_model: '',
    format: '',
    family,
    families: [family],
    parameter_size: '',
    quantization_level: '',
  }
}
