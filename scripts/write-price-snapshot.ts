// Writes src/catalog/prices.snapshot.json, the bundled price table. Run by hand when the sources have news, after the facts
// of models, whose windows it reads:
//   node scripts/write-price-snapshot.ts [FOLDER]
// FOLDER is an unpacked @earendil-works/pi-ai package: its context windows, output limits and the models that the
// primary source lacks are merged in. docs/prices.md has the steps.

import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { findProvider, type MatchLogic, type ModelInfo, type TieredPrices } from '@pydantic/genai-prices'
import { readModelSnapshot } from '../src/catalog/model-snapshot.ts'
import type {
  MatchRule,
  PricedModel,
  PricePeriod,
  PriceSnapshot,
  PriceSource,
  PriceTier,
} from '../src/catalog/price-snapshot.ts'
import { createPriceTable } from '../src/catalog/price-table.ts'
import {
  addKeptPrices,
  dropSteps,
  readKeptPrices,
  releaseName,
  standsForAnother,
} from './price-snapshot/mend.ts'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }
type Row = Mutable<PricedModel>

const providers = [
  'anthropic',
  'aws',
  'azure',
  'cerebras',
  'cohere',
  'deepseek',
  'fireworks',
  'google',
  'groq',
  'mistral',
  'moonshotai',
  'openai',
  'openrouter',
  'perplexity',
  'together',
  'x-ai',
  'zai',
]

const aliases = {
  'amazon-bedrock': 'aws',
  'azure-openai': 'azure',
  bedrock: 'aws',
  gemini: 'google',
  'google-vertex': 'google',
  grok: 'x-ai',
  moonshot: 'moonshotai',
  'together-ai': 'together',
  vertex: 'google',
  xai: 'x-ai',
  'z-ai': 'zai',
  'z.ai': 'zai',
}

/** Files of the second source -> provider of the table. */
const secondFiles: ReadonlyArray<readonly [file: string, provider: string]> = [
  ['amazon-bedrock', 'aws'],
  ['anthropic', 'anthropic'],
  ['azure', 'azure'],
  ['cerebras', 'cerebras'],
  ['deepseek', 'deepseek'],
  ['fireworks', 'fireworks'],
  ['google', 'google'],
  ['google-vertex', 'google'],
  ['groq', 'groq'],
  ['mistral', 'mistral'],
  ['moonshotai', 'moonshotai'],
  ['openai', 'openai'],
  ['openrouter', 'openrouter'],
  ['together', 'together'],
  ['xai', 'x-ai'],
  ['zai', 'zai'],
]

const kindOfKey = {
  input_mtok: 'input',
  cache_read_mtok: 'cacheRead',
  cache_write_mtok: 'cacheWrite5m',
  cache_write_1h_mtok: 'cacheWrite1h',
  output_mtok: 'output',
  output_reasoning_mtok: 'reasoning',
  input_audio_mtok: 'audioInput',
  output_audio_mtok: 'audioOutput',
  requests_kcount: 'request',
} as const

const picoPerDollar = 1e12

function toPico(key: string, dollars: number): number {
  return Math.round((dollars * picoPerDollar) / (key === 'requests_kcount' ? 1e3 : 1e6))
}

function readPrimary(): Record<string, { models: Row[]; fallback?: string[] }> {
  return Object.fromEntries(
    providers.map(id => {
      const provider = findProvider({ providerId: id })
      if (provider?.id !== id) throw new Error(`The primary source has no provider ${id}`)
      const fallback = provider.fallback_model_providers
      return [
        id,
        { ...(fallback === undefined ? {} : { fallback }), models: provider.models.map(readPrimaryModel) },
      ]
    }),
  )
}

function readPrimaryModel(model: ModelInfo): Row {
  const match = encodeMatch(model.match)
  const isId = match.length === 1 && match[0] === `=${model.id.toLowerCase()}`
  const periods = Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }]
  return {
    id: model.id,
    ...(isId ? {} : { match }),
    ...(model.context_window === undefined ? {} : { contextWindow: model.context_window }),
    prices: periods.map(period => {
      const prices = readPrices(model.id, period.prices)
      const constraint = 'constraint' in period ? period.constraint : undefined
      if (constraint === undefined) return prices
      return constraint.type === 'start_date'
        ? { ...prices, from: constraint.start_date }
        : { ...prices, daily: [constraint.start_time, constraint.end_time].map(toUtcTime) }
    }),
  }
}

function toUtcTime(text: string): string {
  if (!/^\d\d:\d\d:\d\dZ$/.test(text)) throw new Error(`A time of day is not in UTC: ${text}`)
  return text.slice(0, 8)
}

