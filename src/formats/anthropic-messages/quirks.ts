// How providers that speak this format differ from Anthropic itself.

export interface AnthropicMessagesQuirks {
  /**
   * The values of `anthropic-beta` that the provider knows; absent where it takes all. It answers others with 400.
   */
  readonly betas?: readonly string[]
  /** The provider takes the bytes of images and documents alone: no addresses. */
  readonly inlineMedia?: true
  /** The provider does not know `output_config.format`. */
  readonly jsonSchema?: false
}
