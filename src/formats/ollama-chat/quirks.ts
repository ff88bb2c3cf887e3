// How providers that speak this format differ.

export interface OllamaChatQuirks {
  /** The largest context window that is asked for, in tokens; absent for no limit but the model's. */
  readonly maxContextTokens?: number
}