function readPrices(id: string, source: Record<string, number | TieredPrices | undefined>): PricePeriod {
  // An empty price means "free" there, but also "not sold by the token"; only a name that says so is free here.
  if (Object.keys(source).length === 0) return id.endsWith(':free') ? { input: 0, output: 0 } : {}
  const prices: Mutable<PricePeriod> = {}
  const tiers = new Map<number, Mutable<PriceTier>>()
  for (const [key, kind] of Object.entries(kindOfKey)) {
    const value = source[key]
    if (value === undefined) continue
    prices[kind] = toPico(key, typeof value === 'number' ? value : value.base)
    if (typeof value === 'number') continue
    for (const { start, price } of value.tiers) {
      const tier = tiers.get(start) ?? { above: start }
      tier[kind] = toPico(key, price)
      tiers.set(start, tier)
    }
  }
  // Pictures and films are output tokens at another price, and an answer's usage does not tell them apart.
  if ('output_image_mtok' in source || 'output_video_mtok' in source) delete prices.output
  if (tiers.size > 0) prices.tiers = [...tiers.values()].sort((a, b) => a.above - b.above)
  return prices
}

function encodeMatch(logic: MatchLogic): Array<MatchRule | MatchRule[]> {
  if ('or' in logic) return logic.or.flatMap(encodeMatch)
  if ('and' in logic) return [logic.and.map(encodeRule)]
  return [encodeRule(logic)]
}

function encodeRule(logic: MatchLogic): MatchRule {
  if ('equals' in logic) return `=${logic.equals.toLowerCase()}`
  if ('starts_with' in logic) return `^${logic.starts_with.toLowerCase()}`
  if ('ends_with' in logic) return `$${logic.ends_with.toLowerCase()}`
  if ('contains' in logic) return `*${logic.contains.toLowerCase()}`
  if ('regex' in logic) return `/${logic.regex}`
  throw new Error(`A match rule is nested deeper than the table can say: ${JSON.stringify(logic)}`)
}

interface SecondCost {
  input: number
  output: number
  cacheRead: number
  cacheWrite: number
}

interface SecondModel {
  id: string
  type: string
  cost: SecondCost & { tiers?: Array<SecondCost & { inputTokensAbove: number }> }
  contextWindow?: number
  maxTokens?: number
}

function mergeSecond(
  snapshot: { aliases: typeof aliases; providers: ReturnType<typeof readPrimary> },
  folder: string,
) {
  const counts = { added: 0, completed: 0, moved: 0 }
  const table = createPriceTable(snapshot)
  for (const [file, provider] of secondFiles) {
    const rows = snapshot.providers[provider]?.models ?? []
    const known = new Set(rows.map(row => row.id.toLowerCase()))
    for (const model of readSecond(join(folder, 'dist/providers/data', `${file}.json`))) {
      const found = table.find(provider, model.id)
      const own = rows.findIndex(row => row === found && row.id.toLowerCase() === model.id.toLowerCase())
      const ownRow = rows[own]
      if (found !== null && isPlausible(model) && isOverdue(found, model)) {
        moveName(rows, found, model)
        counts.moved++
      } else if (ownRow !== undefined) {
        rows[own] = completeRow(ownRow, model)
        counts.completed++
      } else if (isPlausible(model) && !known.has(model.id.toLowerCase()) && isNews(found, model)) {
        known.add(model.id.toLowerCase())
        rows.push({ id: model.id, ...limitsOf(model), source: 1, prices: [convertSecond(model.cost)] })
        counts.added++
      }
    }
  }
  return counts
}

/** Whether the name is of a row that is not its own, or is no more, at another price. */
function isOverdue(found: PricedModel, model: SecondModel): boolean {
  return !isRegional(found) && standsForAnother(found, model.id) && costsOtherwise(found, model)
}

/** To a row of its own. Rows that were completed are others than those of the table, but have their names. */
function moveName(rows: Row[], found: PricedModel, model: SecondModel): void {
  const place = rows.findIndex(({ id }) => id === found.id)
  const old = rows[place]
  if (old === undefined) throw new Error(`The row ${found.id} is gone`)
  const row = { id: model.id, ...limitsOf(model), source: 1, prices: [convertSecond(model.cost)] }
  const rest = releaseName(old, model.id)
  rows.splice(place, 1, ...(rest === null ? [row] : [rest, row]))
}

function isRegional({ id }: PricedModel): boolean {
  return id.startsWith('regional.anthropic.')
}

function costsOtherwise({ prices }: PricedModel, { cost }: SecondModel): boolean {
  const last = prices.at(-1)
  return last?.input !== toPico('', cost.input) || last.output !== toPico('', cost.output)
}

/**
 * Whether a row of its own is due: the primary source has none for this name, or has it only by a rule for many
 * names and at another price. The regional rules of a hosted vendor are the exception: there the primary source
 * knows of a surcharge that the second does not.
 */
