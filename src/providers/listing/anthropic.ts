// Anthropic's list: pages that follow one another by the last name. https://platform.claude.com/docs/en/api/models/list

import { isObject, type JsonObject } from '../../lib/json-value.ts'
import type { ListingRequest, ModelListing } from '../listing.ts'
import type { ProviderSettings } from '../provider.ts'
import {
  dayIn,
  flagIn,
  inputsFrom,
  isModelId,
  listIn,
  type MaybeSaid,
  objectIn,
  readRows,
  type Said,
  textIn,
  tokensIn,
} from './fields.ts'

const pageSize = 1000

export const anthropicListing: ModelListing = {
  first: settings => pageAfter(null, settings),
  readPage: (body, _request, settings) =>
    readRows(listIn(body, 'data'), { read: readModel, next: nextPage(body, settings) }),
}

function pageAfter(id: string | null, { baseUrl }: ProviderSettings): ListingRequest {
  const version = baseUrl?.endsWith('/v1') === true ? '' : '/v1'
  const after = id === null ? '' : `&after_id=${encodeURIComponent(id)}`
  return { method: 'GET', path: `${version}/models?limit=${pageSize}${after}` }
}

function nextPage(body: unknown, settings: ProviderSettings): ListingRequest | null {
  if (!isObject(body) || body['has_more'] !== true || !isModelId(body['last_id'])) return null
  return pageAfter(body['last_id'], settings)
}

function readModel(row: JsonObject): (MaybeSaid & { readonly id: unknown }) | null {
  if (row['lifecycle'] === 'retired') return null
  const can = objectIn(row['capabilities'])
  const isSupported = (name: string): Said<boolean> => flagIn(objectIn(can[name])['supported'])
  return {
    id: row['id'],
    title: textIn(row['display_name']),
    kind: 'chat',
    contextWindow: tokensIn(row['max_input_tokens']),
    maxOutput: tokensIn(row['max_tokens']),
    input: inputsFrom({ image: isSupported('image_input'), pdf: isSupported('pdf_input') }),
    jsonSchema: isSupported('structured_outputs'),
    reasoning: isSupported('thinking'),
    reasoningLevels: effortsIn(objectIn(can['effort'])),
    batch: isSupported('batch'),
    releasedOn: dayIn(row['created_at']),
    deprecatedOn: dayIn(row['deprecated_at']),
    retiresOn: dayIn(row['retires_at']),
    aliases: aliasOf(row['id']),
  }
}

/**
 * The list has some models with the date of their snapshot, and they are asked for without it as well; those of the third
 * generation are not. https://platform.claude.com/docs/en/about-claude/models/overview
 */
function aliasOf(id: unknown): Said<readonly string[]> {
  const [, alias] = /^(claude-[a-z]+-\d[\d-]*)-\d{8}$/.exec(typeof id === 'string' ? id : '') ?? []
  return alias === undefined ? undefined : [alias]
}

const efforts = ['low', 'medium', 'high', 'xhigh', 'max']

function effortsIn(effort: JsonObject): Said<readonly string[]> {
  if (effort['supported'] !== true) return undefined
  return efforts.filter(name => objectIn(effort[name])['supported'] === true)
}
