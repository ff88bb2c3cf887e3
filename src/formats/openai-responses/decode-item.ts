// What an assistant said, item by item: the same in a history that a client sends and in an answer of an upstream.

import type { AnswerPart } from '../../conversation/completion.ts'
import type { Citation, ReasoningPart, ToolCallPart } from '../../conversation/parts.ts'
import { isText, type JsonObject, objectsOf } from '../../lib/json-value.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import { formatName, kindOf, qualifyName, textOf, toExtra } from './wire.ts'

/** The parts of an item of the assistant's; none for thoughts that nobody can read any more. */
export function decodeAssistantItem(item: JsonObject): readonly AnswerPart[] {
  switch (kindOf(item)) {
    case 'message':
      return decodeMessage(item)
    case 'reasoning':
      return decodeThoughts(item)
    case 'function_call':
    case 'custom_tool_call':
      return [decodeCall(item)]
    default:
      return [{ type: 'opaque', format: formatName, value: item }]
  }
}

const messageFields = new Set(['type', 'role', 'content'])

function decodeMessage(item: JsonObject): readonly AnswerPart[] {
  const { content } = item
  const more = putAside(formatName, extraOfMessage(item))
  if (typeof content === 'string') return [{ type: 'text', text: content, ...more }]
  return objectsOf(content).map((piece): AnswerPart => {
    if (piece['type'] === 'refusal') return { type: 'refusal', text: textOf(piece['refusal']) }
    const citations = objectsOf(piece['annotations']).map(decodeCitation)
    return {
      type: 'text',
      text: textOf(piece['text']),
      ...(citations.length > 0 && { citations }),
      ...more,
    }
  })
}

/** What a message says beside its content; undefined where that is nothing. */
export function extraOfMessage(item: JsonObject): JsonObject | undefined {
  return otherFields(item, messageFields)
}

export function decodeCitation(annotation: JsonObject): Citation {
  const { url, title, filename, start_index: start, end_index: end } = annotation
  const name = isText(title) ? title : isText(filename) ? filename : undefined
  return {
    ...(isText(url) && { url }),
    ...(name !== undefined && { title: name }),
    ...(typeof start === 'number' && { start }),
    ...(typeof end === 'number' && { end }),
    ...(annotation['type'] !== 'url_citation' && { extra: toExtra(annotation) }),
  }
}

const callFields = new Set(['type', 'call_id', 'name', 'arguments', 'input', 'signature'])

export function decodeCall(item: JsonObject): ToolCallPart {
  const { call_id: callId, id, name, namespace, signature } = item
  const custom = item['type'] === 'custom_tool_call'
  return {
    type: 'tool_call',
    id: isText(callId) ? callId : textOf(id),
    name: qualifyName(namespace, textOf(name)),
    arguments: textOf(item[custom ? 'input' : 'arguments']),
    ...(custom && { custom: true as const }),
    ...(isText(signature) && { signature }),
    ...putAside(formatName, otherFields(item, callFields)),
  }
}

/** A part for each piece of a thought; the last one keeps the item, so that it goes back once. */
function decodeThoughts(item: JsonObject): readonly ReasoningPart[] {
  const { texts } = readThought(item)
  const whole = decodeReasoning(item)
  const { encrypted: _encrypted, extra: _extra, ...piece } = whole
  return [...texts.slice(0, -1).map(text => ({ ...piece, text })), { ...whole, text: texts.at(-1) ?? '' }]
}

/** Thoughts keep their item, letter by letter. */
export function decodeReasoning(item: JsonObject): ReasoningPart {
  const { encrypted_content: encrypted } = item
  const { texts, isSummary } = readThought(item)
  return {
    type: 'reasoning',
    text: texts.join('\n\n'),
    ...(isSummary && { summary: true as const }),
    ...(isText(encrypted) && { encrypted }),
    origin: formatName,
    extra: toExtra(item),
  }
}

interface Thought {
  readonly texts: readonly string[]
  readonly isSummary: boolean
}

/** The thought itself where the provider shows it, else the summary of it, piece by piece. */
export function readThought(item: JsonObject): Thought {
  const content = textsIn(item['content'])
  if (content.length > 0) return { texts: content, isSummary: false }
  const summary = textsIn(item['summary'])
  return { texts: summary, isSummary: summary.length > 0 }
}

function textsIn(list: unknown): readonly string[] {
  return objectsOf(list)
    .map(piece => textOf(piece['text']))
    .filter(text => text !== '')
}

/** Log probabilities of the texts of a message, in OpenAI's shape. */
export function logprobsOf(item: JsonObject): readonly unknown[] {
  return objectsOf(item['content']).flatMap(piece => objectsOf(piece['logprobs']))
}