function isNews(found: PricedModel | null, model: SecondModel): boolean {
  if (found === null) return true
  if (found.match?.includes(`=${model.id.toLowerCase()}`) || isRegional(found)) return false
  return costsOtherwise(found, model)
}

/** Zero stands for "unknown" there, and a vast distance between input and output for a mixed or passing price. */
function isPlausible({ cost }: SecondModel): boolean {
  return cost.input > 0 && cost.output / cost.input <= 20
}

function readSecond(path: string): SecondModel[] {
  const groups = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, SecondModel>>
  return Object.values(groups)
    .flatMap(group => Object.values(group))
    .filter(model => model.type === 'chat')
}

function limitsOf(model: SecondModel): { contextWindow?: number; maxOutput?: number } {
  const { contextWindow = 0, maxTokens = 0 } = model
  return {
    ...(contextWindow > 0 ? { contextWindow } : {}),
    ...(maxTokens > 0 ? { maxOutput: maxTokens } : {}),
  }
}

/** Fills in the limits that the row lacks. */
function completeRow({ id, prices, ...rest }: Row, model: SecondModel): Row {
  return { id, ...limitsOf(model), ...rest, prices }
}

/** Zero stands for "unknown" there, so it is left out. */
function convertSecond(cost: SecondModel['cost']): PricePeriod {
  const convert = (from: SecondCost): Mutable<PricePeriod> => ({
    ...(from.input > 0 ? { input: toPico('', from.input) } : {}),
    ...(from.cacheRead > 0 ? { cacheRead: toPico('', from.cacheRead) } : {}),
    ...(from.cacheWrite > 0 ? { cacheWrite5m: toPico('', from.cacheWrite) } : {}),
    ...(from.output > 0 ? { output: toPico('', from.output) } : {}),
  })
  const tiers = cost.tiers?.map(tier => ({ above: tier.inputTokensAbove, ...convert(tier) }))
  return { ...convert(cost), ...(tiers === undefined || tiers.length === 0 ? {} : { tiers }) }
}

/** Prices that are kept by hand, and no steps that no prompt can reach. */
function mendRows(snapshot: { aliases: typeof aliases; providers: ReturnType<typeof readPrimary> }): void {
  const pages = readKeptPrices()
  for (const [id, provider] of Object.entries(snapshot.providers))
    provider.models = addKeptPrices(id, provider.models, pages)
  const windows = longestWindows(createPriceTable(snapshot))
  for (const provider of Object.values(snapshot.providers))
    provider.models = provider.models.map(row => dropSteps(row, windows.get(row) ?? null))
}

/** Of all models that have the price of a row; null where the window of one is not known. */
function longestWindows(table: ReturnType<typeof createPriceTable>): ReadonlyMap<PricedModel, number | null> {
  const windows = new Map<PricedModel, number | null>()
  for (const [provider, models] of Object.entries(readModelSnapshot().models))
    for (const { id, context = null } of models) {
      const row = table.find(provider, id)
      if (row === null) continue
      const before = windows.get(row)
      windows.set(row, before === null || context === null ? null : Math.max(before ?? 0, context))
    }
  return windows
}

function describePackage(folder: string, attribution: string): PriceSource {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return { package: name, version, license, attribution }
}

/** One line for a model, so that a refresh can be read as a difference. */
function render(snapshot: PriceSnapshot): string {
  const blocks = Object.entries(snapshot.providers).map(([id, provider]) => {
    const fallback = provider.fallback === undefined ? '' : `"fallback":${JSON.stringify(provider.fallback)},`
    const models = provider.models.map(model => JSON.stringify(model)).join(',\n')
    return `${JSON.stringify(id)}:{${fallback}"models":[\n${models}\n]}`
  })
  const head = `"sources":${JSON.stringify(snapshot.sources)},\n"aliases":${JSON.stringify(snapshot.aliases)}`
  return `{${head},\n"providers":{\n${blocks.join(',\n')}\n}}\n`
}

function main(secondFolder: string | undefined) {
  const primaryFolder = dirname(dirname(createRequire(import.meta.url).resolve('@pydantic/genai-prices')))
  const sources = [describePackage(primaryFolder, 'Copyright (c) Pydantic Services Inc. 2025 to present')]
  const snapshot = { sources, aliases, providers: readPrimary() }
  if (secondFolder !== undefined) {
    sources.push(describePackage(secondFolder, 'Copyright (c) Mario Zechner and contributors'))
    console.log(mergeSecond(snapshot, secondFolder))
  }
  mendRows(snapshot)
  const target = new URL('../src/catalog/prices.snapshot.json', import.meta.url)
  writeFileSync(target, render(snapshot))
}

main(process.argv[2])
