// Joins what several sources say of one model. Each fact is that of the most believed source that says it.

import { type FactSource, factSources, type ModelFacts, type SaidFacts } from '../model-facts.ts'

/** What each source says of one model; a source that says nothing is absent. */
export type FactLayers = { readonly [Source in FactSource]?: SaidFacts }

export type FactName = keyof ModelFacts

/** A literal of all fields, so that all records are of one shape in memory. */
export function mergeFacts(layers: FactLayers): ModelFacts {
  const said = factSources.map(source => layers[source]).filter(facts => facts !== undefined)
  return {
    title: first(said, 'title'),
    ownedBy: first(said, 'ownedBy'),
    kind: first(said, 'kind'),
    contextWindow: first(said, 'contextWindow'),
    maxOutput: first(said, 'maxOutput'),
    input: first(said, 'input'),
    output: first(said, 'output'),
    tools: first(said, 'tools'),
    parallelTools: first(said, 'parallelTools'),
    jsonSchema: first(said, 'jsonSchema'),
    reasoning: first(said, 'reasoning'),
    reasoningLevels: first(said, 'reasoningLevels'),
    streaming: first(said, 'streaming'),
    promptCaching: first(said, 'promptCaching'),
    batch: first(said, 'batch'),
    knowledgeCutoff: first(said, 'knowledgeCutoff'),
    releasedOn: first(said, 'releasedOn'),
    deprecatedOn: first(said, 'deprecatedOn'),
    retiresOn: first(said, 'retiresOn'),
    replacedBy: first(said, 'replacedBy'),
    license: first(said, 'license'),
    aliases: first(said, 'aliases'),
    prices: first(said, 'prices'),
  }
}

function first<Name extends FactName>(said: readonly SaidFacts[], name: Name): ModelFacts[Name] | null {
  for (const facts of said) {
    const value = facts[name]
    if (value !== undefined) return value
  }
  return null
}

/** Those who say anything, the most believed first. The same list for the same sources, as there are many models. */
export function sourcesOf(layers: FactLayers): readonly FactSource[] {
  const key = factSources.reduce((sum, source, place) => (says(layers[source]) ? sum + 2 ** place : sum), 0)
  return combinations[key] ?? []
}

const combinations: readonly (readonly FactSource[])[] = Array.from(
  { length: 2 ** factSources.length },
  (_, key) => Object.freeze(factSources.filter((_source, place) => Math.floor(key / 2 ** place) % 2 === 1)),
)

function says(facts: SaidFacts | undefined): boolean {
  return facts !== undefined && Object.keys(facts).length > 0
}

/** Who says a fact, and what others say of it who are believed less. */
export interface FactOrigin {
  readonly name: FactName
  readonly source: FactSource
  readonly value: unknown
  readonly overruled: ReadonlyArray<{ readonly source: FactSource; readonly value: unknown }>
}

/** For those who ask where a fact comes from; what nobody says is left out. */
export function explainFacts(layers: FactLayers): readonly FactOrigin[] {
  const names = Object.keys(mergeFacts({})) as FactName[]
  return names.flatMap(name => {
    const [source, ...overruled] = factSources.flatMap(from => {
      const value = layers[from]?.[name]
      return value === undefined ? [] : [{ source: from, value: value as unknown }]
    })
    return source === undefined ? [] : [{ name, ...source, overruled }]
  })
}

/**
 * What can be said of a name that stands for several models, as an alias or a group does: a fact that all share, the
 * smaller of two sizes, what all of them take, and an ability where all have it.
 * @returns all null for none
 */
export function shareFacts(models: readonly ModelFacts[]): ModelFacts {
  const [head, ...others] = models
  if (head === undefined) return mergeFacts({})
  return others.reduce(shareTwo, head)
}

function shareTwo(left: ModelFacts, right: ModelFacts): ModelFacts {
  const shared = Object.entries(left).map(([name, value]) => [name, same(value, right[name as FactName])])
  return {
    ...(Object.fromEntries(shared) as unknown as ModelFacts),
    contextWindow: smaller(left.contextWindow, right.contextWindow),
    maxOutput: smaller(left.maxOutput, right.maxOutput),
    input: common(left.input, right.input),
    output: common(left.output, right.output),
    tools: both(left.tools, right.tools),
    parallelTools: both(left.parallelTools, right.parallelTools),
    jsonSchema: both(left.jsonSchema, right.jsonSchema),
    reasoning: both(left.reasoning, right.reasoning),
    reasoningLevels: common(left.reasoningLevels, right.reasoningLevels),
    streaming: both(left.streaming, right.streaming),
    promptCaching: both(left.promptCaching, right.promptCaching),
    batch: both(left.batch, right.batch),
    knowledgeCutoff: earlier(left.knowledgeCutoff, right.knowledgeCutoff),
  }
}

function same(left: unknown, right: unknown): unknown {
  return left === right || JSON.stringify(left) === JSON.stringify(right) ? left : null
}

/** Unknown where one is: it may be smaller still. */
function smaller(left: number | null, right: number | null): number | null {
  return left === null || right === null ? null : Math.min(left, right)
}

function earlier(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return null
  return left < right ? left : right
}

/** One that cannot is enough to know. */
function both(left: boolean | null, right: boolean | null): boolean | null {
  if (left === false || right === false) return false
  return left === null || right === null ? null : true
}

function common<Item>(left: readonly Item[] | null, right: readonly Item[] | null): readonly Item[] | null {
  return left === null || right === null ? null : left.filter(item => right.includes(item))
}
