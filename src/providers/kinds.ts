// The providers as the configuration has to know them: where their keys and addresses may stand.

import { aiSdk } from './ai-sdk/index.ts'
import { aliases, findProvider, providers } from './index.ts'
import type { Provider } from './provider.ts'

export interface ProviderKind {
  readonly type: string
  readonly keyVariables: readonly string[]
  readonly baseUrlVariables: readonly string[]
  readonly keyOptional: boolean
  readonly needsBaseUrl: boolean
  /** Another name of a provider: it counts in the file, and nobody looks for it in the environment. */
  readonly isAlias: boolean
  readonly regionVariables: readonly string[]
  readonly takesAwsCredentials: boolean
  readonly takesGoogleAccount: boolean
  readonly needsPackage: boolean
  readonly builtIn: true
}

export const providerKinds: readonly ProviderKind[] = [
  ...providers.map(provider => kindOf(provider, provider.type)),
  ...Object.keys(aliases).flatMap(alias => {
    const provider = findProvider(alias)
    return provider === undefined ? [] : [kindOf(provider, alias)]
  }),
]

/** @param type its own, or another name of it */
function kindOf(provider: Provider, type: string): ProviderKind {
  return {
    type,
    keyVariables: provider.keyVariables,
    baseUrlVariables: provider.baseUrlVariables ?? [],
    keyOptional: provider.keyOptional ?? false,
    needsBaseUrl: provider.baseUrl === null && provider.baseUrlFor === undefined,
    regionVariables: provider.regionVariables ?? [],
    takesAwsCredentials: provider.takesAwsCredentials ?? false,
    takesGoogleAccount: provider.takesGoogleAccount ?? false,
    isAlias: type !== provider.type,
    needsPackage: provider.type === aiSdk.type,
    builtIn: true,
  }
}

/** Those of every gateway, and those that modules of the operator bring. */
export function kindsWith(plugins: readonly Provider[]): readonly ProviderKind[] {
  return [...providerKinds, ...plugins.map(plugin => kindOf(plugin, plugin.type))]
}
