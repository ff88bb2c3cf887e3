// How providers that speak this format differ.

export interface OpenAiResponsesQuirks {
  /** It keeps no responses: every request has to bring its whole history. */
  readonly stateless?: true
  /** Models that hand out their thoughts encrypted; all others answer the wish for it with an error. */
  readonly encryptsReasoning?: RegExp
}
