// From an answer in the neutral form to a whole response.

import type { AnswerPart, Completion } from '../../conversation/completion.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import { type JsonObject, objectsOf } from '../../lib/json-value.ts'
import type { EncodeContext } from '../format.ts'
import {
  annotationsOf,
  callItem,
  imageItem,
  incompleteReason,
  messageItem,
  reasoningItem,
  refusalContent,
  textContent,
} from './encode-item.ts'
import { buildResponse, headOf, itemIds } from './response-object.ts'
import { writeUsage } from './usage.ts'
import { formatName } from './wire.ts'

/** Of several answers the first: a client of this format cannot ask for more. */
export function encodeResponse(completion: Completion, context: EncodeContext<Conversation>): JsonObject {
  const { choices, usage, serviceTier } = completion
  const head = headOf(completion, context)
  const choice = choices[0]
  const reason = incompleteReason(choice?.finish.reason ?? 'stop')
  const logprobs = objectsOf(choice?.logprobs?.['content'])
  return buildResponse(head, context.asked, {
    status: reason === undefined ? 'completed' : 'incomplete',
    output: encodeOutput(choice?.parts ?? [], {
      asked: context.asked,
      nameItem: itemIds(head, new Map()),
      logprobs,
    }),
    ...(reason !== undefined && { incompleteReason: reason }),
    ...(usage !== null && { usage: writeUsage(usage) }),
    serviceTier,
  })
}

interface OutputContext {
  readonly asked: Conversation
  readonly nameItem: ReturnType<typeof itemIds>
  readonly logprobs: readonly JsonObject[]
}

/** Texts in a row are the contents of one message. */
function encodeOutput(parts: readonly AnswerPart[], context: OutputContext): readonly JsonObject[] {
  const output: JsonObject[] = []
  let message: JsonObject[] | null = null
  let { logprobs } = context
  for (const part of parts) {
    const content = contentOf(part, logprobs)
    if (content === null) {
      message = null
      const item = itemOf(part, output.length, context)
      if (item !== null) output.push(item)
      continue
    }
    if (content['type'] === 'output_text') logprobs = []
    if (message === null) {
      message = []
      output.push(messageItem(context.nameItem('msg', output.length), 'completed', message))
    }
    message.push(content)
  }
  return output
}

/** Null for what is an item of its own. */
function contentOf(part: AnswerPart, logprobs: readonly JsonObject[]): JsonObject | null {
  const text = spokenText(part)
  if (text !== null) return textContent(text, [], [])
  if (part.type === 'text') return textContent(part.text, annotationsOf(part.citations), logprobs)
  return part.type === 'refusal' ? refusalContent(part.text) : null
}

/** What is said of a part that has no item: the words of a recording, the address of an image. */
export function spokenText(part: AnswerPart): string | null {
  if (part.type === 'audio') return part.transcript ?? ''
  if (part.type === 'image' || part.type === 'file')
    return part.source.kind === 'url' ? part.source.url : null
  return null
}

/** Null for what this format cannot say. */
export function itemOf(
  part: AnswerPart,
  index: number,
  { asked, nameItem }: Omit<OutputContext, 'logprobs'>,
): JsonObject | null {
  switch (part.type) {
    case 'tool_call':
      return callItem(part, {
        id: nameItem(part.custom === true ? 'ctc' : 'fc', index),
        status: 'completed',
        asked,
      })
    case 'reasoning':
      return reasoningItem(part, nameItem('rs', index))
    case 'image':
      return part.source.kind === 'base64' ? imageItem(nameItem('ig', index), part.source.data) : null
    case 'opaque':
      return part.format === formatName ? part.value : null
    case 'text':
    case 'refusal':
    case 'audio':
    case 'file':
      return null
  }
}
