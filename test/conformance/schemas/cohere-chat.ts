// Cohere's bodies and events, version 2, after the types of cohere-ai. Closed: a field that they do not name is a fault.

import { z } from 'zod'

const count = z.int().nonnegative()
const usage = z.strictObject({
  billed_units: z
    .strictObject({
      input_tokens: count.optional(),
      output_tokens: count.optional(),
      search_units: count.optional(),
      classifications: count.optional(),
    })
    .optional(),
  tokens: z.strictObject({ input_tokens: count.optional(), output_tokens: count.optional() }).optional(),
  cached_tokens: count.optional(),
})
const call = z.strictObject({
  id: z.string().min(1),
  type: z.literal('function'),
  function: z.strictObject({ name: z.string().min(1), arguments: z.string() }),
})
const content = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string() }),
  z.strictObject({ type: z.literal('thinking'), thinking: z.string() }),
])
const citation = z.looseObject({ text: z.string() })
const finishReason = z.enum(['COMPLETE', 'STOP_SEQUENCE', 'MAX_TOKENS', 'TOOL_CALL', 'ERROR', 'TIMEOUT'])

export const cohereChatAnswer = z.strictObject({
  id: z.string().min(1),
  finish_reason: finishReason,
  message: z.strictObject({
    role: z.literal('assistant'),
    content: z.array(content).optional(),
    tool_calls: z.array(call).min(1).optional(),
    tool_plan: z.string().optional(),
    citations: z.array(citation).optional(),
  }),
  usage: usage.optional(),
  logprobs: z.array(z.looseObject({})).optional(),
})

const message = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject({ message: z.strictObject(shape) })

export const cohereChatEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('message-start'),
    id: z.string().min(1),
    delta: message({
      role: z.literal('assistant'),
      content: z.array(content).optional(),
      tool_plan: z.string().optional(),
      tool_calls: z.array(call).optional(),
      citations: z.array(citation).optional(),
    }),
  }),
  z.strictObject({ type: z.literal('content-start'), index: count, delta: message({ content }) }),
  z.strictObject({
    type: z.literal('content-delta'),
    index: count,
    delta: message({
      content: z.union([z.strictObject({ text: z.string() }), z.strictObject({ thinking: z.string() })]),
    }),
    logprobs: z.looseObject({}).optional(),
  }),
  z.strictObject({ type: z.literal('content-end'), index: count }),
  z.strictObject({ type: z.literal('tool-plan-delta'), delta: message({ tool_plan: z.string() }) }),
  z.strictObject({
    type: z.literal('tool-call-start'),
    index: count,
    delta: message({ tool_calls: call }),
  }),
  z.strictObject({
    type: z.literal('tool-call-delta'),
    index: count,
    delta: message({
      tool_calls: z.strictObject({ function: z.strictObject({ arguments: z.string() }) }),
    }),
  }),
  z.strictObject({ type: z.literal('tool-call-end'), index: count }),
  z.strictObject({
    type: z.literal('citation-start'),
    index: count,
    delta: message({ citations: citation }),
  }),
  z.strictObject({ type: z.literal('citation-end'), index: count }),
  z.strictObject({
    type: z.literal('message-end'),
    id: z.string().optional(),
    delta: z.strictObject({
      finish_reason: finishReason,
      usage: usage.optional(),
      error: z.string().optional(),
    }),
  }),
])

const image = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({ url: z.string(), detail: z.enum(['auto', 'low', 'high']).optional() }),
})
const text = z.strictObject({ type: z.literal('text'), text: z.string() })
const document = z.strictObject({
  type: z.literal('document'),
  document: z.strictObject({ data: z.record(z.string(), z.unknown()), id: z.string().optional() }),
})
const asked = z.discriminatedUnion('role', [
  z.strictObject({
    role: z.literal('system'),
    content: z.union([z.string().min(1), z.array(text).min(1)]),
  }),
  z.strictObject({
    role: z.literal('user'),
    content: z.union([z.string().min(1), z.array(z.union([text, image])).min(1)]),
  }),
  z.strictObject({
    role: z.literal('assistant'),
    content: z.union([z.string().min(1), z.array(content).min(1)]).optional(),
    tool_calls: z.array(call).min(1).optional(),
    tool_plan: z.string().min(1).optional(),
    citations: z.array(citation).optional(),
  }),
  z.strictObject({
    role: z.literal('tool'),
    tool_call_id: z.string().min(1),
    content: z.union([z.string(), z.array(z.union([text, document, image])).min(1)]),
  }),
])

export const cohereChatRequest = z.strictObject({
  model: z.string().min(1),
  messages: z.array(asked).min(1),
  stream: z.boolean().optional(),
  tools: z
    .array(
      z.strictObject({
        type: z.literal('function'),
        function: z.strictObject({
          name: z.string().min(1),
          description: z.string().optional(),
          parameters: z.looseObject({}),
        }),
      }),
    )
    .min(1)
    .optional(),
  strict_tools: z.boolean().optional(),
  documents: z.array(z.unknown()).min(1).optional(),
  citation_options: z.looseObject({}).optional(),
  response_format: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('text') }),
      z.strictObject({ type: z.literal('json_object'), json_schema: z.looseObject({}).optional() }),
    ])
    .optional(),
  safety_mode: z.string().optional(),
  max_tokens: count.optional(),
  stop_sequences: z.array(z.string()).min(1).max(5).optional(),
  temperature: z.number().optional(),
  seed: z.int().optional(),
  frequency_penalty: z.number().min(0).max(1).optional(),
  presence_penalty: z.number().min(0).max(1).optional(),
  k: count.max(500).optional(),
  p: z.number().optional(),
  logprobs: z.boolean().optional(),
  tool_choice: z.enum(['REQUIRED', 'NONE']).optional(),
  thinking: z
    .strictObject({ type: z.enum(['enabled', 'disabled']), token_budget: count.optional() })
    .optional(),
  priority: z.int().optional(),
})

/** `code` and `param` are the gateway's own words, which Cohere's SDKs hand on with the body. */
export const cohereChatError = z.strictObject({
  id: z.string().optional(),
  message: z.string().min(1),
  code: z.string().optional(),
  param: z.string().optional(),
})
