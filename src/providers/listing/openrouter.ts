// OpenRouter's list: everything is said of every model. https://openrouter.ai/docs/api-reference/models/get-models

import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import type { ListingRequest, ModelListing } from '../listing.ts'
import {
  dayIn,
  listIn,
  type MaybeSaid,
  modalitiesIn,
  objectIn,
  readRows,
  textIn,
  textsIn,
  tokensIn,
} from './fields.ts'
import { pricesPerToken } from './openai-models.ts'

/** Without it only models that write text are listed. */
const path = '/models?output_modalities=all'

export const openrouterListing: ModelListing = {
  first: () => ({ method: 'GET', path }),
  readPage: body => readRows(listIn(body, 'data'), { read: readModel, next: nextPage(body) }),
}

/** What comes next is named by an address of the answer's making: only its place in the list is taken from it. */
function nextPage(body: unknown): ListingRequest | null {
  const next = isObject(body) ? objectIn(body['links'])['next'] : undefined
  if (!isText(next)) return null
  const query = new URLSearchParams(next.slice(next.indexOf('?') + 1))
  const offset = query.get('offset') ?? ''
  const limit = query.get('limit') ?? ''
  if (!/^\d{1,9}$/.test(offset)) return null
  const size = /^\d{1,9}$/.test(limit) ? `&limit=${limit}` : ''
  return { method: 'GET', path: `${path}&offset=${offset}${size}` }
}

function readModel(row: JsonObject): MaybeSaid & { readonly id: unknown } {
  const architecture = objectIn(row['architecture'])
  const top = objectIn(row['top_provider'])
  const reasoning = objectIn(row['reasoning'])
  const parameters = textsIn(row['supported_parameters'])
  const takes = (name: string) => parameters?.includes(name)
  const output = modalitiesIn(architecture['output_modalities'])
  return {
    id: row['id'],
    title: textIn(row['name']),
    ownedBy: isText(row['id']) && row['id'].includes('/') ? row['id'].replace(/^~|\/.*$/gs, '') : undefined,
    kind: output?.includes('embedding') ? 'embedding' : output?.includes('text') ? 'chat' : undefined,
    contextWindow: tokensIn(row['context_length'], top['context_length']),
    maxOutput: tokensIn(top['max_completion_tokens']),
    input: modalitiesIn(architecture['input_modalities']),
    output,
    tools: takes('tools'),
    parallelTools: takes('parallel_tool_calls') || undefined,
    jsonSchema: takes('structured_outputs'),
    reasoning: takes('reasoning'),
    reasoningLevels: effortsIn(reasoning['supported_efforts']),
    releasedOn: dayIn(row['created']),
    knowledgeCutoff: dayIn(row['knowledge_cutoff']),
    retiresOn: dayIn(row['expiration_date']),
    prices: pricesPerToken(objectIn(row['pricing'])),
  }
}

const effortOrder = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** Least first, in whichever order they are listed. */
function effortsIn(value: unknown): readonly string[] | undefined {
  const efforts = textsIn(value)
  if (efforts === undefined || efforts.length === 0) return undefined
  return efforts.toSorted((left, right) => effortOrder.indexOf(left) - effortOrder.indexOf(right))
}
