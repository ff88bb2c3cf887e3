// The simulator's embeddings: unit vectors made of the words of a text, so that texts with common words lie near.

import { isTokenList } from './completion.ts'
import { createSequence, hashText } from './randomness.ts'
import { type Json, RequestProblem, readNumber } from './request-problem.ts'
import { countPromptTokens } from './tokens.ts'

const dimensionsOfModel: Readonly<Record<string, number>> = { 'text-embedding-3-large': 3072 }
const defaultDimensions = 1536
/** How many places of the vector a word has a part in. */
const placesOfWord = 24
const maximumInputs = 2048

interface EmbeddingInput {
  readonly words: readonly string[]
  readonly tokens: number
}

/**
 * The answer as one JSON text.
 * @throws RequestProblem
 */
export function renderEmbeddings(body: Json, model: string, seed: number): string {
  const inputs = readInputs(body)
  const dimensions = readDimensions(body, model)
  const encoding = body['encoding_format'] ?? 'float'
  if (encoding !== 'float' && encoding !== 'base64')
    throw new RequestProblem("Invalid value for 'encoding_format'. Supported values are: float, base64.", {
      param: 'encoding_format',
      code: 'invalid_value',
    })
  const tokens = inputs.reduce((sum, input) => sum + input.tokens, 0)
  return JSON.stringify({
    object: 'list',
    data: inputs.map((input, index) => {
      const vector = makeVector(input.words, dimensions, seed)
      return { object: 'embedding', index, embedding: encoding === 'float' ? [...vector] : inBase64(vector) }
    }),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  })
}

function readInputs(body: Json): readonly EmbeddingInput[] {
  const written = body['input']
  const list = typeof written === 'string' || isTokenList(written) ? [written] : written
  if (!Array.isArray(list) || list.length === 0 || list.length > maximumInputs || !list.every(isInput))
    throw new RequestProblem(
      `Invalid 'input': expected a string, up to ${maximumInputs} strings, or lists of tokens, none of them empty.`,
      { param: 'input', code: 'invalid_value' },
    )
  return list.map(readInput)
}

function isInput(item: unknown): item is string | readonly number[] {
  return (typeof item === 'string' && item !== '') || isTokenList(item)
}

function readInput(item: string | readonly number[]): EmbeddingInput {
  if (typeof item !== 'string') return { words: item.map(token => `#${token}`), tokens: item.length }
  return {
    words: item.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [item],
    tokens: countPromptTokens(item.length),
  }
}

function readDimensions(body: Json, model: string): number {
  const own = dimensionsOfModel[model] ?? defaultDimensions
  const asked = readNumber(body, 'dimensions', { minimum: 1, maximum: own, integer: true })
  if (asked !== null && model === 'text-embedding-ada-002')
    throw new RequestProblem('This model does not support specifying dimensions.', { param: 'dimensions' })
  return asked ?? own
}

function makeVector(words: readonly string[], dimensions: number, seed: number): Float32Array {
  const vector = new Float32Array(dimensions)
  for (const word of words) {
    const next = createSequence(hashText(word, seed))
    for (let place = 0; place < placesOfWord; place++) {
      const number = next()
      const index = (number >>> 1) % dimensions
      vector[index] = (vector[index] ?? 0) + ((number & 1) === 0 ? 1 : -1)
    }
  }
  const length = Math.hypot(...vector)
  // The parts of all words may cancel out where there are few dimensions.
  if (length === 0) vector[0] = 1
  else for (let index = 0; index < dimensions; index++) vector[index] = (vector[index] ?? 0) / length
  return vector
}

function inBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64')
}
