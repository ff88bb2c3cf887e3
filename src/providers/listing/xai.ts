// xAI's lists of its own shape: one of the models that write, one of those that draw.
// https://docs.x.ai/docs/api-reference#list-language-models

import type { JsonObject } from '../../lib/json-value.ts'
import type { ListingRequest, ModelListing } from '../listing.ts'
import { dayIn, listIn, type MaybeSaid, modalitiesIn, readRows, textIn, textsIn, tokensIn } from './fields.ts'
import { picoPerToken, pricesOf } from './prices.ts'

/** Of a server in its place that knows OpenAI's list alone. */
const plain: ListingRequest = { method: 'GET', path: '/models' }
const drawing: ListingRequest = { method: 'GET', path: '/image-generation-models' }

export const xaiListing: ModelListing = {
  first: () => ({ method: 'GET', path: '/language-models', otherwise: plain }),
  readPage(body, request) {
    const writes = request.path === '/language-models'
    const draws = request.path === drawing.path
    return readRows(listIn(body, 'models', 'data'), {
      next: writes ? drawing : null,
      read: row => ({
        ...commonFacts(row),
        ...(writes && languageFacts(row)),
        ...(draws && { kind: 'image' as const }),
      }),
    })
  },
}

function commonFacts(row: JsonObject): MaybeSaid & { readonly id: unknown } {
  const aliases = textsIn(row['aliases'])
  return {
    id: row['id'],
    ownedBy: textIn(row['owned_by']),
    releasedOn: dayIn(row['created']),
    input: modalitiesIn(row['input_modalities']),
    output: modalitiesIn(row['output_modalities']),
    aliases: aliases?.length === 0 ? undefined : aliases,
  }
}

/** Prices are in US cents for a hundred million tokens. */
function languageFacts(row: JsonObject): MaybeSaid {
  const priceOf = (name: string) => {
    const cents = row[name]
    return typeof cents === 'number' ? picoPerToken(cents / 100, 1e8) : undefined
  }
  return {
    kind: 'chat',
    contextWindow: tokensIn(row['context_length'], row['max_prompt_length']),
    prices: pricesOf({
      input: priceOf('prompt_text_token_price'),
      cacheRead: priceOf('cached_prompt_text_token_price'),
      output: priceOf('completion_text_token_price'),
    }),
  }
}
