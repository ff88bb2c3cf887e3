// How providers that speak this format differ.

export type OpenAiResponsesQuirks = Readonly<Record<never, never>>
