// How providers that speak this format differ.

export interface GeminiQuirks {
  /** Penalties for repetition are refused by newer models. */
  readonly penalties?: 'older_models'
  /** The service tier is asked for by a header; without it, by a field. */
  readonly serviceTier?: 'header'
}
