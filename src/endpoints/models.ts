// The list of models in the shape that each family of SDKs expects. One list, three shapes.

/** A name that may be asked for. */
export interface ListedModel {
  readonly id: string
  /** Seconds since the epoch; 0 where unknown. */
  readonly created: number
  readonly ownedBy: string
}

/** How a list and a single model are written. */
export interface ModelShape {
  one(model: ListedModel): object
  list(models: readonly ListedModel[]): object
}

/** OpenAI: GET /v1/models */
const openai: ModelShape = {
  one: ({ id, created, ownedBy }) => ({ id, object: 'model', created, owned_by: ownedBy }),
  list: models => ({ object: 'list', data: models.map(openai.one) }),
}

/** Anthropic: the same path, told by its version header. */
const anthropicMessages: ModelShape = {
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

/** Gemini: GET /v1beta/models */
const gemini: ModelShape = {
  one: ({ id }) => ({
    name: `models/${id}`,
    baseModelId: id,
    displayName: id,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
  }),
  list: models => ({ models: models.map(gemini.one) }),
}

/** The shape that a client means by its path and headers. */
export function shapeOfModels(path: string, headers: Readonly<Record<string, unknown>>): ModelShape {
  if (path.startsWith('/v1beta/')) return gemini
  return headers['anthropic-version'] === undefined ? openai : anthropicMessages
}

/** The model named in a path like `/v1/models/vendor/name`, or null for the list. */
export function modelInPath(path: string): string | null {
  const name = path.replace(/^\/v1(?:beta)?\/models\/?/, '')
  if (name === '') return null
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
