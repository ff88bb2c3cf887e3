// A whole answer in the neutral form.

import type { AnswerPart, Choice, Completion } from '../../conversation/completion.ts'
import type { Citation } from '../../conversation/parts.ts'
import { isObject, isText, type JsonObject, type MutableJson } from '../../lib/json-value.ts'
import type { DecodeContext } from '../format.ts'
import { choicesOf, refuseError } from '../openai-shared/answer.ts'
import { numberOf } from '../openai-shared/fields.ts'
import { readFinish } from '../openai-shared/finish.ts'
import { readUsage } from '../openai-shared/usage.ts'
import { malformed } from '../shared/answer-body.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import { citationsOf, sourcesOf } from './citations.ts'
import { audioType, decodeContent } from './decode-content.ts'
import { decodeReasoning } from './decode-reasoning.ts'
import { decodeToolCalls } from './decode-tool-calls.ts'
import { formatName } from './name.ts'

/** Fields of an answer, or of a chunk of one, that have a place in the neutral form. */
export const answerFields: ReadonlySet<string> = new Set([
  'id',
  'object',
  'created',
  'model',
  'choices',
  'usage',
  'service_tier',
  'obfuscation',
])

export function decodeResponse(body: unknown, context: DecodeContext): Completion {
  const answer = refuseError(body)
  const choices = choicesOf(answer)
  if (choices.length === 0) throw malformed('has no choices')
  const sources = sourcesOf(answer)
  const { id, model, created, service_tier: serviceTier } = answer
  return {
    id: isText(id) ? id : '',
    model: isText(model) ? model : '',
    ...(typeof created === 'number' ? { created } : {}),
    choices: choices.toSorted(byIndex).map(choice => decodeChoice(choice, sources, context)),
    usage: readUsage(answer['usage'] ?? groqUsage(answer)),
    ...(isText(serviceTier) ? { serviceTier } : {}),
    ...putAside(formatName, otherFields(answer, answerFields)),
  }
}

function byIndex(left: MutableJson, right: MutableJson): number {
  return (numberOf(left['index']) ?? 0) - (numberOf(right['index']) ?? 0)
}

/** One vendor counts streams within an object of its own. */
export function groqUsage({ x_groq: vendor }: JsonObject): unknown {
  return isObject(vendor) ? vendor['usage'] : undefined
}

function decodeChoice(choice: MutableJson, sources: readonly Citation[], context: DecodeContext): Choice {
  const message = isObject(choice['message']) ? choice['message'] : {}
  const parts = decodeAnswer(message, sources, context)
  const { logprobs } = choice
  const finish = readFinish(choice, answered(parts), formatName)
  return { parts, finish, ...(isObject(logprobs) ? { logprobs } : {}) }
}

function answered(parts: readonly AnswerPart[]) {
  return { hasToolCalls: parts.some(({ type }) => type === 'tool_call'), hasContent: parts.length > 0 }
}

function decodeAnswer(
  message: MutableJson,
  sources: readonly Citation[],
  { createId }: DecodeContext,
): readonly AnswerPart[] {
  const refusal = message['refusal']
  const content = decodeContent(message['content'])
  const citations = [...citationsOf(message['annotations']), ...sources]
  return [
    ...decodeReasoning(message),
    ...cite(content, citations),
    ...(isText(refusal) ? [{ type: 'refusal' as const, text: refusal }] : []),
    ...decodeContent(message['images']),
    ...decodeSpeech(message['audio']),
    ...decodeToolCalls(message, () => `call_${createId()}`),
  ]
}

/** The sources of an answer belong to its first text. */
function cite(parts: readonly AnswerPart[], citations: readonly Citation[]): readonly AnswerPart[] {
  const index = parts.findIndex(({ type }) => type === 'text')
  const text = parts[index]
  if (citations.length === 0 || text?.type !== 'text') return parts
  return parts.with(index, { ...text, citations })
}

/** What the model spoke: the format of the recording is the one that was asked for. */
export function decodeSpeech(audio: unknown): readonly AnswerPart[] {
  if (!isObject(audio)) return []
  const { data, transcript, ...others } = audio
  if (!isText(data) && !isText(transcript)) return []
  return [
    {
      type: 'audio',
      source: { kind: 'base64', mediaType: audioType(others['format']), data: isText(data) ? data : '' },
      ...(isText(transcript) ? { transcript } : {}),
      extra: { [formatName]: others },
    },
  ]
}
