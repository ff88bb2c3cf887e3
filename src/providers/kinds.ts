// The providers as the configuration has to know them: where their keys and addresses may stand.

import { providers } from './index.ts'

export interface ProviderKind {
  readonly type: string
  readonly keyVariables: readonly string[]
  readonly baseUrlVariables: readonly string[]
  readonly keyOptional: boolean
  readonly needsBaseUrl: boolean
  readonly regionVariables: readonly string[]
  readonly takesAwsCredentials: boolean
  readonly builtIn: true
}

export const providerKinds: readonly ProviderKind[] = providers.map(provider => ({
  type: provider.type,
  keyVariables: provider.keyVariables,
  baseUrlVariables: provider.baseUrlVariables ?? [],
  keyOptional: provider.keyOptional ?? false,
  needsBaseUrl: provider.baseUrl === null && provider.baseUrlFor === undefined,
  regionVariables: provider.regionVariables ?? [],
  takesAwsCredentials: provider.takesAwsCredentials ?? false,
  builtIn: true,
}))
