// Where models are listed, and in whose shape: one list, many shapes.

import { isClientOfMistral } from './dialect.ts'
import {
  anthropicShape,
  cohereShape,
  geminiShape,
  type ModelShape,
  mistralShape,
  openaiShape,
} from './model-shapes.ts'

export type { DescribedModel, ListedModel, ModelShape } from './model-shapes.ts'

/** Where models are listed, and below it each alone. Null where several families ask at the same address. */
const shapes: Readonly<Record<string, ModelShape | null>> = {
  '/v1/models': null,
  '/v1beta/models': geminiShape,
  '/openai/v1/models': openaiShape,
  '/openai/models': openaiShape,
  '/anthropic/v1/models': anthropicShape,
  '/cohere/v1/models': cohereShape,
}

export const modelPaths: readonly string[] = Object.keys(shapes)

/** Whether a client of Google's may ask there, with its key in the query. */
export function takesKeyInQuery(path: string): boolean {
  const shape = shapes[rootOf(path)]
  return shape === null || shape === geminiShape
}

type Headers = Readonly<Record<string, unknown>>

/** The shape that a client means by its path and headers. */
export function shapeOfModels(path: string, headers: Headers): ModelShape {
  const known = shapes[rootOf(path)]
  if (known !== undefined && known !== null) return known
  if (headers['anthropic-version'] !== undefined) return anthropicShape
  if (provesByGoogle(headers)) return geminiShape
  return isClientOfMistral(headers) ? mistralShape : openaiShape
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
