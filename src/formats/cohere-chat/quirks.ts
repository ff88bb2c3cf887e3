// How providers that speak this format differ.

export type CohereChatQuirks = Readonly<Record<never, never>>
