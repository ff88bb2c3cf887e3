// A prompt in the neutral form: a conversation of one message. What only completion of a text can do is refused.

import type { Conversation } from '../../conversation/conversation.ts'
import { GatewayError } from '../../errors.ts'
import { isText, type JsonObject } from '../../lib/json-value.ts'
import { numberOf, otherFields, present, textOf } from '../openai-shared/fields.ts'
import { decodeSampling, samplingFields } from '../openai-shared/sampling.ts'
import { wantsStreamUsage } from '../openai-shared/stream-usage.ts'
import { formatName } from './name.ts'

const read: ReadonlySet<string> = new Set([
  ...samplingFields,
  'model',
  'prompt',
  'stream',
  'stream_options',
  'suffix',
  'echo',
  'best_of',
  'logprobs',
  'user',
])

/** @throws GatewayError `unsupported_parameter` for what a conversation cannot be asked */
export function decodeRequest(body: JsonObject): Conversation {
  const sampling = decodeSampling(body)
  if (isText(body['suffix'])) throw unsupported('suffix')
  if (body['echo'] === true) throw unsupported('echo')
  if ((numberOf(body['best_of']) ?? 1) > (sampling.choices ?? 1)) throw unsupported('best_of')
  const others = otherFields(body, read)
  return {
    model: String(body['model']),
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
  throw unsupported('prompt', 'One prompt of text can be sent to this model, no tokens and no list.')
}

function unsupported(param: string, why = 'It is answered by a conversation.'): GatewayError {
  const message = `The parameter \`${param}\` cannot be met for this model. ${why}`
  return new GatewayError('unsupported_parameter', { message, param })
}
