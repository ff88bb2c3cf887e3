// Who may be meant where somebody names a provider.

import type { Catalogue } from '../catalog/catalogue.ts'
import { aliases as typeAliases, providers as types } from '../providers/index.ts'

/** Names by which a provider may be asked for, in lower case, each with the one that is meant. */
export function nameProviders(
  { entries }: Catalogue,
  configured: Iterable<string>,
): ReadonlyMap<string, string> {
  const names = new Set([...types.map(({ type }) => type), ...configured])
  for (const { provider, providerType } of entries) names.add(provider).add(providerType)
  const lowered = [...names].map(name => name.toLowerCase())
  const aliases = Object.entries(typeAliases).map(([name, type]) => [name.toLowerCase(), type] as const)
  return new Map([...aliases, ...lowered.map(name => [name, name] as const)])
}
