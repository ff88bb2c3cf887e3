// Requests for embeddings between Cohere's shape and the neutral form.

import type { EmbeddingRequest } from '../../conversation/embedding.ts'
import { GatewayError } from '../../errors.ts'
import { type JsonObject, objectsOf } from '../../lib/json-value.ts'
import type { EncodedRequest, EncodeTarget } from '../format.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import { droppedUnless, type OwnFieldRules, rulesFor } from '../shared/own-fields.ts'
import { unsupported } from '../shared/unsayable.ts'

export const formatName = 'cohere-embed'

const known: ReadonlySet<string> = new Set([
  'model',
  'texts',
  'images',
  'inputs',
  'input_type',
  'output_dimension',
])
/** Those that vectors of any provider can be put into. */
const convertible: ReadonlySet<unknown> = new Set(['float', 'base64'])

export const ownFields: OwnFieldRules = {
  request: { ...rulesFor('carried', [...known, 'embedding_types']), truncate: droppedUnless('NONE') },
}

/** @throws GatewayError `unsupported_parameter` for images, and for numbers that only this vendor makes */
export function decodeRequest(body: JsonObject): EmbeddingRequest {
  const { input_type: purpose, output_dimension: dimensions, embedding_types: types } = body
  const rare = Array.isArray(types) ? types.find(type => !convertible.has(type)) : undefined
  if (rare !== undefined) throw unsupported('embedding_types', `it makes no vectors of type ${String(rare)}`)
  return {
    model: String(body['model']),
    inputs: decodeInputs(body),
    single: false,
    ...(typeof dimensions === 'number' ? { dimensions } : {}),
    ...(typeof purpose === 'string' ? { purpose } : {}),
    ...putAside(formatName, otherFields(body, known)),
  }
}

function decodeInputs({ texts, images, inputs }: JsonObject): readonly string[] {
  if (Array.isArray(images) && images.length > 0) throw unsupported('images', 'it embeds text alone')
  const told = Array.isArray(texts) ? texts.map(String) : []
  const mixed = objectsOf(inputs).map(textOfInput)
  return [...told, ...mixed]
}

function textOfInput({ content }: JsonObject, index: number): string {
  const parts = objectsOf(content)
  if (parts.some(({ type }) => type !== 'text')) throw unsupported(`inputs[${index}]`, 'it embeds text alone')
  return parts.map(({ text }) => (typeof text === 'string' ? text : '')).join('\n')
}

/** What the vectors are for has to be said here; most clients of other formats store what they embed. */
const defaultPurpose = 'search_document'
const purposes: Readonly<Record<string, string>> = { similarity: 'clustering' }

/** A text that is too long is refused, not cut: other formats do not cut either. */
export function encodeRequest(request: EmbeddingRequest, { model }: EncodeTarget): EncodedRequest {
  const { inputs, dimensions, purpose = defaultPurpose, user, extra } = request
  const body: JsonObject = {
    model,
    texts: inputs.map(textOf),
    input_type: purposes[purpose] ?? purpose,
    embedding_types: ['float'],
    ...(dimensions === undefined ? {} : { output_dimension: dimensions }),
    truncate: 'NONE',
    ...extra?.[formatName],
  }
  return { body, warnings: user === undefined ? [] : ['dropped parameter user'] }
}

function textOf(input: string | readonly number[]): string {
  if (typeof input === 'string') return input
  throw new GatewayError('unsupported_parameter', {
    message: 'The parameter `input` holds tokens of another model; this provider takes texts.',
    param: 'input',
  })
}
