// How providers that speak this format differ.

export type BedrockConverseQuirks = Readonly<Record<never, never>>
