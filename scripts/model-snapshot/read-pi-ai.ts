// Reads the catalogue of @earendil-works/pi-ai: chat models that take tools, image models, and classifiers.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bareName } from '../../src/catalog/model-names.ts'
import { sourceNames } from './providers.ts'
import { type Facts, type Note, sortModalities } from './said.ts'

interface PiModel {
  readonly id: string
  readonly name: string
  readonly type: 'chat' | 'image' | 'classifier'
  readonly contextWindow?: number
  readonly maxTokens?: number
  readonly input: readonly string[]
  readonly output?: readonly string[]
  readonly reasoning?: boolean
  readonly thinkingLevelMap?: Readonly<Record<string, string | null>>
  readonly cost: {
    readonly cacheRead: number
    readonly tiers?: readonly { readonly inputTokensAbove: number }[]
  }
}

const kinds = { chat: 'chat', image: 'image', classifier: 'other' } as const

/** @param folder the unpacked package */
export function readPiAi(folder: string): Note[] {
  const found = Object.entries(sourceNames).flatMap(([provider, { piAi = [], only = /./ }]) =>
    piAi
      .flatMap(name => readFile(join(folder, 'dist/providers/data', `${name}.json`)))
      .filter(model => only.test(model.id))
      // A model may be there as a chat model and as a classifier: it is asked as the first.
      .toSorted((left, right) => rankOf(left) - rankOf(right))
      .map(model => ({ provider, model })),
  )
  const windowOf = createWindowReader(found.map(({ model }) => model))
  return found.map(({ provider, model }) => ({
    provider,
    id: model.id,
    facts: readModel(model, windowOf(model)),
  }))
}

function rankOf({ type }: PiModel): number {
  return Object.keys(kinds).indexOf(type)
}

/**
 * A window that ends where the dearer prices begin is no limit of the model, but thrift of that package: then the
 * largest counts that it gives for the same model elsewhere.
 */
export function createWindowReader(
  models: readonly Pick<PiModel, 'id' | 'contextWindow' | 'cost'>[],
): (model: Pick<PiModel, 'id' | 'contextWindow' | 'cost'>) => number | null {
  const isThrifty = ({ contextWindow, cost }: Pick<PiModel, 'contextWindow' | 'cost'>) =>
    cost.tiers?.some(tier => tier.inputTokensAbove === contextWindow) === true
  const elsewhere = Map.groupBy(
    models.filter(model => !isThrifty(model)),
    ({ id }) => bareName(id),
  )
  return model => {
    const { contextWindow = 0 } = model
    if (!isThrifty(model)) return contextWindow > 0 ? contextWindow : null
    const largest = Math.max(
      0,
      ...(elsewhere.get(bareName(model.id)) ?? []).map(other => other.contextWindow ?? 0),
    )
    return largest > 0 ? largest : null
  }
}

function readFile(path: string): PiModel[] {
  if (!existsSync(path)) throw new Error(`pi-ai has no ${path}`)
  const groups = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, PiModel>>
  return Object.values(groups).flatMap(group => Object.values(group))
}

function readModel(model: PiModel, contextWindow: number | null): Facts {
  const { maxTokens = 0, type } = model
  const levels = model.reasoning === true ? readLevels(model.thinkingLevelMap) : null
  return {
    title: model.name.replace(/ \(latest\)$/, ''),
    kind: kinds[type],
    ...(contextWindow !== null && { contextWindow }),
    ...(maxTokens > 0 && { maxOutput: maxTokens }),
    input: sortModalities(model.input),
    ...(type !== 'classifier' && { output: sortModalities(model.output ?? ['text']) }),
    // Chat models are listed there only where they can call tools.
    ...(type === 'chat' && { tools: true }),
    ...(model.reasoning !== undefined && { reasoning: model.reasoning }),
    ...(levels !== null && { reasoningLevels: levels }),
    // Zero stands for "unknown".
    ...(model.cost.cacheRead > 0 && { promptCaching: true }),
  }
}

/**
 * Its levels to the words of the provider; null where the provider lacks one, and absent where it has the usual one.
 * @returns null where nothing is said of efforts
 */
export function readLevels(levels: PiModel['thinkingLevelMap']): readonly string[] | null {
  if (levels === undefined) return null
  const efforts = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max']
  if (efforts.every(name => levels[name] === undefined)) return null
  const usual = new Set(['low', 'medium', 'high'])
  const words = efforts
    .map(name => (levels[name] === undefined && usual.has(name) ? name : levels[name]))
    .filter(word => word !== undefined && word !== null)
    .map(word => word.toLowerCase())
  const without = levels['off'] === 'none' ? ['none'] : []
  return [...new Set([...without, ...words])].filter(word => /^[a-z]+$/.test(word) && word !== 'default')
}
