// A whole answer for a client.

import type { AnswerPart, Choice, Completion } from '../../conversation/completion.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { ReasoningPart, TextPart, ToolCallPart } from '../../conversation/parts.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodeContext } from '../format.ts'
import { finishWord } from '../openai-shared/finish.ts'
import { writeServiceTier } from '../openai-shared/service-tier.ts'
import { writeUsage } from '../openai-shared/write-usage.ts'
import { encodeCitation } from './citations.ts'
import { encodeFile, encodeImage, encodeSpeech } from './encode-answer-media.ts'
import { thoughtSignature } from './encode-messages.ts'
import { encodeDetail, needsDetail } from './encode-reasoning.ts'
import { formatName, ownExtra } from './name.ts'

export function encodeResponse(completion: Completion, context: EncodeContext<Conversation>): JsonObject {
  const { id, model, created, choices, usage } = completion
  const tier = writeServiceTier(completion.serviceTier)
  return {
    id: id === '' ? `chatcmpl-${context.id}` : id,
    object: 'chat.completion',
    created: created ?? context.created,
    model: model === '' ? context.asked.model : model,
    choices: choices.map((choice, index) => encodeChoice(choice, index, context.asked)),
    ...(usage === null ? {} : { usage: writeUsage(usage) }),
    ...(tier === undefined ? {} : { service_tier: tier }),
    ...ownExtra(completion),
  }
}

function encodeChoice(choice: Choice, index: number, asked: Conversation): JsonObject {
  const { parts, finish, logprobs } = choice
  const legacy = wantsFunctions(asked)
  const word = finishWord(finish)
  return {
    index,
    message: encodeAnswer(parts, legacy),
    logprobs: logprobs === undefined ? null : encodeLogprobs(logprobs),
    finish_reason: legacy && word === 'tool_calls' ? 'function_call' : word,
    ...(finish.native === undefined ? {} : { native_finish_reason: finish.native }),
    ...(finish.stopSequence === undefined ? {} : { stop_reason: finish.stopSequence }),
    ...ownExtra(finish),
  }
}

/** The refused words have a list of their own, which must not be missing. */
export function encodeLogprobs(logprobs: JsonObject): JsonObject {
  return { content: null, refusal: null, ...logprobs }
}

/** Whether the client asked in the terms of `functions`, and expects the answer in them. */
export function wantsFunctions(asked: Conversation): boolean {
  return ownExtra(asked)['functions'] === true
}

function encodeAnswer(parts: readonly AnswerPart[], legacy: boolean): JsonObject {
  const texts = parts.filter(part => part.type === 'text')
  const thoughts = parts.filter(part => part.type === 'reasoning')
  const calls = parts.filter(part => part.type === 'tool_call')
  const refusal = parts.flatMap(part => (part.type === 'refusal' ? part.text : [])).join('')
  const speech = parts.find(part => part.type === 'audio')
  const images = parts.filter(part => part.type === 'image').map(encodeImage)
  const files = parts.filter(part => part.type === 'file').map(encodeFile)
  const annotations = encodeAnnotations(texts)
  return {
    role: 'assistant',
    content: encodeContent(parts),
    refusal: refusal === '' ? null : refusal,
    ...encodeThoughts(thoughts),
    ...(annotations.length === 0 ? {} : { annotations }),
    ...(images.length === 0 ? {} : { images }),
    ...(files.length === 0 ? {} : { files }),
    ...(speech === undefined ? {} : { audio: encodeSpeech(speech) }),
    ...encodeCalls(calls, legacy),
  }
}

/** A string, unless there are parts that only a list can hold. */
function encodeContent(parts: readonly AnswerPart[]): string | readonly JsonObject[] | null {
  const chunks: JsonObject[] = []
  let text = ''
  let plain = true
  for (const part of parts)
    if (part.type === 'text') {
      text += part.text
      chunks.push({ type: 'text', text: part.text })
    } else if (part.type === 'opaque' && part.format === formatName) {
      chunks.push(part.value)
      plain = false
    }
  if (chunks.length === 0) return null
  return plain ? text : chunks
}

function encodeThoughts(thoughts: readonly ReasoningPart[]): JsonObject {
  const text = thoughts.map(thought => thought.text).join('')
  return {
    ...(text === '' ? {} : { reasoning_content: text }),
    ...(thoughts.some(needsDetail) ? { reasoning_details: thoughts.map(encodeDetail) } : {}),
  }
}

function encodeAnnotations(texts: readonly TextPart[]): readonly JsonObject[] {
  let offset = 0
  return texts.flatMap(({ text, citations = [] }) => {
    const place = offset
    offset += text.length
    return citations.map(citation => encodeCitation(citation, place)).filter(cited => cited !== null)
  })
}

function encodeCalls(calls: readonly ToolCallPart[], legacy: boolean): JsonObject {
  const [first] = calls
  if (first === undefined) return {}
  if (legacy) return { function_call: { name: first.name, arguments: first.arguments } }
  return { tool_calls: calls.map(encodeCall) }
}

export function encodeCall(call: ToolCallPart): JsonObject {
  const { id, name, custom, signature } = call
  const signed = signature === undefined ? {} : thoughtSignature(signature)
  if (custom === true)
    return { id, type: 'custom', custom: { name, input: call.arguments }, ...signed, ...ownExtra(call) }
  return { id, type: 'function', function: { name, arguments: call.arguments }, ...signed, ...ownExtra(call) }
}
