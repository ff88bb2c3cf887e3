// Catalogues for tests and measurements: made by hand, or drawn by chance.

import { createRandom } from '../lib/seeded-random.ts'
import type { Modality, ModelKind } from '../model-facts.ts'
import type { Catalogue, CatalogueEntry } from './catalogue.ts'
import { compareTexts } from './cursor.ts'

const nothingKnown: Omit<CatalogueEntry, 'key' | 'id' | 'provider'> = {
  providerType: 'openai_compatible',
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
  missing: null,
  missingReason: null,
  sources: ['snapshot'],
  listedAt: null,
  seenByKeys: null,
}

/** @param key `provider/model` */
export function makeEntry(key: string, facts: Partial<CatalogueEntry> = {}): CatalogueEntry {
  const slash = key.indexOf('/')
  return { ...nothingKnown, key, provider: key.slice(0, slash), id: key.slice(slash + 1), ...facts }
}

/** US dollars per million tokens. */
export function priced(input: number, output: number): Pick<CatalogueEntry, 'prices'> {
  return { prices: [{ input: input * 1e6, output: output * 1e6 }] }
}

export function makeCatalogue(entries: readonly CatalogueEntry[], version = 'v1', builtAt = 0): Catalogue {
  const sorted = entries.toSorted((left, right) => compareTexts(left.key, right.key))
  const byKey = new Map(sorted.map(entry => [entry.key, entry]))
  return {
    entries: sorted,
    version,
    builtAt,
    find: key => byKey.get(key) ?? null,
    findById: id => sorted.filter(entry => entry.id === id || entry.aliases?.includes(id)),
  }
}

const makers = ['acme', 'globex', 'initech', 'umbrella', 'hooli', 'stark', 'wayne', 'tyrell']
const families = ['falcon', 'heron', 'osprey', 'kestrel', 'merlin', 'harrier', 'condor', 'swift']
const sizes = ['mini', 'small', 'large', 'pro', 'max', 'flash', 'instruct', 'preview']
const kinds: readonly ModelKind[] = ['chat', 'chat', 'chat', 'chat', 'chat', 'embedding', 'image', 'rerank']
const inputs: readonly (readonly Modality[])[] = [
  ['text'],
  ['text', 'image'],
  ['text', 'image', 'pdf'],
  ['text', 'image', 'audio'],
]

/** As many models as there are asked for, at 40 providers; the same for the same seed. */
export function drawCatalogue(count: number, seed = 1): Catalogue {
  const random = createRandom(seed)
  const pick = <Value>(values: readonly Value[]): Value =>
    values[Math.floor(random() * values.length)] as Value
  const maybe = <Value>(value: Value): Value | null => (random() < 0.1 ? null : value)
  const day = () => `20${20 + Math.floor(random() * 7)}-0${1 + Math.floor(random() * 9)}-15`
  const entries = Array.from({ length: count }, (_, number) => {
    const maker = pick(makers)
    const family = pick(families)
    const id = `${maker}/${family}-${Math.floor(random() * 9)}.${Math.floor(random() * 9)}-${pick(sizes)}-${number}`
    const input = Math.round(random() * 20_000) / 1000
    const configured = number % 40 < 20
    return makeEntry(`provider-${number % 40}/${id}`, {
      title: maybe(`${family} ${number}`),
      ownedBy: maybe(maker),
      kind: maybe(pick(kinds)),
      contextWindow: maybe(2 ** (12 + Math.floor(random() * 9))),
      maxOutput: maybe(2 ** (10 + Math.floor(random() * 7))),
      input: maybe(pick(inputs)),
      output: maybe(['text']),
      tools: maybe(random() < 0.7),
      jsonSchema: maybe(random() < 0.6),
      reasoning: maybe(random() < 0.4),
      streaming: maybe(true),
      releasedOn: maybe(day()),
      deprecatedOn: random() < 0.1 ? day() : null,
      license: maybe(random() < 0.5 ? 'Apache-2.0' : 'proprietary'),
      aliases: random() < 0.2 ? [`${family}-latest-${number}`] : null,
      prices: random() < 0.1 ? null : [{ input: input * 1e6, output: 4 * input * 1e6 }],
      missing: configured ? null : 'provider_not_configured',
      missingReason: configured ? null : `Set PROVIDER_${number % 40}_API_KEY.`,
    })
  })
  return makeCatalogue(entries)
}
