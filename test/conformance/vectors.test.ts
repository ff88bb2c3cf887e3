// Embeddings and rankings in every client's format: the vectors and the count that a client reads are those that the
// provider sent.

import { afterAll, describe, expect, test } from 'vitest'
import type { EmbeddingRequest } from '../../src/conversation/embedding.ts'
import type { RerankRequest } from '../../src/conversation/rerank.ts'
import type { EncodeContext, Translation } from '../../src/formats/format.ts'
import { problemsOfAnswer } from './schemas/validate.ts'
import { expectSection, table } from './support/board.ts'
import { brief, openPins, type Pin } from './support/pins.ts'
import { formatOf } from './support/seam.ts'
import { skipWord } from './support/shared.ts'
import {
  readVectorRecording,
  type VectorReading,
  type VectorRecording,
  vectorReaders,
  vectorRecordings,
} from './support/vector-recordings.ts'

const pins = openPins('vectors')
const clients = ['openai-embeddings', 'cohere-embed', 'gemini-embeddings', 'ollama-embed']
const tallies = new Map(clients.map(client => [client, { run: 0, equal: 0 }]))

function contextOf<Asked>(asked: Asked): EncodeContext<Asked> {
  return { asked, id: 'exchange0001', created: 1_800_000_000, inputTokens: 0, createId: () => 'id1' }
}

function translationOf<Kind extends 'embedding' | 'rerank'>(
  name: string,
  kind: Kind,
): NonNullable<ReturnType<typeof formatOf>[Kind]> {
  const translation = formatOf(name)[kind]
  if (translation === undefined) throw new Error(`${name} has no ${kind}.`)
  return translation as NonNullable<ReturnType<typeof formatOf>[Kind]>
}

function pass<Asked, Answer>(
  answer: unknown,
  from: Translation<Asked, Answer>,
  to: { readonly translation: Translation<Asked, Answer>; readonly asked: Asked },
): unknown {
  const neutral = from.decodeResponse(answer, { createId: () => 'id1' })
  return JSON.parse(JSON.stringify(to.translation.encodeResponse(neutral, contextOf(to.asked))))
}

function read(format: string, answer: unknown): VectorReading {
  const reading = vectorReaders[format]?.(answer)
  if (reading === undefined) throw new Error(`${format} has no reader.`)
  return reading
}

function deviationsIn(client: string, { file, format }: VectorRecording, answer: unknown): Pin[] {
  const wanted = read(format, answer)
  const asked: EmbeddingRequest = {
    model: 'a-model',
    inputs: wanted.vectors.map(() => 'Hello'),
    single: false,
    encoding: 'float',
  }
  const to = { translation: translationOf(client, 'embedding'), asked }
  const shown = pass(answer, translationOf(format, 'embedding'), to)
  const got = read(client, shown)
  const problems = client === 'openai-embeddings' ? problemsOfAnswer(client, shown) : []
  const rows = [
    ['vectors', wanted.vectors, got.vectors],
    // A usage that has to be there is 0 where nothing was counted.
    ['tokens', wanted.tokens ?? 0, got.tokens ?? 0],
    ['schema', [], problems],
  ] as const
  return rows
    .filter(([, expected, found]) => JSON.stringify(expected) !== JSON.stringify(found))
    .map(([field, expected, found]) => ({
      key: file,
      clients: [client],
      field,
      expected: brief(expected),
      got: brief(found),
    }))
}

describe.skipIf(vectorRecordings.length === 0)(
  `recorded embeddings, in every client's format${skipWord}`,
  () => {
    test.each(vectorRecordings)('$file', recording => {
      const answer: unknown = JSON.parse(readVectorRecording(recording).toString())
      const seen = clients.flatMap(client => {
        const found = deviationsIn(client, recording, answer)
        const tally = tallies.get(client) ?? { run: 0, equal: 0 }
        tally.run++
        if (found.length === 0) tally.equal++
        return found
      })
      expect(read(recording.format, answer).vectors.length).toBeGreaterThan(0)
      pins.check(recording.file, seen)
    })

    test('every deviation that is pinned has its reason', () => {
      pins.checkReasons()
    })

    test('the counts are as the board says', () => {
      const rows = [...tallies].map(([client, { run, equal }]) => [`\`${client}\``, run, equal])
      const rest =
        "One more recording is of Ollama's older route, which has one vector: the gateway asks the newer one."
      expectSection('vectors', `${table(['client format', 'answers', 'equal'], rows)}\n\n${rest}`)
    })

    afterAll(() => pins.close())
  },
)

const asked: RerankRequest = { model: 'a-model', query: 'Which one?', documents: ['a', 'b', 'c'], topN: 2 }
const ranking = {
  id: 'rank_1',
  results: [
    { index: 2, relevance_score: 0.9 },
    { index: 0, relevance_score: 0.25 },
  ],
  meta: { api_version: { version: '2' }, billed_units: { search_units: 1 } },
}

describe.each([
  ['cohere-rerank', 'cohere-rerank-v1'],
  ['cohere-rerank-v1', 'cohere-rerank'],
])('a ranking for a client of %s from an upstream of %s', (client, upstream) => {
  const [clients, upstreams] = [translationOf(client, 'rerank'), translationOf(upstream, 'rerank')]
  const target = { model: 'a-model', maxOutputTokens: null, streamUsage: 'ask', quirks: {} } as const

  test('is asked for as the client asked', () => {
    const sent = clients.encodeRequest(asked, target).body
    formatOf(client).checkRequest(sent, { model: null, streaming: null })
    const decoded = clients.decodeRequest(sent, { model: null, streaming: null })
    const { body } = upstreams.encodeRequest(decoded, target)
    expect(body).toMatchObject({
      model: 'a-model',
      query: 'Which one?',
      documents: ['a', 'b', 'c'],
      top_n: 2,
    })
  })

  test('holds the places, the scores and what is billed', () => {
    const shown = pass(ranking, upstreams, { translation: clients, asked })
    expect(shown).toMatchObject({ results: ranking.results, meta: { billed_units: { search_units: 1 } } })
  })
})
