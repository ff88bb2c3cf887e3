// A prompt in the neutral form: a conversation of one message. What only completion of a text can do is refused.

import type { Conversation } from '../../conversation/conversation.ts'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { Address } from '../format.ts'
import { numberOf, present, textOf } from '../openai-shared/fields.ts'
import { decodeSampling, samplingFields } from '../openai-shared/sampling.ts'
import { wantsStreamUsage } from '../openai-shared/stream-usage.ts'
import { otherFields } from '../shared/aside.ts'
import { formatName } from './name.ts'
import { ownFieldRules } from './own-fields.ts'

const known: ReadonlySet<string> = new Set([
  ...samplingFields,
  'model',
  'prompt',
  'stream',
  'stream_options',
  'logprobs',
  'user',
])

export const ownFields = ownFieldRules(known)

/** @throws GatewayError `unsupported_parameter` for a prompt that is no text */
export function decodeRequest(body: JsonObject, address: Address): Conversation {
  const sampling = decodeSampling(body)
  const others = otherFields(body, known)
  return {
    model: String(address.model ?? body['model']),
    streaming: body['stream'] === true,
    messages: [{ role: 'user', parts: [{ type: 'text', text: promptOf(body['prompt']) }] }],
    tools: [],
    sampling: { ...sampling, ...present({ logprobs: numberOf(body['logprobs']) }) },
    ...present({
      user: textOf(body['user']),
      wantsStreamUsage: wantsStreamUsage(body) ? true : undefined,
      extra: others === undefined ? undefined : { [formatName]: others },
    }),
  }
}

/** Several prompts would be several conversations, and tokens are those of one model alone. */
function promptOf(prompt: unknown): string {
  if (typeof prompt === 'string') return prompt
  if (Array.isArray(prompt) && prompt.length === 1 && typeof prompt[0] === 'string') return prompt[0]
  throw new GatewayError('unsupported_parameter', {
    message: 'The parameter `prompt` must be one text for this model, no tokens and no list.',
    param: 'prompt',
  })
}
