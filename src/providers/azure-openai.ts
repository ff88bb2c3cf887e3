// Azure OpenAI: models are deployments, addressed in the path (dated `api-version`) or in the body (v1 surface).
// https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle

import type { Destination } from '../call.ts'
import { byUpstreamCode } from './error-rules.ts'
import { azureListing } from './listing/azure.ts'
import { defineCompatibleProvider, openaiPath } from './openai-compatible-provider.ts'
import type { ProviderSettings } from './provider.ts'
import { encryptsReasoning, formatsOfModel, withResponses } from './responses-api.ts'

export const azureOpenai = defineCompatibleProvider({
  type: 'azure',
  title: 'Azure OpenAI',
  baseUrl: null,
  keyVariables: ['AZURE_OPENAI_API_KEY', 'AZURE_OPENAI_KEY'],
  baseUrlVariables: ['AZURE_OPENAI_ENDPOINT'],
  operations: [
    'chat',
    'completion',
    'embedding',
    'image_generation',
    'image_edit',
    'speech',
    'transcription',
  ],
  chat: 'openai',
  moreFormats: { ...withResponses, transcription: ['openai-translations'] },
  formatsFor: formatsOfModel,
  quirks: { openAiResponses: { encryptsReasoning } },
  credentials: key => ['api-key', key.reveal()],
  pathFor: azurePath,
  relayed: ['file', 'batch'],
  relayPathFor: azureFilesPath,
  listing: azureListing,
  errors: [
    ...byUpstreamCode('content_filter', ['ResponsibleAIPolicyViolation']),
    ...byUpstreamCode('upstream_model_not_found', ['DeploymentNotFound', 'unknown_model']),
    ...byUpstreamCode('upstream_overloaded', ['NoCapacity']),
  ],
})

/** Versions that belong to the v1 surface; every other one is a date, and addresses the deployment in the path. */
const versionsOfV1 = new Set(['v1', 'latest', 'preview'])

/**
 * Completes the endpoint in whichever form it was copied from the portal: `https://NAME.openai.azure.com`,
 * with `/openai`, with `/openai/v1`, or down to `/openai/deployments/NAME`.
 */
function azurePath(destination: Destination, settings: ProviderSettings): string {
  const { apiVersion } = settings
  const base = settings.baseUrl ?? ''
  const path = openaiPath(destination)
  const query = versionQuery(settings)
  const below = base.endsWith('/openai') ? '' : '/openai'
  if (base.endsWith('/openai/v1') || /\/deployments\/[^/]+$/.test(base)) return path + query
  if (apiVersion === null || versionsOfV1.has(apiVersion)) return `${below}/v1${path}${query}`
  // Responses name their deployment in the body at every version.
  if (destination.format === 'openai-responses') return `${below}${path}${query}`
  return `${below}/deployments/${encodeURIComponent(destination.model)}${path}${query}`
}

/** Files and batches belong to no deployment. */
function azureFilesPath(path: string, settings: ProviderSettings): string {
  const { apiVersion } = settings
  const base = settings.baseUrl ?? ''
  const query = versionQuery(settings)
  if (base.endsWith('/openai/v1')) return path + query
  const below = base.endsWith('/openai') ? '' : '/openai'
  return apiVersion === null || versionsOfV1.has(apiVersion)
    ? `${below}/v1${path}${query}`
    : below + path + query
}

function versionQuery({ apiVersion }: ProviderSettings): string {
  return apiVersion === null ? '' : `?api-version=${encodeURIComponent(apiVersion)}`
}
