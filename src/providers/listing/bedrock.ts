// What Amazon Bedrock has in a region: its models, and the profiles by which several regions answer for one. Both are
// told by the control plane, which has a host of its own.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListInferenceProfiles.html

import { isObject, isText, type JsonObject, objectsOf } from '../../lib/json-value.ts'
import type { ListedFacts, ModelKind } from '../../model-facts.ts'
import { type ListingPage, type ListingRequest, type ModelListing, sinceUnknown } from '../listing.ts'
import type { ProviderSettings } from '../provider.ts'
import {
  dayIn,
  flagIn,
  listIn,
  type MaybeSaid,
  modalitiesIn,
  objectIn,
  readRows,
  textIn,
  textsIn,
} from './fields.ts'

const profilesPath = '/inference-profiles?maxResults=1000'

export const bedrockListing: ModelListing = {
  first: settings => ({ method: 'GET', path: '/foundation-models', ...originOf(settings) }),
  readPage(body, request, settings) {
    return request.path === '/foundation-models'
      ? readModels(body, settings)
      : readProfiles(body, request, settings)
  },
}

/** `bedrock-runtime.REGION` is the host of requests. An address of one's own, such as a proxy's, is taken for both. */
function originOf({ baseUrl }: ProviderSettings): { readonly origin?: string } {
  if (baseUrl === null || !baseUrl.includes('://bedrock-runtime')) return {}
  return { origin: new URL(baseUrl.replace('://bedrock-runtime', '://bedrock')).origin }
}

function readModels(body: unknown, settings: ProviderSettings): ListingPage {
  const page = readRows(listIn(body, 'modelSummaries'), { read: readModel })
  const direct = new Set(
    objectsOf(listIn(body, 'modelSummaries'))
      .filter(row => textsIn(row['inferenceTypesSupported'])?.includes('ON_DEMAND') !== false)
      .map(row => row['modelId']),
  )
  return {
    ...page,
    // The others are asked by a profile, which has their facts.
    models: page.models.filter(({ id }) => direct.has(id)),
    next: { method: 'GET', path: profilesPath, ...originOf(settings), known: page.models },
  }
}

function readModel(row: JsonObject): MaybeSaid & { readonly id: unknown } {
  const output = modalitiesIn(row['outputModalities'])
  const lifecycle = objectIn(row['modelLifecycle'])
  return {
    id: row['modelId'],
    title: textIn(row['modelName']),
    ownedBy: textIn(row['providerName']),
    kind: kindOf(output ?? [], row['modelId']),
    input: modalitiesIn(row['inputModalities']),
    output,
    streaming: flagIn(row['responseStreamingSupported']),
    deprecatedOn:
      lifecycle['status'] === 'LEGACY' ? (dayIn(lifecycle['legacyTime']) ?? sinceUnknown) : undefined,
    retiresOn: dayIn(lifecycle['endOfLifeTime']),
  }
}

function kindOf(output: readonly string[], id: unknown): ModelKind | undefined {
  if (output.includes('embedding')) return 'embedding'
  if (isText(id) && /rerank/.test(id)) return 'rerank'
  if (output.includes('text')) return 'chat'
  if (output.includes('image')) return 'image'
  return output.includes('video') ? 'video' : undefined
}

function readProfiles(body: unknown, request: ListingRequest, settings: ProviderSettings): ListingPage {
  const known = new Map((request.known ?? []).map(model => [model.id, model]))
  const token = isObject(body) ? body['nextToken'] : undefined
  return readRows(listIn(body, 'inferenceProfileSummaries'), {
    read: row => (row['status'] === 'ACTIVE' ? readProfile(row, known) : null),
    next: isText(token)
      ? {
          method: 'GET',
          path: `${profilesPath}&nextToken=${encodeURIComponent(token.toWellFormed())}`,
          ...originOf(settings),
          known: request.known ?? [],
        }
      : null,
  })
}

/** A profile does what its model does. */
function readProfile(
  row: JsonObject,
  known: ReadonlyMap<string, ListedFacts>,
): MaybeSaid & { readonly id: unknown } {
  const arn = objectsOf(row['models'])[0]?.['modelArn']
  const model = isText(arn) ? known.get(arn.slice(arn.lastIndexOf('/') + 1)) : undefined
  // A profile of one's own is asked for by its whole name.
  const id = row['type'] === 'APPLICATION' ? row['inferenceProfileArn'] : row['inferenceProfileId']
  return { ...model, title: textIn(row['inferenceProfileName']) ?? model?.title, id }
}
