// From a whole answer of Cohere's chat to the neutral form.

import type { AnswerPart, Completion } from '../../conversation/completion.ts'
import type { Citation } from '../../conversation/parts.ts'
import { isObject, isText, type JsonObject, objectsOf } from '../../lib/json-value.ts'
import { failureInAnswer } from '../cohere-shared/errors.ts'
import type { DecodeContext } from '../format.ts'
import { malformed, objectIn } from '../shared/answer-body.ts'
import { decodeCitation } from './citations.ts'
import { decodeFinish } from './finish.ts'
import { decodeLogprobs } from './logprobs.ts'
import { formatName } from './name.ts'
import { decodeUsage } from './usage.ts'

export function decodeResponse(body: unknown, { createId }: DecodeContext): Completion {
  const answer = objectIn(body)
  const { message, id, usage } = answer
  if (isText(message) || isText(answer['error'])) throw failureInAnswer(answer)
  if (!isObject(message)) throw malformed('has no `message`')
  const calls = objectsOf(message['tool_calls']).map(call => decodeCall(call, createId))
  const parts = [...decodeSaid(message), ...calls]
  const said = { anything: parts.length > 0, toolCalls: calls.length > 0 }
  const logprobs = decodeLogprobs(answer['logprobs'])
  const billed = isObject(usage) ? usage['billed_units'] : undefined
  return {
    id: isText(id) ? id : '',
    model: '',
    choices: [
      {
        parts,
        finish: decodeFinish(answer['finish_reason'], said, answer['error']),
        ...(logprobs === undefined ? {} : { logprobs }),
      },
    ],
    usage: decodeUsage(usage),
    ...(isObject(billed) ? { extra: { [formatName]: { billed_units: billed } } } : {}),
  }
}

/** Thoughts, text, and the plan of its tool calls, which is text as well. */
function decodeSaid(message: JsonObject): readonly AnswerPart[] {
  const { content, tool_plan: plan } = message
  const blocks = isText(content) ? [{ type: 'text', text: content }] : objectsOf(content)
  const citations = objectsOf(message['citations'])
  const parts = blocks.map((block, index) => decodeBlock(block, citationsOf(index, citations, blocks)))
  const said = parts.filter(saysSomething)
  if (!isText(plan)) return said
  const planned = citations.filter(({ type }) => type === 'PLAN')
  return [...said, textPart(plan, planned)]
}

function saysSomething(part: AnswerPart): boolean {
  return (part.type !== 'text' && part.type !== 'reasoning') || part.text !== ''
}

function decodeBlock(block: JsonObject, citations: readonly JsonObject[]): AnswerPart {
  const { type, text, thinking } = block
  if (type === 'thinking' || (type === undefined && isText(thinking)))
    return {
      type: 'reasoning',
      text: isText(thinking) ? thinking : '',
      origin: formatName,
      ...(citations.length === 0 ? {} : { extra: { [formatName]: { citations } } }),
    }
  if (type === 'text' || isText(text)) return textPart(isText(text) ? text : '', citations)
  return { type: 'opaque', format: formatName, value: block }
}

function textPart(text: string, values: readonly JsonObject[]): AnswerPart {
  const citations: readonly Citation[] = values.map(value => decodeCitation(value, text))
  return { type: 'text', text, ...(citations.length === 0 ? {} : { citations }) }
}

/** The citations that belong to a block; those that do not say belong to the first text. */
function citationsOf(
  index: number,
  citations: readonly JsonObject[],
  blocks: readonly JsonObject[],
): readonly JsonObject[] {
  if (citations.length === 0) return citations
  const firstText = blocks.findIndex(({ type }) => type === 'text')
  return citations.filter(({ content_index: said, type }) => {
    if (type === 'PLAN') return false
    return (typeof said === 'number' && said < blocks.length ? said : firstText) === index
  })
}

function decodeCall(call: JsonObject, createId: () => string): AnswerPart {
  const called = isObject(call['function']) ? call['function'] : {}
  return {
    type: 'tool_call',
    id: isText(call['id']) ? call['id'] : `call_${createId()}`,
    name: isText(called['name']) ? called['name'] : '',
    arguments: argumentsOf(called['arguments']),
  }
}

/** A call without arguments comes with `null`, or with nothing. */
export function argumentsOf(written: unknown): string {
  if (isObject(written)) return JSON.stringify(written)
  return isText(written) && written.trim() !== 'null' ? written : '{}'
}
