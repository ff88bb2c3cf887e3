// A conversation in Google's shape.

import type { Abilities } from '../../conversation/abilities.ts'
import { losesMarker } from '../../conversation/cache-markers.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import { warnOfLostThoughts } from '../../conversation/lost-thoughts.ts'
import { mergeTurns } from '../../conversation/merge-turns.ts'
import { wantsThoughts } from '../../conversation/wants-thoughts.ts'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodedRequest, EncodeTarget } from '../format.ts'
import { droppedMarks, refuseBias } from '../shared/unsayable.ts'
import { encodeContents, encodeSystem } from './encode-contents.ts'
import { encodeTools } from './encode-tools.ts'
import { encodeConfig } from './generation-config.ts'
import { traitsOf } from './model-traits.ts'
import { defined, formatName, isEmpty, ownExtra } from './wire.ts'

export function abilities({ model }: EncodeTarget, conversation?: Conversation): Abilities {
  const { schemaBesideTools } = traitsOf(model)
  return {
    jsonSchema: true,
    jsonSchemaBesideTools: schemaBesideTools,
    customTools: false,
    // Newer models refuse a conversation that ends with a turn of the model's, and older ones go on from it:
    // https://github.com/pipecat-ai/pipecat/pull/5821
    prefill:
      wantsThoughts(conversation) !== true && /gemini-(?:1\.5|2\.|3-|3\.1-)/.test(model)
        ? 'plain'
        : undefined,
    toolName: /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/,
    // Films on YouTube, and files that were uploaded; other pages only some models fetch.
    takesUrl: (url, kind) =>
      url.startsWith('https://generativelanguage.googleapis.com/') ||
      (kind === 'file' && /^https:\/\/(?:www\.)?(?:youtube\.com|youtu\.be)\//.test(url)),
  }
}

/**
 * @throws GatewayError `unsupported_parameter`, or `invalid_request` for a schema that refers to nothing, and for a
 * conversation that says nothing
 */
export function encodeRequest(conversation: Conversation, target: EncodeTarget): EncodedRequest {
  refuseBias(conversation)
  const traits = traitsOf(target.model)
  const warnings: string[] = []
  const { system, turns } = mergeTurns(conversation.messages)
  const own = ownExtra(conversation.extra) ?? {}
  const config = encodeConfig(conversation, { target, traits, warnings })
  const { generationConfig: _config, toolConfig: _tools, ...rest } = own
  const tier = encodeServiceTier(conversation.serviceTier, target, warnings)
  reportDropped(conversation, warnings)
  warnings.push(...droppedMarks(conversation, ['name']))
  const instruction = encodeSystem(system)
  const contents = encodeContents(turns, { traits, warnings })
  if (contents.length === 0 && instruction.length === 0) throw saysNothing()
  return {
    body: defined({
      ...encodeTools(conversation, { traits, warnings }),
      // A conversation needs a content: what the system says stands in for it.
      systemInstruction: contents.length > 0 && instruction.length > 0 ? { parts: instruction } : undefined,
      contents: contents.length > 0 ? contents : [{ role: 'user', parts: instruction }],
      generationConfig: isEmpty(config) ? undefined : config,
      serviceTier: tier.field,
      ...rest,
    }),
    warnings: [...new Set(warnings)],
    ...(tier.headers.length === 0 ? {} : { headers: tier.headers }),
  }
}

function saysNothing(): GatewayError {
  const message = 'The messages say nothing: this provider needs a text, or something else to answer.'
  return new GatewayError('invalid_request', { message, param: 'messages' })
}

interface Tier {
  readonly field?: string
  readonly headers: readonly string[]
}

/** A field at one of the two addresses, a header at the other. */
function encodeServiceTier(tier: string | undefined, { quirks }: EncodeTarget, warnings: string[]): Tier {
  if (tier === undefined || tier === 'auto' || tier === 'default') return { headers: [] }
  if (tier !== 'flex' && tier !== 'priority') {
    warnings.push('dropped parameter service_tier')
    return { headers: [] }
  }
  if (quirks.gemini?.serviceTier === 'header')
    return { headers: ['x-vertex-ai-llm-shared-request-type', tier] }
  return { field: tier, headers: [] }
}

/** What Google has no word for, and whose loss does not change what is asked. */
function reportDropped(conversation: Conversation, warnings: string[]): void {
  const { user, metadata, cacheKey, messages } = conversation
  const lost: JsonObject = {
    user,
    metadata,
    prompt_cache_key: cacheKey,
    cache_control: losesMarker(conversation) ? true : undefined,
  }
  for (const [name, value] of Object.entries(lost))
    if (value !== undefined) warnings.push(`dropped parameter ${name}`)
  // A thought of another model is nothing that this one has said.
  warnings.push(...warnOfLostThoughts(messages, ({ origin }) => origin === formatName))
}
