// Bodies and frames of Bedrock's Converse, after the types of @aws-sdk/client-bedrock-runtime. Closed: a field that they
// do not name is a fault. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html

import { z } from 'zod'

const count = z.int().nonnegative()
const usage = z.strictObject({
  inputTokens: count,
  outputTokens: count,
  totalTokens: count,
  cacheReadInputTokens: count.optional(),
  cacheWriteInputTokens: count.optional(),
  cacheDetails: z.array(z.strictObject({ ttl: z.enum(['5m', '1h']), inputTokens: count })).optional(),
})
/** Those of answers are as the models make them. */
const answeredId = z.string().min(1)
const callId = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/)
const toolName = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/)
const bytesOrBucket = z.union([
  z.strictObject({ bytes: z.base64() }),
  z.strictObject({ s3Location: z.strictObject({ uri: z.string(), bucketOwner: z.string().optional() }) }),
])
const image = z.strictObject({ format: z.enum(['png', 'jpeg', 'gif', 'webp']), source: bytesOrBucket })
const audio = z.strictObject({ format: z.string(), source: bytesOrBucket })
const video = z.strictObject({ format: z.string(), source: bytesOrBucket })
const document = z.strictObject({
  format: z.enum(['pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md']).optional(),
  name: z.string().regex(/^[A-Za-z0-9\s()[\]-]{1,200}$/),
  source: z.union([
    bytesOrBucket,
    z.strictObject({ text: z.string() }),
    z.strictObject({ content: z.array(z.looseObject({})) }),
  ]),
  context: z.string().optional(),
  citations: z.strictObject({ enabled: z.boolean() }).optional(),
})
const cachePoint = z.strictObject({ type: z.literal('default'), ttl: z.enum(['5m', '1h']).optional() })
const toolResult = z.strictObject({
  toolUseId: callId,
  content: z
    .array(
      z.union([
        z.strictObject({ text: z.string().min(1) }),
        z.strictObject({ json: z.unknown() }),
        z.strictObject({ image }),
        z.strictObject({ document }),
        z.strictObject({ video }),
        z.strictObject({ searchResult: z.looseObject({}) }),
      ]),
    )
    .min(1),
  status: z.enum(['success', 'error']).optional(),
  type: z.string().optional(),
})
const reasoning = z.union([
  z.strictObject({
    reasoningText: z.strictObject({ text: z.string(), signature: z.string().min(1).optional() }),
  }),
  z.strictObject({ redactedContent: z.base64() }),
])

/** Answers may hold empty texts and ids of any shape, which are refused in requests. */
const blocks = (texts: z.ZodString, ids: z.ZodString) =>
  z.union([
    z.strictObject({ text: texts }),
    z.strictObject({ image }),
    z.strictObject({ audio }),
    z.strictObject({ video }),
    z.strictObject({ document }),
    z.strictObject({
      toolUse: z.strictObject({
        toolUseId: ids,
        name: toolName,
        input: z.record(z.string(), z.unknown()),
        type: z.string().optional(),
      }),
    }),
    z.strictObject({ toolResult }),
    z.strictObject({ reasoningContent: reasoning }),
    z.strictObject({ citationsContent: z.looseObject({}) }),
    z.strictObject({ guardContent: z.looseObject({}) }),
    z.strictObject({ searchResult: z.looseObject({}) }),
    z.strictObject({ cachePoint }),
  ])

const stopReason = z.enum([
  'end_turn',
  'tool_use',
  'max_tokens',
  'stop_sequence',
  'guardrail_intervened',
  'content_filtered',
  'malformed_model_output',
  'malformed_tool_use',
  'model_context_window_exceeded',
])
const serviceTier = z.strictObject({ type: z.string() })

export const bedrockConverseAnswer = z.strictObject({
  output: z.strictObject({
    message: z.strictObject({
      role: z.literal('assistant'),
      content: z.array(blocks(z.string(), answeredId)),
    }),
  }),
  stopReason,
  usage,
  metrics: z.strictObject({ latencyMs: count }),
  additionalModelResponseFields: z.unknown().optional(),
  trace: z.looseObject({}).optional(),
  performanceConfig: z.looseObject({}).optional(),
  serviceTier: serviceTier.optional(),
})

