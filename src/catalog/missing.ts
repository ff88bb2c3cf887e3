// Why a model cannot be asked for, and what would have to be done.

import type { ModelFacts } from '../model-facts.ts'
import type { CatalogueProvider } from './build-catalogue.ts'
import type { Missing } from './catalogue.ts'

/** What its provider and the configuration of it say of a model. */
export interface ModelState {
  /** May be asked for, as far as the configuration and the provider's list go. */
  readonly offered: boolean
  readonly listed: boolean
  /** The configuration names it as one that its provider serves. */
  readonly configured: boolean
}

export interface MissingReason {
  readonly missing: Missing
  readonly reason: string
}

interface Surroundings {
  readonly configured: boolean
  readonly options: { readonly now: number; readonly howToConfigure?: (type: string) => string }
}

/** The sentences are made once for each provider, as it has many models. */
export function createMissingReasons(
  provider: CatalogueProvider,
  { configured, options }: Surroundings,
): (facts: ModelFacts, state: ModelState) => MissingReason | null {
  const today = new Date(options.now).toISOString().slice(0, 10)
  const general = generalReason(provider, { configured, options })
  const unoffered = unofferedReason(provider)
  return (facts, { offered, listed, configured: named }) => {
    // Whoever lists or configures a model serves it, whatever was announced.
    if (!listed && !named && hasCome(facts.retiresOn, today)) return describeRetired(facts)
    return general ?? (offered ? null : unoffered)
  }
}

/** @param day of a month alone, the last day is meant */
export function hasCome(day: string | null, today: string): boolean {
  if (day === null) return false
  return day.length === 7 ? day < today.slice(0, 7) : day <= today
}

function describeRetired({ retiresOn, replacedBy }: ModelFacts): MissingReason {
  const advice = replacedBy === null ? '' : ` Its maker names \`${replacedBy}\` in its place.`
  return { missing: 'retired', reason: `It was retired on ${retiresOn}.${advice}` }
}

function generalReason(
  { name, type, usable, unusableReason }: CatalogueProvider,
  { configured, options }: Surroundings,
): MissingReason | null {
  if (!configured)
    return {
      missing: 'provider_not_configured',
      reason: options.howToConfigure?.(type) ?? `No provider of the type \`${type}\` is configured.`,
    }
  if (usable) return null
  return {
    missing: 'provider_unusable',
    reason: `The provider \`${name}\` ${unusableReason ?? 'cannot be used'}.`,
  }
}

function unofferedReason({ name, configuredModels, deployments }: CatalogueProvider): MissingReason {
  if (configuredModels !== null)
    return { missing: 'not_configured', reason: `Add it to \`models\` of the provider \`${name}\`.` }
  if (Object.keys(deployments).length > 0)
    return { missing: 'not_configured', reason: `Add it to \`deployments\` of the provider \`${name}\`.` }
  return {
    missing: 'not_listed',
    reason: `The provider \`${name}\` does not list it for your account; add it to \`models\` of the provider if it answers nevertheless.`,
  }
}
