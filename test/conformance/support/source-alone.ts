// Translator cases that say nothing about a wire format, by name, each kind with its reason.

export const reasonsOfTheSource: readonly {
  readonly cases: string
  readonly names: RegExp
  readonly reason: string
}[] = [
  {
    cases: 'rerank requests',
    names: /^envoy:TestCohereToCohereTranslatorV2Rerank_RequestBody:/,
    reason: 'the request is not in the case, only the address that it goes to',
  },
  {
    cases: 'Titan embeddings',
    names: /^envoy:TestEmbeddingOpenAIToAWSBedrockTranslator_ResponseBody:/,
    reason: 'a format that the project does not speak',
  },
]

export function isOfTheSource(id: string): boolean {
  return reasonsOfTheSource.some(({ names }) => names.test(id))
}
