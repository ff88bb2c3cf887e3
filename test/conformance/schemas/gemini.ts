// Gemini's bodies, after the types of @google/genai. Closed: a field that they do not name is a fault.

import { z } from 'zod'

const blob = z.strictObject({
  mimeType: z.string(),
  data: z.base64(),
  displayName: z.string().optional(),
})
const file = z.strictObject({
  fileUri: z.string().min(1),
  mimeType: z.string().optional(),
  displayName: z.string().optional(),
})
const args = z.record(z.string(), z.unknown())
const functionCall = z.strictObject({
  id: z.string().optional(),
  name: z.string().min(1),
  args: args.optional(),
})
const functionResponse = z.strictObject({
  id: z.string().optional(),
  name: z.string().min(1),
  response: args,
  parts: z.array(z.strictObject({ inlineData: blob.optional(), fileData: file.optional() })).optional(),
})
const part = z
  .strictObject({
    text: z.string().optional(),
    thought: z.boolean().optional(),
    thoughtSignature: z.string().min(1).optional(),
    inlineData: blob.optional(),
    fileData: file.optional(),
    functionCall: functionCall.optional(),
    functionResponse: functionResponse.optional(),
    executableCode: z.looseObject({}).optional(),
    codeExecutionResult: z.looseObject({}).optional(),
    toolCall: z.looseObject({}).optional(),
    toolResponse: z.looseObject({}).optional(),
    videoMetadata: z.looseObject({}).optional(),
    mediaResolution: z.looseObject({ level: z.string() }).optional(),
    partMetadata: z.looseObject({}).optional(),
  })
  .refine(
    value => Object.keys(value).some(key => !['thought', 'thoughtSignature'].includes(key)),
    'a part without content',
  )

const finishReasons = [
  'FINISH_REASON_UNSPECIFIED',
  'STOP',
  'MAX_TOKENS',
  'SAFETY',
  'RECITATION',
  'LANGUAGE',
  'OTHER',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'MALFORMED_FUNCTION_CALL',
  'IMAGE_SAFETY',
  'UNEXPECTED_TOOL_CALL',
  'IMAGE_PROHIBITED_CONTENT',
  'NO_IMAGE',
  'IMAGE_RECITATION',
  'IMAGE_OTHER',
  'TOO_MANY_TOOL_CALLS',
] as const

const count = z.int().nonnegative()
const modalities = z.array(z.strictObject({ modality: z.string(), tokenCount: count }))

export const geminiAnswer = z.strictObject({
  candidates: z
    .array(
      z.strictObject({
        content: z.strictObject({ role: z.literal('model'), parts: z.array(part).optional() }).optional(),
        finishReason: z.enum(finishReasons).optional(),
        finishMessage: z.string().optional(),
        index: count.optional(),
        citationMetadata: z.looseObject({}).optional(),
        groundingMetadata: z.looseObject({}).optional(),
        avgLogprobs: z.number().optional(),
        logprobsResult: z.looseObject({}).optional(),
        safetyRatings: z.array(z.looseObject({})).optional(),
        urlContextMetadata: z.looseObject({}).optional(),
        tokenCount: count.optional(),
      }),
    )
    .optional(),
  promptFeedback: z
    .strictObject({
      blockReason: z.string().optional(),
      blockReasonMessage: z.string().optional(),
      safetyRatings: z.array(z.looseObject({})).optional(),
    })
    .optional(),
  usageMetadata: z
    .strictObject({
      promptTokenCount: count.optional(),
      candidatesTokenCount: count.optional(),
      totalTokenCount: count.optional(),
      cachedContentTokenCount: count.optional(),
      thoughtsTokenCount: count.optional(),
      toolUsePromptTokenCount: count.optional(),
      promptTokensDetails: modalities.optional(),
      candidatesTokensDetails: modalities.optional(),
      cacheTokensDetails: modalities.optional(),
      toolUsePromptTokensDetails: modalities.optional(),
      trafficType: z.string().optional(),
      serviceTier: z.string().optional(),
    })
    .optional(),
  modelVersion: z.string().optional(),
  responseId: z.string().optional(),
  createTime: z.string().optional(),
  modelStatus: z.looseObject({}).optional(),
})

const declaration = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
  parameters: z.looseObject({}).optional(),
  parametersJsonSchema: z.unknown().optional(),
  response: z.looseObject({}).optional(),
  responseJsonSchema: z.unknown().optional(),
  behavior: z.string().optional(),
})

export const geminiRequest = z.strictObject({
  contents: z.array(z.strictObject({ role: z.enum(['user', 'model']), parts: z.array(part).min(1) })).min(1),
  systemInstruction: z.strictObject({ role: z.string().optional(), parts: z.array(part).min(1) }).optional(),
  tools: z
    .array(
      z.strictObject({
        functionDeclarations: z.array(declaration).min(1).optional(),
        googleSearch: z.looseObject({}).optional(),
        googleMaps: z.looseObject({}).optional(),
        codeExecution: z.looseObject({}).optional(),
        urlContext: z.looseObject({}).optional(),
        fileSearch: z.looseObject({}).optional(),
        computerUse: z.looseObject({}).optional(),
        enterpriseWebSearch: z.looseObject({}).optional(),
        googleSearchRetrieval: z.looseObject({}).optional(),
        retrieval: z.looseObject({}).optional(),
        mcpServers: z.array(z.looseObject({})).optional(),
      }),
    )
    .min(1)
    .optional(),
  toolConfig: z
    .strictObject({
      functionCallingConfig: z
        .strictObject({
          mode: z.enum(['AUTO', 'ANY', 'NONE', 'VALIDATED']),
          allowedFunctionNames: z.array(z.string()).min(1).optional(),
          streamFunctionCallArguments: z.boolean().optional(),
        })
        .optional(),
      retrievalConfig: z.looseObject({}).optional(),
      includeServerSideToolInvocations: z.boolean().optional(),
    })
    .optional(),
  generationConfig: z
    .strictObject({
      temperature: z.number().optional(),
      topP: z.number().optional(),
      topK: z.number().optional(),
      candidateCount: count.optional(),
      maxOutputTokens: count.optional(),
      stopSequences: z.array(z.string()).min(1).optional(),
      seed: z.int().optional(),
      presencePenalty: z.number().optional(),
      frequencyPenalty: z.number().optional(),
      responseLogprobs: z.boolean().optional(),
      logprobs: count.optional(),
      responseMimeType: z.string().optional(),
      responseSchema: z.looseObject({}).optional(),
      responseJsonSchema: z.unknown().optional(),
      responseModalities: z.array(z.string()).optional(),
      mediaResolution: z.string().optional(),
      speechConfig: z.looseObject({}).optional(),
      audioTimestamp: z.boolean().optional(),
      imageConfig: z.looseObject({}).optional(),
      thinkingConfig: z
        .strictObject({
          includeThoughts: z.boolean().optional(),
          thinkingBudget: z.int().optional(),
          thinkingLevel: z.enum(['MINIMAL', 'LOW', 'MEDIUM', 'HIGH']).optional(),
        })
        .optional(),
    })
    .optional(),
  safetySettings: z.array(z.looseObject({})).optional(),
  cachedContent: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  serviceTier: z.string().optional(),
  store: z.boolean().optional(),
})

export const geminiError = z.strictObject({
  error: z.strictObject({
    code: z.int(),
    message: z.string().min(1),
    status: z.string().min(1),
    details: z.array(z.looseObject({})).optional(),
  }),
})
