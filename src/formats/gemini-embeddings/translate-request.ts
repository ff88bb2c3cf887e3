// Requests for embeddings between Google's shapes and the neutral form.

import type { EmbeddingRequest } from '../../conversation/embedding.ts'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { Address, EncodedRequest, EncodeTarget } from '../format.ts'
import { defined, toCamelCase } from '../gemini/wire.ts'
import { putAside } from '../shared/aside.ts'
import { type FieldRules, type OwnFieldRules, rulesFor } from '../shared/own-fields.ts'
import { formatNames, type Item, itemsOf, type Shape, takesOneContent } from './shapes.ts'

const purposes: Readonly<Record<string, string>> = {
  RETRIEVAL_DOCUMENT: 'search_document',
  RETRIEVAL_QUERY: 'search_query',
  SEMANTIC_SIMILARITY: 'similarity',
  CLASSIFICATION: 'classification',
  CLUSTERING: 'clustering',
}
const taskTypes: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(purposes).map(([task, purpose]) => [purpose, task]),
)

/** The name under which the shapes keep what only they have. */
const ownName = formatNames.batch

const itemRules: FieldRules = {
  ...rulesFor('carried', ['model', 'content', 'outputDimensionality']),
  taskType: task => (typeof task === 'string' && Object.hasOwn(purposes, task) ? 'carried' : 'dropped'),
}

export const ownFields: OwnFieldRules = {
  request: {
    ...itemRules,
    requests: itemRules,
    instances: itemRules,
    embedContentConfig: itemRules,
    parameters: itemRules,
  },
  spell: toCamelCase,
}

/** @throws GatewayError `unsupported_parameter` for what is not text, and for texts that are asked for differently */
export function decodeRequest(body: JsonObject, { model }: Address, shape: Shape): EmbeddingRequest {
  const items = itemsOf(body, shape)
  const [first] = items
  const task = first?.taskType
  const dimensions = first?.dimensions
  const purpose = task !== undefined && Object.hasOwn(purposes, task) ? purposes[task] : undefined
  const own = defined({ taskType: purpose === undefined ? task : undefined, title: first?.title })
  return {
    model: model ?? '',
    inputs: items.map(item => textOf(item, first)),
    single: shape === 'single',
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(purpose === undefined ? {} : { purpose }),
    ...putAside(ownName, own),
  }
}

function textOf({ path, text, taskType, dimensions }: Item, first: Item | undefined): string {
  if (text === null) throw unsupported(path, 'is not text alone')
  if (taskType !== first?.taskType || dimensions !== first?.dimensions)
    throw unsupported(path, 'is to be embedded otherwise than the first one')
  return text
}

function unsupported(param: string, what: string): GatewayError {
  return new GatewayError('unsupported_parameter', { message: `\`${param}\` ${what}.`, param })
}

/** @throws GatewayError `unsupported_parameter` for tokens, and for several texts where the model takes one */
export function encodeRequest(
  request: EmbeddingRequest,
  { model }: EncodeTarget,
  shape: Shape,
): EncodedRequest {
  const texts = request.inputs.map(input => {
    if (typeof input === 'string') return input
    throw unsupported('input', 'holds tokens of another model; this provider takes texts')
  })
  const warnings = request.user === undefined ? [] : ['dropped parameter user']
  const task = request.purpose === undefined ? undefined : taskTypes[request.purpose]
  const wanted = { taskType: task, outputDimensionality: request.dimensions, ...request.extra?.[ownName] }
  return { body: bodyOf(shape, texts, { model, wanted }), warnings }
}

interface Wanted {
  readonly model: string
  readonly wanted: JsonObject
}

function bodyOf(shape: Shape, texts: readonly string[], { model, wanted }: Wanted): JsonObject {
  if (shape === 'batch') {
    const name = model.includes('/') ? model : `models/${model}`
    return { requests: texts.map(text => defined({ model: name, content: contentOf(text), ...wanted })) }
  }
  if (shape === 'single') return defined({ content: contentOf(onlyOf(texts)), ...wanted })
  if (takesOneContent(model)) {
    const config = defined(wanted)
    return defined({
      content: contentOf(onlyOf(texts)),
      embedContentConfig: Object.keys(config).length === 0 ? undefined : config,
    })
  }
  const { taskType, title, outputDimensionality } = wanted
  return defined({
    instances: texts.map(content => defined({ content, task_type: taskType, title })),
    parameters: outputDimensionality === undefined ? undefined : { outputDimensionality },
  })
}

function contentOf(text: string): JsonObject {
  return { parts: [{ text }] }
}

function onlyOf(texts: readonly string[]): string {
  const [only] = texts
  if (only === undefined || texts.length > 1)
    throw unsupported('input', 'holds several texts; this model takes one')
  return only
}
