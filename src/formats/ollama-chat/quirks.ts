// How providers that speak this format differ.

import type { PrefillModels } from '../shared/prefill.ts'

export interface OllamaChatQuirks {
  /** The largest context window that is asked for, in tokens; absent for no limit but the model's. */
  readonly maxContextTokens?: number
  /** Who goes on from a last message of the assistant; absent where nobody knows. */
  readonly prefill?: PrefillModels
}
