// Names of models for tests of the lists: with much, little and nothing known of them.

import type { ModelFacts } from '../model-facts.ts'
import type { DescribedModel } from './model-shapes.ts'

const nothingKnown: ModelFacts = {
  title: null,
  ownedBy: null,
  kind: null,
  contextWindow: null,
  maxOutput: null,
  input: null,
  output: null,
  tools: null,
  parallelTools: null,
  jsonSchema: null,
  reasoning: null,
  reasoningLevels: null,
  streaming: null,
  promptCaching: null,
  batch: null,
  knowledgeCutoff: null,
  releasedOn: null,
  deprecatedOn: null,
  retiresOn: null,
  replacedBy: null,
  license: null,
  aliases: null,
  prices: null,
}

export function makeFacts(facts: Partial<ModelFacts> = {}): ModelFacts {
  return { ...nothingKnown, ...facts }
}

export const chatFacts = makeFacts({
  title: 'Falcon 4',
  ownedBy: 'Acme',
  kind: 'chat',
  contextWindow: 200_000,
  maxOutput: 8_000,
  input: ['text', 'image'],
  output: ['text'],
  tools: true,
  jsonSchema: true,
  reasoning: false,
  releasedOn: '2026-01-02',
  deprecatedOn: '2026-05-01',
  retiresOn: '2027-01-01',
  replacedBy: 'falcon-5',
  license: 'proprietary',
  aliases: ['falcon-latest'],
})

export function makeModel(id: string, facts: ModelFacts | null = null): DescribedModel {
  return {
    id,
    created: 0,
    ownedBy: 'acme-eu',
    facts,
    deprecated: facts !== null && facts.deprecatedOn !== null,
  }
}
