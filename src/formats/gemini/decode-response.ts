// A whole answer, as the neutral form knows it.

import type { AnswerFacts } from '../../call.ts'
import type { AnswerPart, Choice, Completion } from '../../conversation/completion.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import type { DecodeContext } from '../format.ts'
import { malformed, parseJson } from '../shared/answer-body.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import { factsOfCompletion } from '../streams/stream-facts.ts'
import { citeTexts } from './citations.ts'
import { decodePart } from './decode-part.ts'
import { failureInSuccess, holdsError } from './errors.ts'
import { decodeBlock, decodeFinish } from './finish.ts'
import { decodeLogprobs } from './logprobs.ts'
import { readServiceTier, readUsage } from './usage.ts'
import { formatName, numberIn, objectIn, objectsIn, textIn } from './wire.ts'

/** Fields of an answer, and of a candidate, that the neutral form has words for. */
const answerFields = new Set(['candidates', 'usageMetadata', 'modelVersion', 'responseId', 'createTime'])
export const candidateFields: ReadonlySet<string> = new Set([
  'content',
  'finishReason',
  'index',
  'logprobsResult',
])

export function readAnswer(body: Buffer): AnswerFacts {
  let calls = 0
  return factsOfCompletion(decodeResponse(parseJson(body.toString()), { createId: () => String(calls++) }))
}

/** @throws GatewayError `upstream_malformed`, or the failure that the answer tells of */
export function decodeResponse(body: unknown, context: DecodeContext): Completion {
  if (holdsError(body)) throw failureInSuccess(body)
  if (!isObject(body)) throw malformed('is not a JSON object')
  const createTime = readTime(body['createTime'])
  const serviceTier = readServiceTier(body['usageMetadata'])
  return {
    id: textIn(body, 'responseId') ?? '',
    model: textIn(body, 'modelVersion') ?? '',
    ...(createTime === undefined ? {} : { created: createTime }),
    choices: decodeChoices(body, context),
    usage: readUsage(body['usageMetadata']),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...putAside(formatName, otherFields(body, answerFields)),
  }
}

/** Seconds since the epoch. */
export function readTime(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000)
}

/** Whether an object looks like an answer of this format at all. */
export function looksLikeAnswer(body: JsonObject): boolean {
  return (
    Array.isArray(body['candidates']) || isObject(body['promptFeedback']) || isObject(body['usageMetadata'])
  )
}

function decodeChoices(body: JsonObject, context: DecodeContext): readonly Choice[] {
  if (!looksLikeAnswer(body)) throw malformed('has no `candidates`')
  const candidates = objectsIn(body, 'candidates')
  if (candidates.length > 0) return inOrder(candidates).map(candidate => decodeChoice(candidate, context))
  const feedback = objectIn(body, 'promptFeedback')
  const blocked = decodeBlock(feedback)
  if (blocked !== null) return [{ parts: [], finish: blocked }]
  const words = textIn(feedback, 'blockReasonMessage')
  throw new GatewayError('upstream_error', {
    message: `The model gave no answer${words === undefined ? '' : `: ${words}`}.`,
  })
}

function inOrder(candidates: readonly JsonObject[]): readonly JsonObject[] {
  return candidates.toSorted((left, right) => indexOf(left) - indexOf(right))
}

function indexOf(candidate: JsonObject): number {
  return numberIn(candidate, 'index') ?? 0
}

function decodeChoice(candidate: JsonObject, context: DecodeContext): Choice {
  const parts = objectsIn(objectIn(candidate, 'content'), 'parts').flatMap(
    part => decodeAnswerPart(part, context) ?? [],
  )
  const logprobs = decodeLogprobs(candidate['logprobsResult'])
  const finish = decodeFinish({
    native: textIn(candidate, 'finishReason'),
    message: textIn(candidate, 'finishMessage'),
    hasCalls: parts.some(({ type }) => type === 'tool_call'),
    hasContent: parts.length > 0,
    own: otherFields(candidate, candidateFields),
  })
  return {
    parts: withCitations(parts, candidate),
    finish,
    ...(logprobs === undefined ? {} : { logprobs }),
  }
}

/** An empty text that carries a signature is nothing that another format could say. */
function decodeAnswerPart(part: JsonObject, context: DecodeContext): AnswerPart | null {
  const decoded = decodePart(part, call => textIn(call, 'id') || `call_${context.createId()}`)
  if (decoded?.type !== 'text' || decoded.text !== '') return decoded
  return decoded.extra === undefined ? null : { type: 'opaque', format: formatName, value: part }
}

function withCitations(parts: readonly AnswerPart[], candidate: JsonObject): readonly AnswerPart[] {
  const texts = parts.filter(part => part.type === 'text')
  const cited = citeTexts(
    candidate,
    texts.map(({ text }) => text),
  )
  if (cited === null) return parts
  return parts.map(part => {
    const citations = part.type === 'text' ? (cited[texts.indexOf(part)] ?? []) : []
    return citations.length === 0 ? part : { ...part, citations }
  }) as readonly AnswerPart[]
}
