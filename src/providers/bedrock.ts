// Amazon Bedrock, by its Converse API. https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html
// Requests carry a long-term API key, or are signed with the credentials of an AWS account.

import type { Destination } from '../call.ts'
import { bearer } from './bearer.ts'
import { byStatus } from './error-rules.ts'
import { bedrockListing } from './listing/bedrock.ts'
import type { Provider, ProviderSettings } from './provider.ts'

export const bedrock: Provider = {
  type: 'bedrock',
  title: 'Amazon Bedrock',
  baseUrl: null,
  baseUrlFor: addressOf,
  keyVariables: ['AWS_BEARER_TOKEN_BEDROCK'],
  regionVariables: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
  takesAwsCredentials: true,
  formats: { chat: ['bedrock-converse'], token_count: ['bedrock-token-count'] },
  pathFor: destination => `/model/${encodeModel(destination.model)}/${actionOf(destination)}`,
  headersFor: bearer,
  authScheme(settings) {
    const region = settings.region ?? regionIn(settings.baseUrl)
    if (settings.keys.length > 0 || settings.aws === null || region === null) return null
    return { scheme: 'aws', service: 'bedrock', region }
  },
  streamUsage: 'reject',
  parameters: {},
  errors: [
    ...byStatus(
      'context_length_exceeded',
      [400],
      /input is too long|prompt is too long|too many (?:input )?tokens|exceeds? .{0,40}(?:context|input) (?:length|limit|window)|maximum context length|context window/i,
    ),
    ...byStatus(
      'upstream_model_not_found',
      [400, 403, 404],
      /model identifier is invalid|access to the model|model access is denied|end of its life|on-demand throughput isn.t supported|model .{0,80}(?:not found|isn.t supported|is not supported in)/i,
    ),
    ...byStatus(
      'upstream_quota_exceeded',
      [400, 429],
      /too many tokens per day|tokens per day|quota exceeded/i,
    ),
    ...byStatus('content_filter', [400], /blocked by (?:our )?content filter|content filtering policy/i),
  ],
  listing: bedrockListing,
  models: [
    'global.anthropic.claude-opus-5-5',
    'global.anthropic.claude-opus-4-8-v1:0',
    'global.anthropic.claude-sonnet-5-v1:0',
    'global.anthropic.claude-sonnet-4-6-v1:0',
    'global.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'global.anthropic.claude-haiku-4-5-20251001-v1:0',
    'global.amazon.nova-2-lite-v1:0',
    'amazon.nova-pro-v1:0',
    'amazon.nova-lite-v1:0',
    'amazon.nova-micro-v1:0',
    'openai.gpt-oss-120b-1:0',
    'openai.gpt-oss-20b-1:0',
    'qwen.qwen3-32b-v1:0',
    'mistral.mistral-large-3-675b-instruct',
    'meta.llama3-3-70b-instruct-v1:0',
  ],
  priceProvider: 'aws',
}

function actionOf({ operation, streaming }: Destination): string {
  if (operation === 'token_count') return 'count-tokens'
  return streaming ? 'converse-stream' : 'converse'
}

function addressOf({ region }: ProviderSettings): string | null {
  if (region === null) return null
  return `https://bedrock-runtime.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}

/** The signature names a region: an address of AWS has it in its name. */
function regionIn(address: string | null): string | null {
  return /\bbedrock-runtime(?:-fips)?\.([a-z0-9-]+)\./.exec(address ?? '')?.[1] ?? null
}

/** ARNs have colons and slashes; all that is not plain is encoded, as the SDKs of AWS do it. */
function encodeModel(model: string): string {
  return encodeURIComponent(model.toWellFormed()).replace(
    /[!'()*]/g,
    letter => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
