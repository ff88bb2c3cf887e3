// The items of a conversation of the Responses API, each with the target that it is bound to, and how they are put for a
// target that did not make them.

import { droppedThought, isProven } from '../../conversation/lost-thoughts.ts'
import { GatewayError } from '../../errors.ts'
import { introduceSummary } from '../../formats/openai-responses/decode-input.ts'
import { kindOf } from '../../formats/openai-responses/wire.ts'
import { isSealed, unseal } from '../../formats/shared/sealed.ts'
import { isText, type JsonObject, objectsOf } from '../../lib/json-value.ts'
import type { ResponseRecord } from './memory.ts'
import type { OriginBook } from './origin-book.ts'

export interface HistoryItem {
  readonly item: JsonObject
  /** `provider/model`; null for an item that everybody understands, or of which nobody knows. */
  readonly boundTo: string | null
  /** It comes out of the store: its id means nothing to whoever did not make it. */
  readonly recalled: boolean
}

/** What was asked and what was answered. */
export function itemsOfRecord(record: ResponseRecord): readonly HistoryItem[] {
  return [
    ...itemsOfInput(JSON.parse(record.input)).map(item => ({ item, boundTo: null, recalled: true })),
    ...outputOfRecord(record),
  ]
}

export function outputOfRecord({ response, boundTo }: ResponseRecord): readonly HistoryItem[] {
  const { output } = JSON.parse(response) as JsonObject
  return objectsOf(output).map(item => ({ item, boundTo, recalled: true }))
}

export function itemsOfInput(input: unknown): readonly JsonObject[] {
  return typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : objectsOf(input)
}

/** An item as a client sent it, with what is remembered of its encrypted content. */
export function itemOfClient(item: JsonObject, origins: OriginBook): HistoryItem {
  const { encrypted_content: encrypted } = item
  return { item, boundTo: isText(encrypted) ? origins.originOf(encrypted) : null, recalled: false }
}

/** Something in it means nothing to others, or is ours to read. */
export function needsCare({ item, boundTo }: HistoryItem): boolean {
  return boundTo !== null || isSealed(item['encrypted_content']) || kindOf(item) === 'item_reference'
}

/** Kinds that everybody understands without their id. */
const plainKinds: ReadonlySet<string> = new Set([
  'message',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
])

/**
 * The items as this target can take them: without the thoughts of others, without ids that it never gave, and without the
 * traces of tools that another provider ran. What it made itself stays letter by letter.
 * @throws GatewayError `unsupported_parameter` for a compacted conversation that only another target can read
 */
export function portItems(
  items: readonly HistoryItem[],
  targetId: string,
  warnings: string[],
): readonly JsonObject[] {
  const isForeign = ({ item, boundTo }: HistoryItem): boolean =>
    isSealed(item['encrypted_content']) || (boundTo !== null && boundTo !== targetId)
  // An item that followed a thought is refused without it, unless it comes without its id.
  const lostThoughts = items.some(entry => kindOf(entry.item) === 'reasoning' && isForeign(entry))
  return items.flatMap((entry): JsonObject | readonly JsonObject[] => {
    const { item, boundTo, recalled } = entry
    const kind = kindOf(item)
    if (kind === 'reasoning') {
      if (!isForeign(entry)) return recalled && boundTo === null ? [] : item
      if (isProof(entry) && !warnings.includes(droppedThought)) warnings.push(droppedThought)
      return []
    }
    if (kind === 'compaction') return portCompaction(entry, isForeign(entry))
    if (boundTo === targetId) return item
    if (!recalled && !lostThoughts) return item
    if (plainKinds.has(kind)) return withoutId(item)
    if (boundTo === null) return item
    warnings.push(`dropped content ${kind}`)
    return []
  })
}

/** Whether whoever made the thought would know it as his own. */
function isProof({ item, boundTo }: HistoryItem): boolean {
  const sealed = unseal(item['encrypted_content'])
  return boundTo !== null || (sealed?.kind === 'reasoning' && isProven(sealed.part))
}

function withoutId({ id: _id, signature: _signature, ...item }: JsonObject): JsonObject {
  return item
}

/** A summary of ours becomes words of the user's; one of another provider's cannot be read by anybody else. */
function portCompaction({ item }: HistoryItem, foreign: boolean): JsonObject {
  const sealed = unseal(item['encrypted_content'])
  if (sealed?.kind === 'summary')
    return { type: 'message', role: 'user', content: introduceSummary(sealed.text) }
  if (!foreign) return item
  const message = 'The conversation was compacted by another provider, and can only be continued there.'
  throw new GatewayError('unsupported_parameter', { message, param: 'input' })
}
