// Any provider package of the Vercel AI SDK as a provider. Which one, and what answers, comes from the configuration.
// https://ai-sdk.dev/providers/ai-sdk-providers

import { defineCompatibleProvider } from '../openai-compatible-provider.ts'

export { type AiSdkOptions, createAiSdkAnswer } from './answer.ts'
export { findPackage } from './load-package.ts'

export const aiSdk = defineCompatibleProvider({
  type: 'ai_sdk',
  title: 'AI SDK',
  // A name that is reserved never to exist: the package has its own way to the vendor.
  baseUrl: 'https://ai-sdk.invalid/v1',
  keyVariables: [],
  keyOptional: true,
  listing: null,
})