const delta = z.union([
  z.strictObject({ text: z.string() }),
  z.strictObject({ toolUse: z.strictObject({ input: z.string() }) }),
  z.strictObject({
    reasoningContent: z.union([
      z.strictObject({ text: z.string() }),
      z.strictObject({ signature: z.string().min(1) }),
      z.strictObject({ redactedContent: z.base64() }),
    ]),
  }),
  z.strictObject({ citation: z.looseObject({}) }),
  z.strictObject({ image: z.looseObject({}) }),
  z.strictObject({ toolResult: z.array(z.looseObject({})) }),
])

/** Real frames carry a filler `p` against guessing by length; the gateway's need none. */
export const bedrockConverseEvents: Readonly<Record<string, z.ZodType>> = {
  messageStart: z.strictObject({ role: z.literal('assistant') }),
  contentBlockStart: z.strictObject({
    contentBlockIndex: count,
    start: z.union([
      z.strictObject({
        toolUse: z.strictObject({ toolUseId: answeredId, name: toolName, type: z.string().optional() }),
      }),
      z.strictObject({ image: z.looseObject({}) }),
      z.strictObject({ toolResult: z.looseObject({}) }),
    ]),
  }),
  contentBlockDelta: z.strictObject({ contentBlockIndex: count, delta }),
  contentBlockStop: z.strictObject({ contentBlockIndex: count }),
  messageStop: z.strictObject({ stopReason, additionalModelResponseFields: z.unknown().optional() }),
  metadata: z.strictObject({
    usage,
    metrics: z.strictObject({ latencyMs: count }),
    trace: z.looseObject({}).optional(),
    performanceConfig: z.looseObject({}).optional(),
    serviceTier: serviceTier.optional(),
  }),
}

export const bedrockConverseRequest = z.strictObject({
  messages: z
    .array(
      z.strictObject({
        role: z.enum(['user', 'assistant']),
        content: z.array(blocks(z.string().min(1), callId)).min(1),
      }),
    )
    .min(1)
    .refine(
      messages =>
        messages.every((message, index) => message.role === (index % 2 === 0 ? 'user' : 'assistant')),
      'user and assistant do not alternate',
    ),
  system: z
    .array(
      z.union([
        z.strictObject({ text: z.string().min(1) }),
        z.strictObject({ guardContent: z.looseObject({}) }),
        z.strictObject({ cachePoint }),
      ]),
    )
    .min(1)
    .optional(),
  inferenceConfig: z
    .strictObject({
      maxTokens: z.int().positive().optional(),
      temperature: z.number().min(0).max(1).optional(),
      topP: z.number().min(0).max(1).optional(),
      stopSequences: z.array(z.string().min(1)).min(1).optional(),
    })
    .optional(),
  toolConfig: z
    .strictObject({
      tools: z
        .array(
          z.union([
            z.strictObject({
              toolSpec: z.strictObject({
                name: toolName,
                description: z.string().min(1).optional(),
                inputSchema: z.strictObject({ json: z.looseObject({ type: z.literal('object') }) }),
                strict: z.boolean().optional(),
              }),
            }),
            z.strictObject({ cachePoint }),
            z.strictObject({ systemTool: z.strictObject({ name: z.string() }) }),
          ]),
        )
        .min(1),
      toolChoice: z
        .union([
          z.strictObject({ auto: z.strictObject({}) }),
          z.strictObject({ any: z.strictObject({}) }),
          z.strictObject({ tool: z.strictObject({ name: toolName }) }),
        ])
        .optional(),
    })
    .optional(),
  additionalModelRequestFields: z.looseObject({}).optional(),
  additionalModelResponseFieldPaths: z.array(z.string()).optional(),
  guardrailConfig: z.looseObject({}).optional(),
  promptVariables: z.looseObject({}).optional(),
  requestMetadata: z.record(z.string(), z.string()).optional(),
  performanceConfig: z.looseObject({}).optional(),
  serviceTier: serviceTier.optional(),
  outputConfig: z
    .strictObject({
      textFormat: z
        .strictObject({
          type: z.literal('json_schema'),
          structure: z.strictObject({
            jsonSchema: z.strictObject({
              schema: z.string(),
              name: z.string().optional(),
              description: z.string().optional(),
            }),
          }),
        })
        .optional(),
      effort: z.string().optional(),
    })
    .optional(),
})

export const bedrockConverseError = z.looseObject({ message: z.string().min(1) })
