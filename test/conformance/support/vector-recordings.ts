// Recorded answers of embeddings, read by hand: their vectors, and how many tokens were counted.

import { readFileSync } from 'node:fs'
import { at, listAt } from './json.ts'
import { shared, sharedPath } from './shared.ts'

export interface VectorReading {
  readonly vectors: readonly (readonly number[])[]
  /** Null where nothing was counted. */
  readonly tokens: number | null
}

/** The vectors and the count of an answer, by the format that it is in. */
export const vectorReaders: Readonly<Record<string, (answer: unknown) => VectorReading>> = {
  'openai-embeddings': answer =>
    read(
      listAt(answer, 'data').map(({ embedding }) => embedding),
      at(answer, 'usage', 'prompt_tokens'),
    ),
  'cohere-embed': answer =>
    read(at(answer, 'embeddings', 'float'), at(answer, 'meta', 'billed_units', 'input_tokens')),
  'gemini-embeddings': answer =>
    read(
      listAt(answer, 'embeddings').map(({ values }) => values),
      at(answer, 'usageMetadata', 'promptTokenCount'),
    ),
  'gemini-embedding': answer =>
    read([at(answer, 'embedding', 'values')], at(answer, 'usageMetadata', 'promptTokenCount')),
  'ollama-embed': answer => read(at(answer, 'embeddings'), at(answer, 'prompt_eval_count')),
}

/** Numbers as they are, or in base64. */
function read(vectors: unknown, tokens: unknown): VectorReading {
  const found = (vectors ?? []) as (readonly number[] | string)[]
  return {
    vectors: found.map(vector => (typeof vector === 'string' ? floatsOf(vector) : vector)),
    tokens: typeof tokens === 'number' ? tokens : null,
  }
}

function floatsOf(text: string): number[] {
  const bytes = Buffer.from(text, 'base64')
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4))
}

export interface VectorRecording {
  readonly file: string
  readonly format: string
}

/** By the folder of the recording. Ollama's older route has one vector, and is not spoken by the gateway. */
const formats: readonly (readonly [RegExp, string])[] = [
  [/^(openai|azure)\/(embed|embeddings)\//, 'openai-embeddings'],
  [/^cohere\/embed\//, 'cohere-embed'],
  [/^gemini\/embed\//, 'gemini-embeddings'],
  [/^vertex\/embed\//, 'gemini-embedding'],
]

export const vectorRecordings: readonly VectorRecording[] = shared === null ? [] : listRecordings()

/** What is below the fixtures and was answered. */
function listRecordings(): VectorRecording[] {
  const [head = '', ...lines] = readFileSync(sharedPath('fixtures', 'MANIFEST.tsv'), 'utf8')
    .trim()
    .split('\n')
  const columns = head.split('\t')
  return lines.flatMap(line => {
    const cells = line.split('\t')
    const file = cells[columns.indexOf('response_file')] ?? ''
    const format = formats.find(([files]) => files.test(file))?.[1]
    const isAnswer = cells[columns.indexOf('status')] === '200'
    return format !== undefined && isAnswer ? { file, format } : []
  })
}

export function readVectorRecording({ file }: VectorRecording): Buffer {
  return readFileSync(sharedPath('fixtures', file))
}
