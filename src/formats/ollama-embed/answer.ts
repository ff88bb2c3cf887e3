// An answer of Ollama's embeddings, and the way between it and the neutral form.

import type { AnswerFacts } from '../../call.ts'
import type { EmbeddingAnswer, EmbeddingRequest, Vector } from '../../conversation/embedding.ts'
import { asNumbers } from '../../conversation/vectors.ts'
import { isText, type JsonObject } from '../../lib/json-value.ts'
import type { EncodeContext } from '../format.ts'
import { checkAnswer } from '../ollama-shared/errors.ts'
import { countOf, inputOf, malformed, objectIn, parseObject, plainUsage } from '../shared/answer-body.ts'
import { readSmallFields } from '../shared/bulky-answer.ts'

/** The numbers are most of the answer, and nobody here reads them. */
export function readAnswer(body: Buffer): AnswerFacts {
  const answer = readSmallFields(body, 'embeddings') ?? parseObject(body.toString())
  checkAnswer(answer)
  if (!Array.isArray(answer['embeddings'])) throw malformed('has no `embeddings`')
  return {
    usage: usageOf(answer),
    model: isText(answer['model']) ? answer['model'] : null,
    finishReason: null,
    serviceTier: null,
    outputCharacters: 0,
  }
}

function usageOf(answer: JsonObject): EmbeddingAnswer['usage'] {
  const input = countOf(answer['prompt_eval_count'])
  return input === null ? null : plainUsage(input, 0)
}

export function decodeResponse(body: unknown): EmbeddingAnswer {
  const answer = objectIn(body)
  checkAnswer(answer)
  const { embeddings, model } = answer
  if (!Array.isArray(embeddings) || !embeddings.every(Array.isArray)) throw malformed('has no `embeddings`')
  return {
    id: '',
    model: isText(model) ? model : '',
    vectors: embeddings as readonly Vector[],
    usage: usageOf(answer),
  }
}

const nanosecondsPerMillisecond = 1_000_000

export function encodeResponse(
  { model, vectors, usage }: EmbeddingAnswer,
  { asked, elapsedMs }: EncodeContext<EmbeddingRequest>,
): JsonObject {
  return {
    model: model === '' ? asked.model : model,
    embeddings: vectors.map(asNumbers),
    total_duration: Math.round((elapsedMs?.() ?? 0) * nanosecondsPerMillisecond),
    load_duration: 0,
    ...(usage === null ? {} : { prompt_eval_count: inputOf(usage) }),
  }
}
