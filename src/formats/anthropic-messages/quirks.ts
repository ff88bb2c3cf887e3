// How providers that speak this format differ.

export type AnthropicMessagesQuirks = Readonly<Record<never, never>>
