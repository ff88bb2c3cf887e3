// Reads what the operator says of models: a YAML or JSON mapping of names to facts. Strict: every mistake is named with
// its line, and a file with a mistake says nothing at all.

import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml'
import { nearNames } from '../lib/near-names.ts'
import {
  dayPattern,
  type FactType,
  factFields,
  modalities,
  modelKinds,
  type SaidFacts,
} from '../model-facts.ts'

/** `model`, or `provider/model`, to what is said of it. */
export type ModelOverrides = ReadonlyMap<string, SaidFacts>

/** One mistake in the file, at its place. */
export interface ModelProblem {
  readonly file: string
  /** From 1. */
  readonly line: number | null
  readonly column: number | null
  /** `openai/gpt-4o.context_windw` */
  readonly path: string
  readonly message: string
}

type Report = (node: Node | null, path: string, message: string) => void
type Entry = Pair<Node, Node | null>

/** @param file its name, for the problems */
export function parseModelOverrides(
  text: string,
  file: string,
): { overrides: ModelOverrides; problems: readonly ModelProblem[] } {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const problems: ModelProblem[] = []
  const reportAt = (offset: number | undefined, path: string, message: string) => {
    const place = offset === undefined ? null : lines.linePos(offset)
    problems.push({ file, line: place?.line ?? null, column: place?.col ?? null, path, message })
  }
  for (const error of document.errors) reportAt(error.pos[0], '', error.message)
  if (problems.length > 0) return { overrides: new Map(), problems }

  const overrides = readModels(document.contents, (node, path, message) =>
    reportAt(node?.range?.[0], path, message),
  )
  return { overrides: problems.length > 0 ? new Map() : overrides, problems }
}

function readModels(contents: Node | null, report: Report): Map<string, SaidFacts> {
  const models = new Map<string, SaidFacts>()
  if (contents === null) return models
  if (!isMap(contents)) {
    report(contents, '', 'The file must be a mapping of models: `provider/model: { context_window: … }`.')
    return models
  }
  for (const { key, value } of contents.items as Entry[]) {
    const name = isScalar(key) ? String(key.value) : ''
    if (name.trim() === '') report(key, name, 'Must be a model, or `provider/model`.')
    else if (isMap(value)) models.set(name, readFacts(value, name, report))
    else report(value ?? key, name, 'Must be a mapping of what is known of the model.')
  }
  return models
}

function readFacts(item: YAMLMap, model: string, report: Report): SaidFacts {
  const said: Record<string, unknown> = {}
  for (const { key, value } of item.items as Entry[]) {
    const word = isScalar(key) ? String(key.value) : ''
    const field = Object.hasOwn(factFields, word) ? factFields[word] : undefined
    if (field === undefined) report(key, `${model}.${word}`, describeUnknown(word))
    else {
      const plain = plainValue(value)
      const mistake = findMistake(field.type, plain)
      if (mistake === null) said[field.name] = plain
      else report(value ?? key, `${model}.${word}`, mistake)
    }
  }
  return said
}

function plainValue(node: Node | null): unknown {
  if (isScalar(node)) return node.value
  return isSeq(node) ? node.items.map(item => plainValue(item as Node | null)) : undefined
}

const rules: Readonly<
  Record<FactType, { readonly fits: (value: unknown) => boolean; readonly message: string }>
> = {
  text: { fits: isText, message: 'Must be a text; put it in quotes if it looks like a number.' },
  texts: { fits: value => isListOf(value, isText), message: 'Must be a list of texts.' },
  tokens: {
    fits: value => Number.isSafeInteger(value) && Number(value) > 0,
    message: 'Must be a whole number of tokens.',
  },
  day: {
    fits: value => typeof value === 'string' && dayPattern.test(value),
    message: 'Must be a day such as `2026-03-31`, or a month such as `2026-03`.',
  },
  answer: { fits: value => typeof value === 'boolean', message: 'Must be true or false.' },
  kind: { fits: value => isOneOf(value, modelKinds), message: `Must be one of ${modelKinds.join(', ')}.` },
  modalities: {
    fits: value => isListOf(value, item => isOneOf(item, modalities)),
    message: `Must be a list of ${modalities.join(', ')}.`,
  },
}

function findMistake(type: FactType, value: unknown): string | null {
  return rules[type].fits(value) ? null : rules[type].message
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== ''
}

function isListOf(value: unknown, fits: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(fits)
}

function isOneOf(value: unknown, words: readonly string[]): boolean {
  return typeof value === 'string' && words.includes(value)
}

function describeUnknown(word: string): string {
  const near = nearNames(word, Object.keys(factFields), 1)[0]
  return `\`${word.slice(0, 64)}\` is not known of a model.${near === undefined ? '' : ` Did you mean \`${near}\`?`}`
}
