// Together's list: an array of its own shape. https://docs.together.ai/reference/models-1

import type { JsonObject } from '../../lib/json-value.ts'
import type { ModelKind, PricePeriod } from '../../model-facts.ts'
import { objectIn, textIn } from './fields.ts'
import { openAiListing } from './openai-models.ts'
import { picoPerToken, pricesOf } from './prices.ts'

const kinds: ReadonlyMap<unknown, ModelKind> = new Map<unknown, ModelKind>([
  ['chat', 'chat'],
  ['language', 'completion'],
  ['code', 'completion'],
  ['image', 'image'],
  ['embedding', 'embedding'],
  ['rerank', 'rerank'],
  ['moderation', 'moderation'],
  ['audio', 'speech'],
  ['transcribe', 'transcription'],
  ['video', 'video'],
])

export const togetherListing = openAiListing({
  read: row => ({
    ownedBy: textIn(row['organization']),
    kind: kinds.get(row['type']),
    license: textIn(row['license']),
    prices: pricesIn(objectIn(row['pricing'])),
  }),
})

/** US dollars for a million tokens. Models for which one rents a machine have zeros. */
function pricesIn(pricing: JsonObject): readonly PricePeriod[] | undefined {
  const [input, output, cacheRead] = ['input', 'output', 'cached_input'].map(name =>
    picoPerToken(pricing[name], 1e6),
  )
  return input || output ? pricesOf({ input, output, cacheRead: cacheRead || undefined }) : undefined
}
