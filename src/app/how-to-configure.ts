// What has to be done before a model can be asked for: which variables a provider needs, and by which name it is asked.

import { findProvider } from '../providers/index.ts'
import { providerKinds } from '../providers/kinds.ts'
import type { ConnectedProvider } from './connect-providers.ts'

/** Together they stand for a key where an account may. */
const accountVariables = 'GOOGLE_APPLICATION_CREDENTIALS and GOOGLE_CLOUD_PROJECT'

/** @param type of a provider that is not configured */
export function howToConfigure(type: string): string {
  const start = `No provider of the type \`${type}\` is configured:`
  const variables = variablesFor(type)
  return variables === null ? `${start} add one to \`providers\`.` : `${start} set ${variables}.`
}

/** Null where variables alone do not make one. */
function variablesFor(type: string): string | null {
  const kind = providerKinds.find(known => known.type === type)
  const [key] = kind?.keyVariables ?? []
  if (kind === undefined || key === undefined) return null
  const address = kind.needsBaseUrl ? kind.baseUrlVariables.slice(0, 1) : []
  if (kind.needsBaseUrl && address.length === 0) return null
  const together = [key, ...address, ...kind.regionVariables.slice(0, 1)].join(' and ')
  return kind.takesGoogleAccount ? `${together}, or ${accountVariables}` : together
}

type Named = Pick<ConnectedProvider, 'configuration' | 'provider'>

/** Names as `provider/model` for one that begins with the type of providers that are called otherwise. */
export function namesByType(model: string, providers: readonly Named[]): readonly string[] {
  const slash = model.indexOf('/')
  const prefix = model.slice(0, Math.max(0, slash))
  const type = findProvider(prefix)?.type
  if (type === undefined || providers.some(({ configuration }) => configuration.name === prefix)) return []
  return providers
    .filter(({ provider }) => provider.type === type)
    .map(({ configuration: { name } }) => name + model.slice(slash))
}

/** As a sentence; null where the name begins with no type of a configured provider. */
export function describeNamesByType(model: string, providers: readonly Named[]): string | null {
  const names = namesByType(model, providers).map(name => `\`${name}\``)
  if (names.length === 0) return null
  const type = model.slice(0, model.indexOf('/'))
  return `The providers of the type \`${type}\` have other names here: ask for ${names.slice(0, 3).join(' or ')}.`
}
