// Thoughts, under the many names that they have in this format:
// - `reasoning_content` or `reasoning`: text (DeepSeek, xAI and others; Groq, Cerebras, OpenRouter and others)
// - `reasoning_details`: a list with signatures and encrypted thoughts
//   https://openrouter.ai/docs/use-cases/reasoning-tokens#preserving-reasoning-blocks
// - `thinking_blocks`: Anthropic's own blocks, as some libraries hand them on
// - parts of the content of type `thinking` (Mistral)

import type { ReasoningPart } from '../../conversation/parts.ts'
import { isObject, isText, type MutableJson, objectsOf } from '../../lib/json-value.ts'
import { listOf } from '../openai-shared/fields.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import { formatName } from './name.ts'

const anthropicBlocks = 'anthropic-messages'

/** Fields of a message or of a delta that hold thoughts. */
export const reasoningFields = ['reasoning_content', 'reasoning', 'reasoning_details', 'thinking_blocks']

/** The same thoughts often stand under several names: the one that says most is read. */
export function decodeReasoning(message: MutableJson): ReasoningPart[] {
  const details = joinPieces(objectsOf(message['reasoning_details']).map(decodeDetail))
  if (details.some(({ text }) => text !== '')) return details
  const blocks = objectsOf(message['thinking_blocks']).flatMap(readThought)
  if (blocks.length > 0) return blocks
  const text = plainReasoning(message)
  return text === '' ? details : [{ type: 'reasoning', text, origin: formatName }, ...details]
}

/** Thoughts of other formats, which we wrote in pieces: clients keep the pieces or join those of one index and type. */
function joinPieces(details: readonly ReasoningPart[]): ReasoningPart[] {
  const joined: ReasoningPart[] = []
  for (const piece of details) {
    const last = joined.at(-1)
    if (last === undefined || piece.origin === formatName || !isSameThought(last, piece)) joined.push(piece)
    else joined[joined.length - 1] = join(last, piece)
  }
  return joined
}

function isSameThought(left: ReasoningPart, right: ReasoningPart): boolean {
  const index = left.extra?.[formatName]?.['index']
  return left.origin === right.origin && index !== undefined && index === right.extra?.[formatName]?.['index']
}

function join(left: ReasoningPart, right: ReasoningPart): ReasoningPart {
  const signature = `${left.signature ?? ''}${right.signature ?? ''}`
  const encrypted = `${left.encrypted ?? ''}${right.encrypted ?? ''}`
  return {
    ...left,
    ...right,
    text: left.text + right.text,
    ...(signature === '' ? {} : { signature }),
    ...(encrypted === '' ? {} : { encrypted }),
    ...(left.summary === true ? { summary: true } : {}),
  }
}

export function plainReasoning(message: MutableJson): string {
  const { reasoning_content: content, reasoning } = message
  if (isText(content)) return content
  return isText(reasoning) ? reasoning : ''
}

const detailFields: ReadonlySet<string> = new Set(['type', 'text', 'summary', 'data', 'signature', 'origin'])

/** One entry of `reasoning_details`; what else it says goes back with it. */
export function decodeDetail(detail: MutableJson): ReasoningPart {
  const { text, summary, data, signature, origin } = detail
  return {
    type: 'reasoning',
    text: isText(text) ? text : isText(summary) ? summary : '',
    ...(isText(signature) ? { signature } : {}),
    ...(isText(data) ? { encrypted: data } : {}),
    ...(typeof summary === 'string' ? { summary: true } : {}),
    origin: isText(origin) ? origin : formatName,
    ...putAside(formatName, otherFields(detail, detailFields)),
  }
}

/** A block of the content or of `thinking_blocks`: Anthropic's are signed, Mistral's hold parts of text. */
export function readThought(block: MutableJson): ReasoningPart[] {
  const { thinking, signature, data } = block
  if (isText(data)) return [{ type: 'reasoning', text: '', encrypted: data, origin: anthropicBlocks }]
  const text = isText(thinking) ? thinking : textOfParts(thinking)
  if (isText(signature)) return [{ type: 'reasoning', text, signature, origin: anthropicBlocks }]
  return text === '' ? [] : [{ type: 'reasoning', text, origin: formatName }]
}

function textOfParts(parts: unknown): string {
  let text = ''
  for (const part of listOf(parts)) if (isObject(part) && isText(part['text'])) text += part['text']
  return text
}
