// Reads the operator's own prices: a YAML or JSON list in US dollars per million tokens. Strict: every mistake is
// named with its line, and a file with a mistake gives no prices at all.

import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml'
import { nearNames } from '../lib/near-names.ts'
import { type PriceKind, type Prices, picoUsdPerDollarPerMillion } from './price-snapshot.ts'

/** Prices that win over the bundled row of the same provider and model, as a whole. */
export interface PriceOverride {
  /** The configured name of a provider, or its type. */
  readonly provider: string
  /** The name of a model, or the beginning of one with `*` at its end. */
  readonly model: string
  /** null: for the ordinary service tier. */
  readonly serviceTier: string | null
  readonly prices: Prices
}

/** One mistake in the file, at its place. */
export interface PriceProblem {
  readonly file: string
  /** From 1. */
  readonly line: number | null
  readonly column: number | null
  /** `[2].cache_raed` */
  readonly path: string
  readonly message: string
}

const priceFields: ReadonlyMap<string, PriceKind> = new Map([
  ['input', 'input'],
  ['cache_read', 'cacheRead'],
  ['cache_write', 'cacheWrite5m'],
  ['cache_write_1h', 'cacheWrite1h'],
  ['output', 'output'],
  ['reasoning', 'reasoning'],
  ['audio_input', 'audioInput'],
  ['audio_output', 'audioOutput'],
])

const nameFields: ReadonlySet<string> = new Set(['provider', 'model', 'service_tier'])

/** Dearer than any model ever sold, in US dollars per million tokens: more is a slip of the unit. */
export const dearestPerMillion = 10_000
/** Cheaper than any: less is a price per token or per thousand. */
const cheapest = 0.0001

type Report = (node: Node | null, path: string, message: string) => void

/** @param file its name, for the problems */
export function parsePriceOverrides(
  text: string,
  file: string,
): { overrides: readonly PriceOverride[]; problems: readonly PriceProblem[] } {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const problems: PriceProblem[] = []
  const reportAt = (offset: number | undefined, path: string, message: string) => {
    const place = offset === undefined ? null : lines.linePos(offset)
    problems.push({ file, line: place?.line ?? null, column: place?.col ?? null, path, message })
  }
  for (const error of document.errors) reportAt(error.pos[0], '', error.message)
  if (problems.length > 0) return { overrides: [], problems }

  const report: Report = (node, path, message) => reportAt(node?.range?.[0], path, message)
  const overrides = readList(document.contents, report)
  return { overrides: problems.length > 0 ? [] : overrides, problems }
}

function readList(contents: Node | null, report: Report): PriceOverride[] {
  if (contents === null) return []
  if (!isSeq(contents)) {
    report(
      contents,
      '',
      'The file must be a list of prices: `- { provider: …, model: …, input: …, output: … }`.',
    )
    return []
  }
  const seen = new Set<string>()
  return contents.items.flatMap((item, index) => {
    const path = `[${index}]`
    const node = item as Node | null
    if (!isMap(node)) {
      report(node, path, 'Must be a price with `provider`, `model` and `input`.')
      return []
    }
    const override = readOverride(node, path, report)
    const key = JSON.stringify([override.provider, override.model.toLowerCase(), override.serviceTier])
    if (seen.has(key))
      report(node, path, `\`${override.model}\` of \`${override.provider}\` has a price already.`)
    seen.add(key)
    return [override]
  })
}

function readOverride(item: YAMLMap, path: string, report: Report): PriceOverride {
  const names = new Map<string, string>()
  const prices: { -readonly [Kind in PriceKind]?: number } = {}
  for (const pair of item.items as Pair<Node, Node | null>[]) {
    const key = isScalar(pair.key) ? String(pair.key.value) : ''
    const place = `${path}.${key}`
    const kind = priceFields.get(key)
    if (kind !== undefined) prices[kind] = readPrice(pair, place, report)
    else if (nameFields.has(key)) names.set(key, readName(pair, place, report))
    else report(pair.key, place, describeUnknown(key))
  }
  for (const field of ['provider', 'model'])
    if (!names.has(field)) report(item, `${path}.${field}`, `\`${field}\` is missing.`)
  if (prices.input === undefined) report(item, `${path}.input`, '`input` is missing.')
  return {
    provider: names.get('provider') ?? '',
    model: names.get('model') ?? '',
    serviceTier: names.get('service_tier') ?? null,
    prices,
  }
}

function readName({ key, value }: Pair<Node, Node | null>, path: string, report: Report): string {
  if (isScalar(value) && typeof value.value === 'string' && value.value.trim() !== '') return value.value
  report(value ?? key, path, 'Must be a text; put it in quotes if it looks like a number.')
  return ''
}

function readPrice({ key, value }: Pair<Node, Node | null>, path: string, report: Report): number {
  const dollars = isScalar(value) ? value.value : undefined
  const complain = (message: string) => {
    report(value ?? key, path, message)
    return 0
  }
  if (typeof dollars !== 'number' || !Number.isFinite(dollars))
    return complain('Must be a number: US dollars per million tokens.')
  if (dollars < 0) return complain('Must not be negative.')
  if (dollars > dearestPerMillion)
    return complain(`More than ${dearestPerMillion} US dollars per million tokens cannot be meant.`)
  if (dollars > 0 && dollars < cheapest)
    return complain('Is too small for US dollars per million tokens; is it the price of one token?')
  return Math.round(dollars * picoUsdPerDollarPerMillion)
}

function describeUnknown(key: string): string {
  const near = nearNames(key, [...nameFields, ...priceFields.keys()], 1)[0]
  return `\`${key.slice(0, 64)}\` is not a field of a price.${near === undefined ? '' : ` Did you mean \`${near}\`?`}`
}
