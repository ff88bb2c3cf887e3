// What a request of the Responses API goes on from: the response before it, items of earlier ones, thoughts that it carries
// along. The target that made them understands the request as it is; all others get it with everything in it.

import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../formats/format.ts'
import { checkInputFields } from '../../formats/openai-responses/request.ts'
import { kindOf } from '../../formats/openai-responses/wire.ts'
import { isText } from '../../lib/json-value.ts'
import type { Exchange } from '../exchange.ts'
import type { ParsedRequest, Recalled } from '../request.ts'
import {
  type HistoryItem,
  itemOfClient,
  itemsOfInput,
  itemsOfRecord,
  needsCare,
  outputOfRecord,
  portItems,
} from './items.ts'
import type { ResponseRecord } from './memory.ts'

const formatsWithHistory: ReadonlySet<string> = new Set([
  'openai-responses',
  'openai-responses-compact',
  'openai-responses-count',
])

/** A chain of responses longer than this is no conversation any more. */
const longestChain = 10_000

/** The request itself where it refers to nothing. @throws GatewayError `not_found` for a response that is not known */
export function recallHistory(
  exchange: Exchange,
  request: ParsedRequest,
): ParsedRequest | Promise<ParsedRequest> {
  if (!formatsWithHistory.has(exchange.call.endpoint.format.name)) return request
  const { previous_response_id: previousId, input } = request.body
  const said = itemsOfInput(input).map(item => itemOfClient(item, exchange.gateway.origins))
  if (!isText(previousId) && !said.some(needsCare)) return request
  return recall(exchange, said, isText(previousId) ? previousId : null).then(history => {
    const recalled = describe(request.body, history)
    exchange.page.inputCharacters = checkInputFields(recalled.whole).inputCharacters
    return { ...request, recalled }
  })
}

interface History {
  readonly items: readonly HistoryItem[]
  /** The response that the request goes on from. */
  readonly previous: ResponseRecord | null
  /** Everything that the request names by an id is kept by this target; null where there is no such target. */
  readonly keeper: string | null
}

async function recall(
  exchange: Exchange,
  said: readonly HistoryItem[],
  previousId: string | null,
): Promise<History> {
  const chain = previousId === null ? [] : await readChain(exchange, previousId)
  const previous = chain.at(-1) ?? null
  const keepers = new Set<string | null>()
  if (previous !== null) keepers.add(keeperOf(previous))
  const items: HistoryItem[] = []
  for (const entry of chain.flatMap(itemsOfRecord)) {
    const found = await resolveItem(exchange, entry, 'previous_response_id')
    items.push(found?.entry ?? entry)
  }
  for (const [index, entry] of said.entries()) {
    const found = await resolveItem(exchange, entry, `input[${index}]`)
    if (found !== null) keepers.add(keeperOf(found.record))
    items.push(found?.entry ?? entry)
  }
  const [keeper = null] = keepers
  return { items, previous, keeper: keepers.size === 1 ? keeper : null }
}

function keeperOf({ kept, boundTo }: ResponseRecord): string | null {
  return kept ? boundTo : null
}

/** The responses before this one and itself, oldest first. */
async function readChain({ gateway, page }: Exchange, lastId: string): Promise<readonly ResponseRecord[]> {
  const chain: ResponseRecord[] = []
  for (let id: string | null = lastId; id !== null && chain.length < longestChain; ) {
    const record: ResponseRecord | null = await gateway.responses.find({ tenant: page.tenant, id })
    if (record === null) throw unknownResponse(id, lastId)
    chain.push(record)
    id = record.previousId
  }
  return chain.toReversed()
}

function unknownResponse(id: string, lastId: string): GatewayError {
  const which = id === lastId ? '' : ` It goes on from \`${id}\`, which is gone.`
  const message = `The previous response \`${lastId}\` was not found.${which}`
  return new GatewayError('not_found', { message, param: 'previous_response_id' })
}

/** The item that a reference names; null for what is no reference. */
async function resolveItem(
  { gateway, page }: Exchange,
  { item }: HistoryItem,
  path: string,
): Promise<{ readonly record: ResponseRecord; readonly entry: HistoryItem } | null> {
  const { id } = item
  if (kindOf(item) !== 'item_reference' || !isText(id)) return null
  const record = await gateway.responses.findByItem({ tenant: page.tenant, id })
  const named =
    record === null ? undefined : outputOfRecord(record).find(({ item: each }) => each['id'] === id)
  if (record !== null && named !== undefined) return { record, entry: named }
  throw new GatewayError('not_found', { message: `The item \`${id}\` was not found.`, param: path })
}

function describe(body: JsonObject, { items, previous, keeper }: History): Recalled {
  const carried = items.findLast(({ boundTo }) => boundTo !== null)?.boundTo ?? null
  const bound = items.filter(({ recalled }) => !recalled)
  return {
    origin: keeper ?? carried,
    whole: { ...body, input: items.map(({ item }) => item) },
    editsFor(target, warnings) {
      const understood = bound.every(entry => entry.boundTo === target.id || !needsCare(entry))
      if (
        understood &&
        (keeper === target.id || (previous === null && keeper === null && items.length === bound.length))
      )
        return {}
      return {
        input: JSON.stringify(portItems(items, target.id, warnings)),
        ...(previous !== null && { previous_response_id: null }),
      }
    },
  }
}
