// Vertex AI of Google Cloud: Google's own models, those of Anthropic, and open ones behind an address like OpenAI's.
// https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest

import type { Destination, Operation } from '../call.ts'
import { GatewayError } from '../errors.ts'
import { takesOneContent } from '../formats/gemini-embeddings/shapes.ts'
import type { Secret } from '../lib/secret.ts'
import { compatibleErrorRules } from './error-rules.ts'
import { googleAction, googleErrorRules, googleModels } from './google.ts'
import { vertexListing } from './listing/vertex.ts'
import type { Provider, ProviderSettings } from './provider.ts'

const scope = 'https://www.googleapis.com/auth/cloud-platform'
const version = '/v1beta1'
const defaultLocation = 'global'

/** The version of Anthropic's API stands in the body here. */
const anthropicVersion = JSON.stringify('vertex-2023-10-16')

/** https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai */
const knownBetas = [
  'interleaved-thinking-2025-05-14',
  'fine-grained-tool-streaming-2025-05-14',
  'context-1m-2025-08-07',
  'context-management-2025-06-27',
  'computer-use-2025-01-24',
  'computer-use-2025-11-24',
  'tool-search-tool-2025-10-19',
  'web-search-2025-03-05',
]

export const vertex: Provider = {
  type: 'vertex',
  title: 'Google Vertex AI',
  baseUrl: null,
  baseUrlFor: addressOf,
  keyVariables: ['VERTEX_API_KEY'],
  takesGoogleAccount: true,
  formats: {
    chat: ['gemini', 'anthropic-messages', 'openai-chat'],
    token_count: ['gemini-token-count', 'anthropic-token-count'],
    embedding: ['vertex-embeddings', 'gemini-embedding'],
  },
  formatsFor,
  editsFor: ({ format }) =>
    format === 'anthropic-messages' ? { model: null, anthropic_version: anthropicVersion } : {},
  quirks: {
    gemini: { serviceTier: 'header' },
    anthropicMessages: { betas: knownBetas, inlineMedia: true, jsonSchema: false },
  },
  pathFor,
  headersFor: key => (key === null || isAccount(key) ? [] : ['x-goog-api-key', key.reveal()]),
  authScheme(settings) {
    if (hasPlainKey(settings)) return null
    if (settings.project === null)
      throw new GatewayError('no_provider', {
        message: `The provider ${settings.name} needs a project: set \`project\` or GOOGLE_CLOUD_PROJECT.`,
        provider: settings.name,
      })
    return { scheme: 'google', scope }
  },
  streamUsage: 'ask',
  parameters: {},
  errors: [...googleErrorRules, ...compatibleErrorRules],
  listing: vertexListing,
  models: googleModels,
  priceProvider: 'google',
}

/** The `global` location has an address without a name; two continents have addresses of their own kind. */
function addressOf({ location }: ProviderSettings): string {
  if (location === null || location === defaultLocation) return 'https://aiplatform.googleapis.com'
  return location === 'us' || location === 'eu'
    ? `https://aiplatform.${location}.rep.googleapis.com`
    : `https://${location}-aiplatform.googleapis.com`
}

type Vendor = 'google' | 'anthropic' | 'open'

/** Open models are named with their publisher: `meta/llama-3.3-70b-instruct-maas`. */
function vendorOf(model: string): Vendor {
  if (/claude/.test(model)) return 'anthropic'
  return /^(?!google\/)[^/]+\/[^/]+$/.test(model) && !/gemini|gemma/.test(model) ? 'open' : 'google'
}

const chatFormats: Readonly<Record<Vendor, readonly string[]>> = {
  google: ['gemini'],
  anthropic: ['anthropic-messages'],
  open: ['openai-chat'],
}
const countFormats: Readonly<Record<Vendor, readonly string[]>> = {
  google: ['gemini-token-count'],
  anthropic: ['anthropic-token-count'],
  open: [],
}

function formatsFor(operation: Operation, model: string): readonly string[] {
  if (operation === 'chat') return chatFormats[vendorOf(model)]
  if (operation === 'token_count') return countFormats[vendorOf(model)]
  if (operation !== 'embedding') return []
  return takesOneContent(model) ? ['vertex-embeddings', 'gemini-embedding'] : ['vertex-embeddings']
}

function pathFor(destination: Destination, settings: ProviderSettings): string {
  const { format, model, streaming } = destination
  const place = placeOf(settings)
  switch (format) {
    case 'openai-chat':
      return `${place}/endpoints/openapi/chat/completions`
    case 'anthropic-messages':
      return `${place}/publishers/anthropic/models/${nameOf(model)}:${streaming ? 'streamRawPredict' : 'rawPredict'}`
    case 'anthropic-token-count':
      return `${place}/publishers/anthropic/models/count-tokens:rawPredict`
    case 'vertex-embeddings':
      return `${resourceOf(place, model)}:${takesOneContent(model) ? 'embedContent' : 'predict'}`
    default:
      return `${resourceOf(place, model)}:${googleAction(destination)}`
  }
}

/** A key stands for its project, an account does not. */
function placeOf(settings: ProviderSettings): string {
  const { project, location } = settings
  if (project === null || hasPlainKey(settings)) return version
  return `${version}/projects/${encodeURIComponent(project)}/locations/${location ?? defaultLocation}`
}

/** Tuned models are endpoints of the project, or named with the whole path of their resource. */
function resourceOf(place: string, model: string): string {
  const path = model.split('/').map(encodeURIComponent).join('/')
  if (model.startsWith('projects/')) return `${version}/${path}`
  if (model.startsWith('endpoints/') || model.startsWith('publishers/')) return `${place}/${path}`
  return `${place}/publishers/google/models/${nameOf(model)}`
}

/** `@20250929` names a version of a model. */
function nameOf(model: string): string {
  return encodeURIComponent(model.split('/').at(-1) ?? model).replace('%40', '@')
}

function hasPlainKey({ keys }: ProviderSettings): boolean {
  return keys.some(key => !isAccount(key))
}

/** A key that is JSON holds the credentials of an account. */
function isAccount(key: Secret): boolean {
  return key.reveal().startsWith('{')
}
