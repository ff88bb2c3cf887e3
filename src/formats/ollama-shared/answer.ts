// Whole answers of Ollama, from and to the neutral form.

import type { AnswerPart, Completion, Finish, FinishReason } from '../../conversation/completion.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import { parseToolArguments, writeToolArguments } from '../../conversation/tool-arguments.ts'
import { isObject, isText, type JsonObject, objectsOf } from '../../lib/json-value.ts'
import { sniffBase64 } from '../../lib/media-type.ts'
import type { DecodeContext, EncodeContext } from '../format.ts'
import { malformed, objectIn } from '../shared/answer-body.ts'
import { checkAnswer } from './errors.ts'
import type { AnswerShape, Said, SaidFields } from './shape.ts'
import { decodeUsage, encodeFigures } from './usage.ts'

export function decodeAnswer(body: unknown, { createId }: DecodeContext, shape: AnswerShape): Completion {
  const answer = objectIn(body)
  checkAnswer(answer)
  const said = shape.read(answer)
  if (said === null) throw malformed('has no message')
  const parts = decodeParts(said, createId, shape)
  const created = createdOf(answer)
  const logprobs = decodeLogprobs(answer['logprobs'])
  return {
    id: '',
    model: isText(answer['model']) ? answer['model'] : '',
    ...(created === null ? {} : { created }),
    choices: [
      {
        parts,
        finish: decodeFinish(
          answer['done_reason'],
          parts.some(({ type }) => type === 'tool_call'),
        ),
        ...(logprobs === null ? {} : { logprobs }),
      },
    ],
    usage: decodeUsage(answer),
  }
}

function decodeParts(said: SaidFields, createId: () => string, shape: AnswerShape): readonly AnswerPart[] {
  const parts: AnswerPart[] = []
  if (isText(said.thinking)) parts.push({ type: 'reasoning', text: said.thinking, origin: shape.formatName })
  if (isText(said.text)) parts.push({ type: 'text', text: said.text })
  return [...parts, ...decodeImages(said.images), ...decodeCalls(said.toolCalls, createId)]
}

export function decodeImages(images: unknown): readonly AnswerPart[] {
  return (Array.isArray(images) ? images.filter(isText) : []).map(data => ({
    type: 'image',
    source: { kind: 'base64', mediaType: sniffBase64(data, 'image/png'), data },
  }))
}

/** Older versions give no ids. */
export function decodeCalls(
  calls: unknown,
  createId: () => string,
): readonly (AnswerPart & { readonly type: 'tool_call' })[] {
  return objectsOf(calls).map(call => {
    const called = isObject(call['function']) ? call['function'] : {}
    return {
      type: 'tool_call',
      id: isText(call['id']) ? call['id'] : `call_${createId()}`,
      name: isText(called['name']) ? called['name'] : '',
      arguments: writeToolArguments(called['arguments']),
    }
  })
}

export function createdOf(answer: JsonObject): number | null {
  const time = isText(answer['created_at']) ? Date.parse(answer['created_at']) : Number.NaN
  return Number.isNaN(time) ? null : Math.floor(time / 1000)
}

/** A list of tokens, which is what stands in OpenAI's `content`. */
export function decodeLogprobs(list: unknown): JsonObject | null {
  return Array.isArray(list) && list.length > 0 ? { content: list } : null
}

/** Refused words are words here. Empty where there is nothing to tell. */
export function encodeLogprobs({ content, refusal }: JsonObject): JsonObject {
  const list = [content, refusal].flatMap(tokens => (Array.isArray(tokens) ? (tokens as unknown[]) : []))
  return list.length === 0 ? {} : { logprobs: list }
}

/** A call is not told as the reason. `load` and `unload` answer requests that ask for nothing. */
export function decodeFinish(native: unknown, hasCalls: boolean): Finish {
  const reason: FinishReason = native === 'length' ? 'length' : hasCalls ? 'tool_calls' : 'stop'
  return { reason, ...(isText(native) ? { native } : {}) }
}

export function encodeFinish({ reason }: Finish): string {
  return reason === 'length' ? 'length' : 'stop'
}

export function encodeAnswer(
  completion: Completion,
  context: EncodeContext<Conversation>,
  shape: AnswerShape,
): JsonObject {
  const { usage, choices } = completion
  const { parts, finish, logprobs } = choices[0] ?? { parts: [], finish: { reason: 'stop' } }
  const total = context.elapsedMs?.() ?? 0
  return {
    ...encodeHead(completion.model, completion.created, context),
    ...shape.write(saidIn(parts)),
    done: true,
    done_reason: encodeFinish(finish),
    ...encodeFigures(usage, { total, beforeContent: 0 }),
    ...(logprobs === undefined ? {} : encodeLogprobs(logprobs)),
  }
}

/** What every answer and every line of a stream begins with. */
export function encodeHead(
  model: string,
  created: number | undefined,
  context: EncodeContext<Conversation>,
): JsonObject {
  return {
    model: model === '' ? context.asked.model : model,
    created_at: timeOf(created) ?? timeOf(context.created) ?? '',
  }
}

/** Null for what is no time. */
function timeOf(seconds: number | undefined): string | null {
  const date = new Date((seconds ?? Number.NaN) * 1000)
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

export function saidIn(parts: readonly AnswerPart[]): Said {
  const thinking = parts.map(part => (part.type === 'reasoning' ? part.text : '')).join('')
  const calls = parts.filter(part => part.type === 'tool_call')
  const images = parts.flatMap(imageIn)
  return {
    text: parts.map(textIn).join(''),
    ...(thinking === '' ? {} : { thinking }),
    ...(images.length === 0 ? {} : { images }),
    ...(calls.length === 0 ? {} : { toolCalls: calls.map(encodeCall) }),
  }
}

function textIn(part: AnswerPart): string {
  if (part.type === 'text' || part.type === 'refusal') return part.text
  return part.type === 'audio' ? (part.transcript ?? '') : ''
}

function imageIn(part: AnswerPart): readonly string[] {
  return part.type === 'image' && part.source.kind === 'base64' ? [part.source.data] : []
}

export function encodeCall(call: AnswerPart & { readonly type: 'tool_call' }, index: number): JsonObject {
  const { id, name } = call
  return { id, function: { index, name, arguments: parseToolArguments(call.arguments) } }
}
