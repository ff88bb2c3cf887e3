// The providers as the configuration has to know them: where their keys and addresses may stand.

import { aiSdk } from './ai-sdk/index.ts'
import { providers } from './index.ts'
import type { Provider } from './provider.ts'

export interface ProviderKind {
  readonly type: string
  readonly keyVariables: readonly string[]
  readonly baseUrlVariables: readonly string[]
  readonly keyOptional: boolean
  readonly needsBaseUrl: boolean
  readonly needsPackage: boolean
  readonly builtIn: true
}

export const providerKinds: readonly ProviderKind[] = providers.map(kindOf)

export function kindOf(provider: Provider): ProviderKind {
  return {
    type: provider.type,
    keyVariables: provider.keyVariables,
    baseUrlVariables: provider.baseUrlVariables ?? [],
    keyOptional: provider.keyOptional ?? false,
    needsBaseUrl: provider.baseUrl === null,
    needsPackage: provider.type === aiSdk.type,
    builtIn: true,
  }
}
