// The list of models in the shape that each family of SDKs expects. One list, many shapes.

import { isClientOfMistral } from './dialect.ts'

/** A name that may be asked for. */
export interface ListedModel {
  readonly id: string
  /** Seconds since the epoch; 0 where unknown. */
  readonly created: number
  readonly ownedBy: string
}

/** How a list and a single model are written. */
export interface ModelShape {
  /** The format in which failures are told. */
  readonly format: string
  one(model: ListedModel): object
  list(models: readonly ListedModel[]): object
}

/** OpenAI: GET /v1/models */
const openai: ModelShape = {
  format: 'openai-chat',
  one: ({ id, created, ownedBy }) => ({ id, object: 'model', created, owned_by: ownedBy }),
  list: models => ({ object: 'list', data: models.map(openai.one) }),
}

/** Anthropic: the same path, told by its version header. */
const anthropicMessages: ModelShape = {
  format: 'anthropic-messages',
  one: ({ id, created }) => ({
    type: 'model',
    id,
    display_name: id,
    created_at: new Date(created * 1000).toISOString(),
  }),
  list: models => ({
    data: models.map(anthropicMessages.one),
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  }),
}

/** Mistral: the path of OpenAI, told by its clients' name. https://docs.mistral.ai/api/endpoint/models */
const mistral: ModelShape = {
  format: 'mistral-chat',
  one: model => ({
    ...openai.one(model),
    // A model that lacks one of them says so when it is asked.
    capabilities: { completion_chat: true, function_calling: true, vision: true },
    name: model.id,
    aliases: [],
    type: 'base',
  }),
  list: models => ({ object: 'list', data: models.map(mistral.one) }),
}

/** Gemini: GET /v1beta/models */
const gemini: ModelShape = {
  format: 'gemini',
  one: ({ id }) => ({
    name: `models/${id}`,
    baseModelId: id,
    displayName: id,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
  }),
  list: models => ({ models: models.map(gemini.one) }),
}

/** Cohere: GET /v1/models below a path of its own. https://docs.cohere.com/reference/list-models */
const cohere: ModelShape = {
  format: 'cohere-chat',
  one: ({ id }) => ({
    name: id,
    // A model that lacks one of them says so when it is asked.
    endpoints: ['chat', 'embed', 'rerank'],
    finetuned: false,
  }),
  list: models => ({ models: models.map(cohere.one) }),
}

/** Where models are listed, and below it each alone. Null where several families ask at the same address. */
const shapes: Readonly<Record<string, ModelShape | null>> = {
  '/v1/models': null,
  '/v1beta/models': gemini,
  '/openai/v1/models': openai,
  '/openai/models': openai,
  '/anthropic/v1/models': anthropicMessages,
  '/cohere/v1/models': cohere,
}

export const modelPaths: readonly string[] = Object.keys(shapes)

/** Whether a client of Google's may ask there, with its key in the query. */
export function takesKeyInQuery(path: string): boolean {
  const shape = shapes[rootOf(path)]
  return shape === null || shape === gemini
}

type Headers = Readonly<Record<string, unknown>>

/** The shape that a client means by its path and headers. */
export function shapeOfModels(path: string, headers: Headers): ModelShape {
  const known = shapes[rootOf(path)]
  if (known !== undefined && known !== null) return known
  if (headers['anthropic-version'] !== undefined) return anthropicMessages
  if (provesByGoogle(headers)) return gemini
  return isClientOfMistral(headers) ? mistral : openai
}

/** Keys in other headers come first, and say that somebody else asks. */
function provesByGoogle(headers: Headers): boolean {
  if (headers['x-goog-api-key'] === undefined) return false
  return ['authorization', 'api-key', 'x-api-key'].every(name => headers[name] === undefined)
}

function rootOf(path: string): string {
  return modelPaths.find(root => path === root || path.startsWith(`${root}/`)) ?? ''
}

/** The model named in a path like `/v1/models/vendor/name`, or null for the list. */
export function modelInPath(path: string): string | null {
  const name = path.slice(rootOf(path).length + 1)
  if (name === '') return null
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
