// From the neutral form to a whole answer of Cohere's chat.

import type { AnswerPart, Choice, Completion } from '../../conversation/completion.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodeContext } from '../format.ts'
import { linkTo } from '../shared/media-link.ts'
import { encodeCitation } from './citations.ts'
import { encodeFinish } from './finish.ts'
import { encodeLogprobs } from './logprobs.ts'
import { formatName } from './name.ts'
import { encodeUsage } from './usage.ts'

export function encodeResponse(completion: Completion, context: EncodeContext<Conversation>): JsonObject {
  const { choices, usage, id } = completion
  const choice = choices[0] ?? { parts: [], finish: { reason: 'stop' } }
  return {
    id: id === '' ? context.id : id,
    message: encodeMessage(choice),
    finish_reason: encodeFinish(choice.finish),
    ...(usage === null ? {} : { usage: encodeUsage(usage) }),
    ...(choice.logprobs === undefined ? {} : { logprobs: encodeLogprobs(choice.logprobs) }),
  }
}

/** With tool calls, the text before them is their plan. */
function encodeMessage({ parts }: Choice): JsonObject {
  const calls = parts.filter(part => part.type === 'tool_call')
  const isPlan = (part: AnswerPart) => part.type === 'text' && calls.length > 0
  const plan = parts.map(part => (part.type === 'text' ? part.text : '')).join('')
  const content: JsonObject[] = []
  const citations: JsonObject[] = []
  for (const part of parts) {
    if (part.type === 'text')
      for (const citation of part.citations ?? [])
        citations.push(encodeCitation(citation, part.text, content.length))
    if (!isPlan(part)) content.push(...encodeBlock(part))
  }
  return {
    role: 'assistant',
    ...(content.length > 0 || calls.length === 0 ? { content } : {}),
    ...(calls.length > 0 && plan !== '' ? { tool_plan: plan } : {}),
    ...(calls.length > 0 ? { tool_calls: calls.map(encodeCall) } : {}),
    ...(citations.length > 0 ? { citations } : {}),
  }
}

/** The block of a part; a part for which there is none has none. */
export function encodeBlock(part: AnswerPart): readonly JsonObject[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ type: 'text', text: part.text }]
    case 'reasoning':
      return part.text === '' ? [] : [{ type: 'thinking', thinking: part.text }]
    case 'image':
      // An answer is text and thoughts alone. https://docs.cohere.com/reference/chat
      return [{ type: 'text', text: linkTo(part.source, 'image') }]
    case 'audio':
      return part.transcript === undefined ? [] : [{ type: 'text', text: part.transcript }]
    case 'opaque':
      return part.format === formatName ? [part.value] : []
    case 'file':
    case 'tool_call':
      return []
  }
}

function encodeCall(call: AnswerPart & { readonly type: 'tool_call' }): JsonObject {
  return {
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.arguments || '{}' },
  }
}
