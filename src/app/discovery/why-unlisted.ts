// Why a provider is not asked for its models: for who wonders that nothing comes of it.

import type { Configuration } from '../../config/configuration.ts'
import type { ConnectedProvider } from '../connect-providers.ts'

/** As a sentence; null for one that is asked. */
export function whyUnlisted(
  { configuration: { discovery, type }, indexed: { unusableReason }, listing }: ConnectedProvider,
  { discovery: { enabled } }: Pick<Configuration, 'discovery'>,
): string | null {
  if (listing !== null) return null
  if (!enabled) return 'Discovery is off: `discovery.enabled` is false in the configuration.'
  if (!discovery) return '`discovery` of this provider is false in the configuration.'
  if (unusableReason !== null) return `The provider ${unusableReason}.`
  return `A provider of the type \`${type}\` has no list of models to be asked for.`
}
