// A model as each family of SDKs expects it. What nobody knows is left out where the shape allows it, null where it says
// so, and never made up.

import { mapSteps } from '../lib/slices.ts'
import type { ModelFacts, ModelKind } from '../model-facts.ts'
import { cutByIds, cutByToken, type PageParameters } from './model-pages.ts'

/** A name that may be asked for. */
export interface ListedModel {
  readonly id: string
  /** Seconds since the epoch; 0 where unknown. */
  readonly created: number
  /** The provider that is asked first; `llm-proxy` for aliases and groups. */
  readonly ownedBy: string
}

export interface DescribedModel extends ListedModel {
  /** What holds for whoever answers to the name; null where nothing is known. */
  readonly facts: ModelFacts | null
  /** Its maker advises against it by now, or has announced its end. */
  readonly deprecated: boolean
}

/** How a list and a single model are written. */
export interface ModelShape {
  /** The format in which failures are told. */
  readonly format: string
  one(model: DescribedModel): object
  /** In pieces: there may be thousands. @throws GatewayError 400 for a page that cannot be */
  list(models: readonly DescribedModel[], query: URLSearchParams): Generator<void, object>
}

/** OpenAI: GET /v1/models. https://platform.openai.com/docs/api-reference/models */
export const openaiShape: ModelShape = {
  format: 'openai-chat',
  one: model => ({
    id: model.id,
    object: 'model',
    created: bornAt(model),
    owned_by: model.facts?.ownedBy ?? model.ownedBy,
  }),
  *list(models) {
    return { object: 'list', data: yield* mapSteps(models, openaiShape.one) }
  },
}

/** Anthropic: the same path, told by its version header. https://docs.claude.com/en/api/models-list */
export const anthropicShape: ModelShape = {
  format: 'anthropic-messages',
  one: model => ({
    type: 'model',
    id: model.id,
    display_name: model.facts?.title ?? model.id,
    created_at: timeOf(bornAt(model)),
    max_input_tokens: model.facts?.contextWindow ?? null,
    max_tokens: model.facts?.maxOutput ?? null,
    // All of them or none: of some nobody knows whether they are there.
    capabilities: null,
    deprecated_at: dayAsTime(model.facts?.deprecatedOn),
    retires_at: dayAsTime(lastDayOf(model.facts?.retiresOn)),
    lifecycle: model.deprecated ? 'deprecated' : 'active',
    line: null,
  }),
  *list(models, query) {
    const { page, more } = cutByIds(models, query)
    return {
      data: yield* mapSteps(page, anthropicShape.one),
      has_more: more,
      first_id: page[0]?.id ?? null,
      last_id: page.at(-1)?.id ?? null,
    }
  },
}

/** Mistral: the path of OpenAI, told by its clients' name. https://docs.mistral.ai/api/endpoint/models */
export const mistralShape: ModelShape = {
  format: 'mistral-chat',
  one(model) {
    const { facts } = model
    return {
      ...openaiShape.one(model),
      capabilities: {
        completion_chat: isForChat(facts),
        ...known('function_calling', facts?.tools),
        ...known('reasoning', facts?.reasoning),
        ...known('vision', facts?.input?.includes('image')),
        ...known('audio', facts?.input?.includes('audio')),
        moderation: facts?.kind === 'moderation',
        audio_transcription: facts?.kind === 'transcription',
        audio_speech: facts?.kind === 'speech',
      },
      name: facts?.title ?? model.id,
      ...known('max_context_length', facts?.contextWindow),
      aliases: facts?.aliases ?? [],
      ...known('deprecation', dayAsTime(facts?.deprecatedOn)),
      ...known('deprecation_replacement_model', facts?.replacedBy),
      type: 'base',
    }
  },
  *list(models) {
    return { object: 'list', data: yield* mapSteps(models, mistralShape.one) }
  },
}

const geminiPages: PageParameters = { size: 'pageSize', token: 'pageToken' }

