// What the loader knows of each type of provider: where its key and address may stand in the environment.

export interface ProviderKind {
  /** `type` in the file. */
  readonly type: string
  /** Variables that may hold the key, first found wins. */
  readonly keyVariables: readonly string[]
  /** Variables that may hold the address, first found wins. */
  readonly baseUrlVariables?: readonly string[]
  /** Works without a key. */
  readonly keyOptional?: boolean
  /** Has no address of its own: one must be configured. */
  readonly needsBaseUrl?: boolean
  /** Answers through a package that the configuration names. */
  readonly needsPackage?: boolean
  /** False: the name is understood, but this version cannot talk to it. */
  readonly builtIn: boolean
}

export const genericType = 'openai_compatible'

const genericKind: ProviderKind = {
  type: genericType,
  keyVariables: [],
  keyOptional: true,
  needsBaseUrl: true,
  builtIn: true,
}

/** Vendors with a protocol of their own that this version does not speak yet. */
const plannedKinds: readonly ProviderKind[] = [
  planned('anthropic', 'ANTHROPIC_API_KEY'),
  planned('cohere', 'COHERE_API_KEY', 'CO_API_KEY'),
  planned('gemini', 'GEMINI_API_KEY', 'GOOGLE_API_KEY'),
  planned('google'),
  planned('vertex'),
  planned('vertex_ai'),
  planned('bedrock'),
]

/** The given kinds in their order, then those that every version knows. */
export function allKinds(known: readonly ProviderKind[]): ReadonlyMap<string, ProviderKind> {
  const kinds = new Map(known.map(kind => [kind.type, kind]))
  for (const kind of [genericKind, ...plannedKinds]) if (!kinds.has(kind.type)) kinds.set(kind.type, kind)
  return kinds
}

function planned(type: string, ...keyVariables: string[]): ProviderKind {
  return { type, keyVariables, builtIn: false }
}
