// How providers that speak this format differ.

export type GeminiQuirks = Readonly<Record<never, never>>
