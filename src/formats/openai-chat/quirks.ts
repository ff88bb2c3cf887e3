// How providers that speak this format differ.

export type OpenAiChatQuirks = Readonly<Record<never, never>>
