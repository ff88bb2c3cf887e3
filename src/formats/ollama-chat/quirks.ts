// How providers that speak this format differ.

export type OllamaChatQuirks = Readonly<Record<never, never>>
