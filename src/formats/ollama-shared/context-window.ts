// The context window that a prompt needs. Without a word about it, Ollama takes a small one and cuts the beginning of
// a longer prompt silently. https://docs.ollama.com/context-length

import type { Conversation } from '../../conversation/conversation.ts'
import type { Part } from '../../conversation/parts.ts'
import { GatewayError } from '../../errors.ts'

const smallest = 4096
/** English prose has 4 bytes for a token, code 3; a Chinese character, of 3 bytes, is a token or less. */
const bytesPerToken = 3
/** With so many, all prose and code is longer than the estimate. */
const generousBytesPerToken = 4.5
const tokensPerMessage = 8
const tokensPerImage = 1024
/** For an answer of which nobody said how long it may be. */
const usualAnswer = 2048
const usualAnswerWithThoughts = 8192

/**
 * The smallest power of two that holds the prompt and the answer: few sizes, because Ollama loads the model anew for
 * each.
 * @param most the largest window that may be asked for
 * @throws GatewayError `context_length_exceeded` where the prompt alone is certainly longer than that
 */
export function contextWindowFor(conversation: Conversation, most: number | undefined): number {
  const { bytes, besides } = measure(conversation)
  if (most !== undefined && bytes / generousBytesPerToken > most)
    throw new GatewayError('context_length_exceeded', {
      message: `The prompt is longer than the ${most} tokens of context that are allowed for this provider.`,
    })
  const window = windowOf(bytes / bytesPerToken + besides + answerOf(conversation))
  return most === undefined ? window : Math.min(window, most)
}

/** The smallest window that Ollama is asked for, or the power of two that holds the tokens. */
export function windowOf(tokens: number): number {
  return Math.max(smallest, 2 ** Math.ceil(Math.log2(Math.max(1, tokens))))
}

/** About how many tokens a text has: rather too many than too few. */
export function tokensOf(text: string): number {
  return Buffer.byteLength(text) / bytesPerToken
}

function answerOf({ sampling, reasoning }: Conversation): number {
  if (sampling.maxTokens !== undefined) return sampling.maxTokens
  const thinks = reasoning !== undefined && reasoning.effort !== 'none' && reasoning.budgetTokens !== 0
  return thinks ? usualAnswerWithThoughts : usualAnswer
}

interface Size {
  readonly bytes: number
  /** Tokens that are not text. */
  readonly besides: number
}

function measure({ messages, tools, output }: Conversation): Size {
  let bytes = tools.length === 0 ? 0 : Buffer.byteLength(JSON.stringify(tools))
  if (output?.type === 'json_schema') bytes += Buffer.byteLength(JSON.stringify(output.schema))
  let besides = messages.length * tokensPerMessage
  const add = (part: Part): void => {
    if (part.type === 'image') besides += tokensPerImage
    else if (part.type === 'tool_result') part.content.forEach(add)
    else if (part.type === 'tool_call') bytes += Buffer.byteLength(part.name + part.arguments)
    else if (part.type === 'file' && part.source.kind === 'base64') bytes += part.source.data.length
    else if ('text' in part) bytes += Buffer.byteLength(part.text)
  }
  for (const { parts } of messages) parts.forEach(add)
  return { bytes, besides }
}
