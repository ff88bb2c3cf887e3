// The tier that an answer was served in, in OpenAI's words: SDKs check the value against the ones that they know.

const tiers: ReadonlySet<string> = new Set(['auto', 'default', 'flex', 'scale', 'priority', 'fast'])

/** What other vendors call the tier that everybody gets. */
const ordinary: ReadonlySet<string> = new Set(['standard', 'on_demand'])

/** Undefined for a tier that only another vendor has. */
export function writeServiceTier(tier: string | undefined): string | undefined {
  if (tier === undefined) return undefined
  const word = tier.toLowerCase()
  if (ordinary.has(word)) return 'default'
  return tiers.has(word) ? word : undefined
}
