// Knows a model again under the names that other providers give it, and fills in what its maker says of it wherever it
// is served. What a host decides (limits, tools, caching) is taken only from the same host.

import { bareName, withoutDate } from '../../src/catalog/model-names.ts'
import { type Facts, fillIn, type Records } from './said.ts'

/** Asked in this order: makers first, then the host with the most models. */
const makers = [
  'openai',
  'anthropic',
  'gemini',
  'xai',
  'mistral',
  'deepseek',
  'cohere',
  'moonshot',
  'zai',
  'alibaba',
  'openrouter',
  'vertex',
  'bedrock',
  'huggingface',
]

/** Fills in every record from the others of the same model. */
export function shareAmongHosts(records: Records): void {
  const known = indexByName(records)
  for (const [provider, models] of records)
    for (const [id, facts] of models) {
      const name = bareName(id)
      const others = known.get(name) ?? []
      const undated = known.get(withoutDate(name)) ?? []
      const own = others.find(other => other.provider === provider && other.facts.contextWindow !== undefined)
      const base =
        facts.contextWindow === undefined && own !== undefined ? fillIn(facts, hostFacts(own.facts)) : facts
      const filled = others.reduce((sum, other) => fillIn(sum, makersFacts(other.facts)), base)
      const aged = undated.reduce((sum, other) => fillIn(sum, knowledgeOf(other.facts)), filled)
      models.set(id, dropContradiction(aged))
    }
}

interface KnownRecord {
  readonly provider: string
  readonly facts: Facts
}

function indexByName(records: Records): ReadonlyMap<string, readonly KnownRecord[]> {
  const index = new Map<string, KnownRecord[]>()
  const rank = (provider: string) => (makers.includes(provider) ? makers.indexOf(provider) : makers.length)
  const providers = [...records.keys()].toSorted((left, right) => rank(left) - rank(right))
  for (const provider of providers)
    for (const [id, facts] of records.get(provider) ?? []) {
      const name = bareName(id)
      index.set(name, [...(index.get(name) ?? []), { provider, facts }])
    }
  return index
}

/** All but what belongs to one name. */
function hostFacts({ title: _title, aliases: _aliases, ...facts }: Facts): Facts {
  return facts
}

function makersFacts({ kind, input, output, reasoning, knowledgeCutoff, releasedOn }: Facts): Facts {
  return {
    // A host may paint with a model through an operation of its own.
    ...(kind === 'chat' && { kind }),
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    ...(reasoning !== undefined && { reasoning }),
    ...(knowledgeCutoff !== undefined && { knowledgeCutoff }),
    ...(releasedOn !== undefined && { releasedOn }),
  }
}

function knowledgeOf({ knowledgeCutoff }: Facts): Facts {
  return knowledgeCutoff === undefined ? {} : { knowledgeCutoff }
}

/** Where two sources contradict one another: no thoughts, and levels of them; an answer longer than the window. */
function dropContradiction({ reasoningLevels, maxOutput, ...facts }: Facts): Facts {
  return {
    ...facts,
    ...(facts.reasoning !== false && reasoningLevels !== undefined && { reasoningLevels }),
    ...(maxOutput !== undefined && maxOutput <= (facts.contextWindow ?? maxOutput) && { maxOutput }),
  }
}
