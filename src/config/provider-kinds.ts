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
  /** Variables that may hold the region, first found wins. */
  readonly regionVariables?: readonly string[]
  /** Takes the credentials of an AWS account, from its usual variables as well. */
  readonly takesAwsCredentials?: boolean
  /** Another name of a kind: it counts in the file, and is not looked for in the environment. */
  readonly isAlias?: boolean
  /** Takes a Google Cloud account, from its usual variables as well, or that of the machine. */
  readonly takesGoogleAccount?: boolean
  /** Answers through a package that the configuration names. */
  readonly needsPackage?: boolean
  /** False: the name is understood, but this version cannot talk to it. */
  readonly builtIn: boolean
}

const genericType = 'openai_compatible'

const genericKind: ProviderKind = {
  type: genericType,
  keyVariables: [],
  keyOptional: true,
  needsBaseUrl: true,
  builtIn: true,
}

/** The given kinds in their order, then the one that every version knows. */
export function allKinds(known: readonly ProviderKind[]): ReadonlyMap<string, ProviderKind> {
  const kinds = new Map(known.map(kind => [kind.type, kind]))
  if (!kinds.has(genericType)) kinds.set(genericType, genericKind)
  return kinds
}
