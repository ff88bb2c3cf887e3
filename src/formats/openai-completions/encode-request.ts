// A conversation as a prompt: possible where it is one message of text and nothing else.

import { losesMarker } from '../../conversation/cache-markers.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import { GatewayError } from '../../errors.ts'
import type { EncodedRequest, EncodeTarget } from '../format.ts'
import { present } from '../openai-shared/fields.ts'
import { encodeSampling } from '../openai-shared/sampling.ts'
import { formatName } from './name.ts'

export function encodeRequest(conversation: Conversation, target: EncodeTarget): EncodedRequest {
  const { streaming, sampling, user, tools, output, extra } = conversation
  if (tools.length > 0) throw unsupported('tools')
  if (output !== undefined && output.type !== 'text') throw unsupported('response_format')
  const asksUsage = streaming && target.streamUsage === 'ask'
  const body = {
    model: target.model,
    prompt: promptOf(conversation),
    ...present({ max_tokens: sampling.maxTokens }),
    ...encodeSampling(sampling),
    ...present({
      logprobs: sampling.logprobs,
      user,
      stream: streaming ? true : undefined,
      stream_options: asksUsage ? { include_usage: true } : undefined,
    }),
    ...extra?.[formatName],
  }
  return { body, warnings: warningsFor(conversation) }
}

function promptOf({ messages }: Conversation): string {
  const [only, ...others] = messages
  if (only === undefined || others.length > 0 || only.role !== 'user') throw unsupported('messages')
  return only.parts
    .map(part => {
      if (part.type !== 'text') throw unsupported('messages')
      return part.text
    })
    .join('')
}

function warningsFor(conversation: Conversation): string[] {
  const { sampling, reasoning, serviceTier, metadata, cacheKey } = conversation
  const dropped = {
    top_k: sampling.topK,
    reasoning_effort: reasoning,
    service_tier: serviceTier,
    metadata,
    prompt_cache_key: cacheKey,
    cache_control: losesMarker(conversation) ? true : undefined,
  }
  return Object.keys(present(dropped)).map(name => `dropped parameter ${name}`)
}

function unsupported(param: string): GatewayError {
  const message = `The parameter \`${param}\` cannot be met by a model that completes a text.`
  return new GatewayError('unsupported_parameter', { message, param })
}
