// Tests of functions within another gateway that say nothing about a wire format, by name, each kind with its reason.

export interface OwnFunctions {
  readonly functions: readonly string[]
  readonly reason: string
}

export const reasonsOfFunctions: readonly OwnFunctions[] = [
  {
    functions: [
      'TestCompletionRequest_JSON',
      'TestChatRequest_JSON',
      'TestChatRequest_Validate',
      'TestRequestUnion_JSON',
      'TestRequestUnion_Validate',
      'TestResponse_JSON',
      'TestToAWSBedrockV1Tokenize_ResponseError',
      'TestToGCPAnthropicV1Tokenize_ResponseError',
      'TestToGCPVertexAIV1Tokenize_ResponseError',
    ],
    reason: 'its route that counts tokens, which the project does not have',
  },
  {
    functions: [
      'TestAnthropicToAWSAnthropicTranslator_RequestBody_ModelNameOverride',
      'TestAnthropicToAWSAnthropicTranslator_RequestBody_StreamingPaths',
      'TestAnthropicToAWSAnthropicTranslator_URLEncoding',
      'TestAnthropicToAWSBedrockTranslator_RequestBody_ModelNameOverride',
      'TestAnthropicToAWSBedrockTranslator_RequestBody_StreamingPaths',
      'TestAnthropicToAWSBedrockTranslator_URLEncoding',
      'TestAnthropicToGCPAnthropicTranslator_RequestBody_ModelNameOverride',
      'TestAnthropicToGCPAnthropicTranslator_RequestBody_StreamingPaths',
      'TestAnthropicToOpenAITranslator_RequestBody_CustomPrefix',
      'TestCountTokensToAWSAnthropic_RequestBody',
      'TestCountTokensToGCPAnthropic_RequestBody',
      'TestOpenAIToAWSBedrockTranslatorV1ChatCompletion_RequestBodyURLEncoding',
      'TestOpenAIToAzureOpenAITranslatorV1EmbeddingRequestBody',
      'TestOpenAIToOpenAITranslatorV1CompletionRequestBody',
      'TestOpenAIToOpenAITranslatorV1EmbeddingRequestBody',
      'Test_NewResponsesOpenAIToOpenAITranslator',
    ],
    reason: 'the address and the name of the model that its translators give to a request',
  },
  {
    functions: [
      'TestAnthropicToAWSAnthropicTranslator_RequestBody_AnthropicBetaHeader',
      'TestAnthropicToGCPAnthropicTranslator_BackendVersionHandling',
      'TestAnthropicToGCPAnthropicTranslator_ResponseHeaders',
      'TestOpenAIToGCPVertexAITranslatorV1ChatCompletion_ResponseHeaders',
      'TestOpenAIToGCPVertexAITranslatorV1ChatCompletion_StreamingResponseHeaders',
    ],
    reason: 'headers and versions, which belong to providers and not to a format',
  },
  {
    functions: [
      'TestJsonSchemaDeepCopyMapStringAny',
      'TestJsonSchemaDeepCopyAny',
      'TestJsonSchemaRetrieveRef',
      'TestJsonSchemaSkipKeys',
      'TestJsonSchemaMapToSchema',
    ],
    reason: 'steps of its conversion of schemas, whose results are among the translator cases',
  },
  {
    functions: [
      'TestCutSSEDataPrefix',
      'TestOpenAIToGCPVertexAITranslatorV1ChatCompletion_parseGCPStreamingChunks',
      'TestMessagesResponseFromStream_boundaries',
    ],
    reason: 'how it cuts and gathers a stream, in its own structures',
  },
  {
    functions: [
      'TestIsOnlyToolResult',
      'TestCollectPartsFromMessages',
      'TestRedactedContentUnionSerialization',
      'TestEffortAvailable',
    ],
    reason: 'questions that its translators ask themselves',
  },
]
