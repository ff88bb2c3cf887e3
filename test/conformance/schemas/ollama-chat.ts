// Bodies and lines of Ollama's chat, after the types of ollama and its API reference. Closed: a field that they do not
// name is a fault. https://docs.ollama.com/api/chat

import { z } from 'zod'

const count = z.int().nonnegative()
const call = z.strictObject({
  id: z.string().optional(),
  type: z.literal('function').optional(),
  function: z.strictObject({
    index: count.optional(),
    name: z.string().min(1),
    arguments: z.record(z.string(), z.unknown()),
  }),
})
const said = {
  content: z.string(),
  thinking: z.string().optional(),
  images: z.array(z.base64()).min(1).optional(),
  tool_calls: z.array(call).min(1).optional(),
}

export const ollamaChatAnswer = z
  .strictObject({
    model: z.string().min(1),
    created_at: z.iso.datetime({ offset: true }),
    message: z.strictObject({ role: z.literal('assistant'), ...said }),
    done: z.boolean(),
    done_reason: z.enum(['stop', 'length', 'load', 'unload']).optional(),
    total_duration: count.optional(),
    load_duration: count.optional(),
    prompt_eval_count: count.optional(),
    prompt_eval_duration: count.optional(),
    eval_count: count.optional(),
    eval_duration: count.optional(),
    logprobs: z.array(z.looseObject({})).optional(),
  })
  .refine(({ done, done_reason }) => done === (done_reason !== undefined), 'done without a reason')

export const ollamaChatRequest = z.strictObject({
  model: z.string().min(1),
  messages: z
    .array(
      z.discriminatedUnion('role', [
        z.strictObject({ role: z.literal('system'), ...said }),
        z.strictObject({ role: z.literal('user'), ...said }),
        z.strictObject({ role: z.literal('assistant'), ...said }),
        z.strictObject({
          role: z.literal('tool'),
          ...said,
          tool_name: z.string().min(1),
          tool_call_id: z.string().optional(),
        }),
      ]),
    )
    .min(1),
  stream: z.boolean().optional(),
  format: z.union([z.literal('json'), z.looseObject({})]).optional(),
  keep_alive: z.union([z.string(), z.number()]).optional(),
  tools: z
    .array(
      z.strictObject({
        type: z.literal('function'),
        function: z.strictObject({
          name: z.string().min(1),
          description: z.string().optional(),
          parameters: z.looseObject({}).optional(),
        }),
      }),
    )
    .min(1)
    .optional(),
  think: z.union([z.boolean(), z.enum(['high', 'medium', 'low'])]).optional(),
  // Whether a prompt that is too long is cut without a word; the types leave both out.
  truncate: z.boolean().optional(),
  shift: z.boolean().optional(),
  logprobs: z.boolean().optional(),
  top_logprobs: count.optional(),
  options: z
    .strictObject({
      num_ctx: count.optional(),
      num_predict: z.int().optional(),
      num_keep: z.int().optional(),
      num_batch: z.int().optional(),
      num_gpu: z.int().optional(),
      num_thread: z.int().optional(),
      seed: z.int().optional(),
      temperature: z.number().optional(),
      top_k: z.number().optional(),
      top_p: z.number().optional(),
      min_p: z.number().optional(),
      typical_p: z.number().optional(),
      repeat_last_n: z.int().optional(),
      repeat_penalty: z.number().optional(),
      presence_penalty: z.number().optional(),
      frequency_penalty: z.number().optional(),
      stop: z.array(z.string()).min(1).optional(),
    })
    .optional(),
})

export const ollamaChatError = z.strictObject({ error: z.string().min(1) })
