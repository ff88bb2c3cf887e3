// For each wire format a provider that speaks it and has no particulars: what is tested is the format.

import type * as ProvidersModule from '../../../src/providers/index.ts'
import type { Provider } from '../../../src/providers/provider.ts'
import { clientFormats } from './seam.ts'

/** `speaks_gemini` */
export function speakingType(format: string): string {
  return `speaks_${format.replaceAll('-', '_')}`
}

const speakingProviders: readonly Provider[] = clientFormats.map(format => ({
  type: speakingType(format),
  title: format,
  baseUrl: null,
  keyVariables: [],
  keyOptional: true,
  formats: format === 'openai-completions' ? { completion: [format] } : { chat: [format] },
  pathFor: ({ model, streaming }) => `/${format}/${encodeURIComponent(model)}${streaming ? '/stream' : ''}`,
  headersFor: () => [],
  streamUsage: 'ask',
  parameters: {},
  errors: [],
  models: [],
}))

type ProviderList = typeof ProvidersModule

/** The list of providers with those at its end, for `vi.mock`. */
export function withSpeakingProviders(original: ProviderList): ProviderList {
  return {
    ...original,
    providers: [...original.providers, ...speakingProviders],
    findProvider: type =>
      speakingProviders.find(provider => provider.type === type) ?? original.findProvider(type),
  }
}
