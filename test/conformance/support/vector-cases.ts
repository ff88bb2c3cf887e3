// Answers of embeddings and rerankings, and requests that count tokens, of another gateway's translator tests.

import { translatorRows } from './cases.ts'
import { at, type Json, listAt, numberAt, objectAt, textAt } from './json.ts'

/** Their names of the formats, and ours. */
const formatOfApi: Readonly<Record<string, string>> = {
  'vertex.predict': 'vertex-embeddings',
  'gemini.embedContent': 'gemini-embedding',
  'cohere.rerank': 'cohere-rerank',
  'anthropic.count_tokens': 'anthropic-token-count',
}

export interface VectorCase {
  readonly id: string
  readonly upstream: string
  readonly answer: string
  /** Null where the source refuses the answer. */
  readonly expected: { readonly vectors: readonly unknown[]; readonly input: number } | null
}

function casesOf(...apis: readonly string[]): readonly Json[] {
  return translatorRows.filter(row => apis.includes(textAt(row, 'upstream')))
}

function textOf(answer: unknown): string {
  return typeof answer === 'string' ? answer : JSON.stringify(answer)
}

export const embeddingCases: readonly VectorCase[] = casesOf('vertex.predict', 'gemini.embedContent').map(
  row => {
    const wanted = at(row, 'all_fields', 'wantResponseBody')
    return {
      id: textAt(row, 'id'),
      upstream: formatOfApi[textAt(row, 'upstream')] ?? '',
      answer: textOf(row['upstream_response']),
      expected:
        wanted === undefined || wanted === null
          ? null
          : {
              vectors: listAt(wanted, 'data').map(({ embedding }) => embedding),
              input: numberAt(wanted, 'usage', 'prompt_tokens'),
            },
    }
  },
)

export interface RankingCase {
  readonly id: string
  readonly answer: string
  readonly expected: { readonly input: number; readonly output: number } | null
}

export const rankingCases: readonly RankingCase[] = casesOf('cohere.rerank')
  .filter(({ kind }) => kind === 'response')
  .map(row => ({
    id: textAt(row, 'id'),
    answer: textOf(row['upstream_response']),
    expected:
      row['client_response_expected'] === null
        ? null
        : {
            input: numberAt(row, 'client_response_expected'),
            output: Math.max(0, numberAt(row, 'all_fields', 'expectedOutput')),
          },
  }))

export interface CountCase {
  readonly id: string
  readonly format: string
  readonly asked: Json
}

export const countCases: readonly CountCase[] = casesOf('anthropic.count_tokens').map(row => ({
  id: textAt(row, 'id'),
  format: 'anthropic-token-count',
  asked: objectAt(row, 'request_in'),
}))
