// What stands beside the prompt in every request to Ollama.

import type { Conversation } from '../../conversation/conversation.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodeTarget } from '../format.ts'
import { contextWindowFor } from './context-window.ts'
import { encodeLogprobs, encodeOutput, encodeSampling, encodeThink, writtenForOllama } from './options.ts'

/**
 * A prompt that does not fit after all is refused by the server, not cut (`truncate`), and so is a memory of it while
 * the answer grows (`shift`). https://github.com/ollama/ollama/blob/main/api/types.go
 */
const cutNothing: JsonObject = { truncate: false, shift: false }

export function encodeRest(
  conversation: Conversation,
  { model, quirks }: EncodeTarget,
  formatName: string,
): JsonObject {
  const { streaming, sampling, output, reasoning } = conversation
  const { fields, options } = writtenForOllama(conversation, formatName)
  const window = options['num_ctx'] ?? contextWindowFor(conversation, quirks.ollamaChat?.maxContextTokens)
  return {
    ...encodeOutput(output),
    options: { ...options, ...encodeSampling(sampling), num_ctx: window },
    ...encodeLogprobs(sampling),
    ...cutNothing,
    ...fields,
    ...encodeThink(reasoning, model),
    // Without it, the answer would be a stream.
    stream: streaming,
  }
}