/** Gemini: GET /v1beta/models. https://ai.google.dev/api/models */
export const geminiShape: ModelShape = {
  format: 'gemini',
  one: ({ id, facts }) => ({
    name: `models/${id}`,
    baseModelId: id,
    displayName: facts?.title ?? id,
    ...known('inputTokenLimit', facts?.contextWindow),
    ...known('outputTokenLimit', facts?.maxOutput),
    ...known('thinking', facts?.reasoning),
    supportedGenerationMethods: geminiMethods(facts?.kind),
  }),
  *list(models, query) {
    const { page, next } = cutByToken(models, query, geminiPages)
    return { models: yield* mapSteps(page, geminiShape.one), ...known('nextPageToken', next) }
  },
}

/** Of a model of which nothing is known, what may be tried. */
function geminiMethods(kind: ModelKind | null | undefined): readonly string[] {
  if (kind === 'embedding') return ['embedContent', 'batchEmbedContents']
  return kind === undefined || kind === null || takesPrompts(kind) ? ['generateContent', 'countTokens'] : []
}

const coherePages: PageParameters = { size: 'page_size', token: 'page_token' }

/** Cohere: GET /v1/models below a path of its own. https://docs.cohere.com/reference/list-models */
export const cohereShape: ModelShape = {
  format: 'cohere-chat',
  one: ({ id, facts, deprecated }) => ({
    name: id,
    endpoints: cohereEndpoints(facts?.kind),
    finetuned: id.startsWith('ft:'),
    ...known('context_length', facts?.contextWindow),
    ...(facts !== null && { is_deprecated: deprecated }),
    ...known('features', cohereFeatures(facts)),
  }),
  *list(models, query) {
    const endpoint = query.get('endpoint')
    const wanted =
      endpoint === null
        ? models
        : models.filter(({ facts }) => cohereEndpoints(facts?.kind).includes(endpoint))
    const { page, next } = cutByToken(wanted, query, coherePages)
    return { models: yield* mapSteps(page, cohereShape.one), ...known('next_page_token', next) }
  },
}

/** Of a model of which nothing is known, what may be tried. */
function cohereEndpoints(kind: ModelKind | null | undefined): readonly string[] {
  if (kind === undefined || kind === null) return ['chat', 'embed', 'rerank']
  if (takesPrompts(kind)) return ['chat']
  if (kind === 'embedding') return ['embed']
  return kind === 'rerank' ? ['rerank'] : []
}

function cohereFeatures(facts: ModelFacts | null): readonly string[] | null {
  if (facts === null) return null
  const { tools, jsonSchema, input, reasoning } = facts
  return [
    ...(tools === true ? ['tools'] : []),
    ...(jsonSchema === true ? ['json_schema'] : []),
    ...(input?.includes('image') === true ? ['vision'] : []),
    ...(reasoning === true ? ['reasoning'] : []),
  ]
}

/** A prompt alone is asked as a conversation where that is what a model is for. */
function takesPrompts(kind: ModelKind): boolean {
  return kind === 'chat' || kind === 'completion'
}

/** Until somebody knows better: most are, and one that is not says so. */
export function isForChat(facts: ModelFacts | null): boolean {
  return facts?.kind === undefined || facts.kind === null || takesPrompts(facts.kind)
}

function known<Value>(name: string, value: Value | null | undefined): Readonly<Record<string, Value>> {
  return value === null || value === undefined ? {} : { [name]: value }
}

/** Seconds since the epoch: when the model came out, or since when it can be asked for here. */
export function bornAt({ created, facts }: DescribedModel): number {
  const day = facts?.releasedOn ?? null
  return day === null ? created : Date.parse(day) / 1000
}

function dayAsTime(day: string | null | undefined): string | null {
  return day === null || day === undefined ? null : timeOf(Date.parse(day) / 1000)
}

/** Of a month alone, its last. */
function lastDayOf(day: string | null | undefined): string | null | undefined {
  if (day?.length !== 7) return day
  const [year, month] = day.split('-').map(Number)
  return new Date(Date.UTC(year ?? 0, month ?? 0, 0)).toISOString().slice(0, 10)
}

/** ISO 8601, of seconds since the epoch. */
export function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}
