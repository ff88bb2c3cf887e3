// Makes a provider of what is particular about it, for vendors that speak OpenAI's API under their own address.

import type { Destination, Operation } from '../call.ts'
import { compatibleChat, type OpenAiChatQuirks } from '../formats/openai-chat/quirks.ts'
import type { Secret } from '../lib/secret.ts'
import { bearer } from './bearer.ts'
import { compatibleErrorRules } from './error-rules.ts'
import { pathOf } from './format-paths.ts'
import { openAiListing } from './listing/openai-models.ts'
import type { ModelListing } from './listing.ts'
import type { Provider, ProviderSettings } from './provider.ts'

/** What differs from one OpenAI-like vendor to the next. What is left out is as at OpenAI. */
export interface CompatibleProviderData
  extends Pick<Provider, 'type' | 'title' | 'baseUrl' | 'keyVariables'>,
    Partial<Pick<Provider, 'baseUrlVariables' | 'keyOptional' | 'priceProvider' | 'formatsFor'>>,
    Partial<Pick<Provider, 'models' | 'errors' | 'parameters' | 'streamUsage' | 'quirks'>>,
    Partial<Pick<Provider, 'relayed' | 'relayPathFor'>> {
  /** OpenAI's list where nothing is said; null for a vendor that lists nothing. */
  readonly listing?: ModelListing | null
  /**
   * How its chat completions differ from what compatible servers have in common; `openai` where they are OpenAI's own
   * in everything. Read where a request is translated: what arrives in this format passes as it is.
   */
  readonly chat?: OpenAiChatQuirks | 'openai'
  /** What of that depends on the settings; it comes on top. */
  readonly chatFor?: (settings: ProviderSettings) => OpenAiChatQuirks
  /** Those that the vendor really has; chat alone where nothing is said. */
  readonly operations?: readonly Operation[]
  /** Stands before the paths where the base URL has none of its own: `/v1` for a server on one's own machine. */
  readonly pathPrefix?: string
  /** Replaces `authorization: Bearer KEY`. Name and value in turn, lower case. */
  readonly credentials?: (key: Secret) => readonly string[]
  /** Further headers that follow from the settings, name and value in turn, lower case. */
  readonly headers?: (settings: ProviderSettings) => readonly string[]
  /** Replaces the paths of OpenAI. */
  readonly pathFor?: Provider['pathFor']
  /** Further formats of an operation, after OpenAI's own; the paths of those that are not OpenAI's are its own affair. */
  readonly moreFormats?: Provider['formats']
}

const formatNames: Readonly<Partial<Record<Operation, string>>> = {
  chat: 'openai-chat',
  completion: 'openai-completions',
  embedding: 'openai-embeddings',
  moderation: 'openai-moderations',
  image_generation: 'openai-images',
  image_edit: 'openai-image-edits',
  speech: 'openai-speech',
  transcription: 'openai-transcriptions',
}

/** Paths of OpenAI's API below a base URL, by format. */
const openaiPaths: Readonly<Record<string, string>> = {
  'openai-chat': '/chat/completions',
  'openai-responses': '/responses',
  'openai-responses-compact': '/responses/compact',
  'openai-responses-count': '/responses/input_tokens',
  'openai-completions': '/completions',
  'openai-embeddings': '/embeddings',
  // Where a vendor has it beside OpenAI's API.
  'anthropic-messages': '/messages',
  // OpenAI's address, in Mistral's words.
  'mistral-chat': '/chat/completions',
  'mistral-embeddings': '/embeddings',
  'mistral-fim': '/fim/completions',
  'openai-moderations': '/moderations',
  'openai-images': '/images/generations',
  'openai-image-edits': '/images/edits',
  'openai-image-variations': '/images/variations',
  'openai-speech': '/audio/speech',
  'openai-transcriptions': '/audio/transcriptions',
  'openai-translations': '/audio/translations',
}

/** @throws Error for a format that has no path at OpenAI: a mistake in the provider's data */
export function openaiPath(destination: Destination): string {
  return pathOf(openaiPaths, destination)
}

/** The provider that the data describes; the error rules that all OpenAI-like vendors share follow its own. */
export function defineCompatibleProvider(data: CompatibleProviderData): Provider {
  const {
    operations = ['chat'],
    pathPrefix = '',
    credentials = bearer,
    headers,
    pathFor,
    moreFormats = {},
    chat = {},
    chatFor,
    quirks = {},
    listing = openAiListing({ pathFor: settings => `${prefixFor(settings)}/models` }),
    ...particulars
  } = data
  const openAiChat = chat === 'openai' ? {} : { ...compatibleChat, ...chat }
  const prefixFor = ({ baseUrl }: ProviderSettings): string =>
    hasPath(baseUrl ?? data.baseUrl) ? '' : pathPrefix
  return {
    streamUsage: 'ask',
    parameters: {},
    models: [],
    ...particulars,
    ...(listing !== null && { listing }),
    quirks: chat === 'openai' ? quirks : { ...quirks, openAiChat },
    ...(chatFor && { quirksFor: settings => ({ openAiChat: { ...openAiChat, ...chatFor(settings) } }) }),
    formats: formatsOf(operations, moreFormats),
    errors: [...(data.errors ?? []), ...compatibleErrorRules],
    pathFor: pathFor ?? ((destination, settings) => prefixFor(settings) + openaiPath(destination)),
    headersFor: (key, settings) => [
      ...(key === null ? [] : credentials(key)),
      ...(headers?.(settings) ?? []),
    ],
  }
}

function formatsOf(operations: readonly Operation[], more: Provider['formats']): Provider['formats'] {
  const own = operations.map(operation => {
    const format = formatNames[operation]
    return [operation, [...(format === undefined ? [] : [format]), ...(more[operation] ?? [])]]
  })
  return { ...more, ...Object.fromEntries(own) }
}

/** Whether an address says more than the server: `http://host:8000/v1` does, `http://host:8000` does not. */
function hasPath(address: string | null): boolean {
  return address !== null && new URL(address).pathname !== '/'
}
