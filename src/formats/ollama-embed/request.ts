// A request of Ollama's embeddings, and the way between it and the neutral form. https://docs.ollama.com/api/embed

import type { EmbeddingRequest } from '../../conversation/embedding.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import type { EncodedRequest, EncodeTarget, RequestFacts } from '../format.ts'
import { tokensOf, windowOf } from '../ollama-shared/context-window.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import {
  type Check,
  checkFields,
  checkModel,
  checksItself,
  isAnObject,
  isBoolean,
  isPositiveInteger,
  isStringOrStrings,
  measure,
  refuse,
} from '../shared/checks.ts'
import { type OwnFieldRules, rulesFor } from '../shared/own-fields.ts'
import { unsupported } from '../shared/unsayable.ts'

export const formatName = 'ollama-embed'

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['input', checksItself],
  ['truncate', isBoolean],
  ['dimensions', isPositiveInteger],
  ['options', isAnObject],
])

export function checkRequest(body: JsonObject): RequestFacts {
  const fields = Object.keys(body)
  const model = checkModel(body['model'])
  const { input } = body
  if (input === undefined) refuse('input', 'is missing')
  isStringOrStrings(input, 'input')
  checkFields(body, fields, checks)
  return {
    model,
    streaming: false,
    wantsStreamUsage: false,
    inputCharacters: measure(input, 'input', 1),
    fields,
  }
}

const known: ReadonlySet<string> = new Set(['model', 'input', 'dimensions'])

/** Where and how long the model is kept is nothing that is asked. */
export const ownFields: OwnFieldRules = { request: rulesFor('carried', [...known, 'keep_alive']) }

export function decodeRequest(body: JsonObject): EmbeddingRequest {
  const { model, input, dimensions } = body
  return {
    model: String(model),
    inputs: isText(input) ? [input] : (input as readonly string[]),
    single: typeof input === 'string',
    ...(typeof dimensions === 'number' ? { dimensions } : {}),
    ...putAside(formatName, otherFields(body, known)),
  }
}

/** The window in which the server cuts when nobody says otherwise. */
const usualWindow = 4096

/** Settings of the server, whatever the format in which they were written. */
export const understands: ReadonlySet<string> = new Set(['options'])

function writtenOptions({ extra = {} }: EmbeddingRequest): JsonObject {
  return Object.assign(
    {},
    ...Object.values(extra).map(({ options }) => (isObject(options) ? options : {})),
  ) as JsonObject
}

/** A text that is too long is refused, not cut: other formats do not cut either. */
export function encodeRequest(request: EmbeddingRequest, { model }: EncodeTarget): EncodedRequest {
  const texts = request.inputs.map(textOf)
  const window = windowOf(Math.max(...texts.map(tokensOf), 0))
  const { dimensions, extra, user, purpose } = request
  const options = { ...(window > usualWindow && { num_ctx: window }), ...writtenOptions(request) }
  const body: JsonObject = {
    model,
    input: request.single && texts[0] !== undefined ? texts[0] : texts,
    ...(dimensions === undefined ? {} : { dimensions }),
    truncate: false,
    ...extra?.[formatName],
    ...(Object.keys(options).length > 0 && { options }),
  }
  return {
    body,
    warnings: [
      ...(user === undefined ? [] : ['dropped parameter user']),
      ...(purpose === undefined ? [] : ['dropped parameter input_type']),
    ],
  }
}

function textOf(input: string | readonly number[]): string {
  if (typeof input === 'string') return input
  throw unsupported('input', 'it takes texts, not tokens')
}
