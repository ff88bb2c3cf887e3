import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type ErrorAnswer, matchErrorRule } from './error-rules.ts'
import { findProvider } from './index.ts'

function meaningOf(type: string, answer: Partial<ErrorAnswer>) {
  const rules = findProvider(type)?.errors ?? []
  return matchErrorRule(rules, { status: 400, upstreamCode: null, message: '', ...answer })
}

test.each([
  [
    'openai',
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
  ],
  ['openai', 'Your input exceeds the context window of this model. Please adjust your input and try again.'],
  ['vllm', 'The decoder prompt (length 5000) is longer than the maximum model length of 4096.'],
  ['vllm', "Input length (5000) exceeds model's maximum context length (4096)."],
  ['groq', 'Please reduce the length of the messages or completion.'],
  [
    'cerebras',
    'Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192',
  ],
  [
    'mistral',
    'Prompt contains 65673 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
  ],
  ['xai', "This model's maximum prompt length is 131072 but the request contains 537812 tokens."],
  ['fireworks', 'The prompt is too long: 140000, model maximum context length: 131071'],
  ['moonshot', 'Invalid request: Your request exceeded model token limit: 8192'],
  ['alibaba', '<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 129024]'],
  [
    'together',
    '`inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000 `inputs` tokens and 512 `max_new_tokens`',
  ],
  [
    'openrouter',
    "This endpoint's maximum context length is 32768 tokens. However, you requested about 40000 tokens",
  ],
  ['openrouter', 'prompt is too long: 210000 tokens > 200000 maximum'],
  ['openrouter', 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).'],
  ['ollama', 'the input length exceeds the context length'],
  ['ollama', 'the prompt exceeds the available context size (4096 tokens)'],
  [
    'lmstudio',
    'Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which overflows the context length',
  ],
  ['lmstudio', 'The number of tokens to keep from the initial prompt is greater than the context length.'],
  [
    'openai_compatible',
    'request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it',
  ],
])('%s says that the prompt is too long: %s', (type, message) => {
  expect(meaningOf(type, { message })).toBe('context_length_exceeded')
})

test.each([
  ['openai', 400, 'context_length_exceeded', 'x', 'context_length_exceeded'],
  ['zai', 400, '1261', 'Prompt exceeds max length', 'context_length_exceeded'],
  ['openai_compatible', 413, null, 'Payload Too Large', 'context_length_exceeded'],
  [
    'groq',
    413,
    'rate_limit_exceeded',
    'Request too large for model x on tokens per minute (TPM): Limit 6000',
    'upstream_rate_limited',
  ],
  ['azure', 400, 'content_filter', 'The response was filtered', 'content_filter'],
  ['openai', 400, 'invalid_prompt', 'Invalid prompt', 'content_filter'],
  ['deepseek', 400, 'invalid_request_error', 'Content Exists Risk', 'content_filter'],
  ['xai', 403, null, 'Content violates usage guidelines. Team: x', 'content_filter'],
  [
    'openrouter',
    403,
    '403',
    'google/gemini requires moderation on OpenInference. Your input was flagged for "x"',
    'content_filter',
  ],
  [
    'alibaba',
    400,
    'data_inspection_failed',
    'Input data may contain inappropriate content.',
    'content_filter',
  ],
  ['zai', 400, '1301', 'unsafe', 'content_filter'],
  [
    'openai',
    429,
    'insufficient_quota',
    'You exceeded your current quota, please check your plan',
    'upstream_quota_exceeded',
  ],
  [
    'openai',
    429,
    null,
    'You exceeded your current quota, please check your plan and billing details.',
    'upstream_quota_exceeded',
  ],
  [
    'vertex',
    403,
    'PERMISSION_DENIED',
    "Permission 'p' denied on resource '//host/models/gemini' (or it may not exist).",
    'upstream_authentication',
  ],
  ['vertex', 404, 'NOT_FOUND', 'Not found: cache content metadata 1.', 'upstream_invalid_request'],
  [
    'gemini',
    400,
    'FAILED_PRECONDITION',
    'User location is not supported for the API use.',
    'upstream_authentication',
  ],
  ['deepseek', 402, null, 'Insufficient Balance', 'upstream_quota_exceeded'],
  [
    'openrouter',
    402,
    '402',
    'This request requires more credits, or fewer max_tokens.',
    'upstream_quota_exceeded',
  ],
  [
    'xai',
    429,
    null,
    'Your team has either used all available credits or reached its monthly spending limit.',
    'upstream_quota_exceeded',
  ],
  [
    'zai',
    429,
    '1113',
    'Insufficient balance or no resource package. Please recharge.',
    'upstream_quota_exceeded',
  ],
  [
    'groq',
    429,
    'rate_limit_exceeded',
    'Rate limit reached … Upgrade at https://console.groq.com/settings/billing',
    'upstream_rate_limited',
  ],
  [
    'azure',
    429,
    '429',
    'Requests have exceeded token rate limit of your pricing tier: https://aka.ms/oai/quotaincrease',
    'upstream_rate_limited',
  ],
  ['openrouter', 429, '429', 'Provider returned error', 'upstream_rate_limited'],
  [
    'moonshot',
    429,
    'engine_overloaded_error',
    'The engine is currently overloaded, please try again later',
    'upstream_overloaded',
  ],
  ['mistral', 429, '3505', 'Service tier capacity exceeded for this model.', 'upstream_overloaded'],
  ['openai', 503, null, 'That model is currently overloaded with other requests.', 'upstream_overloaded'],
  ['openai_compatible', 529, null, '', 'upstream_overloaded'],
  ['groq', 498, null, 'Flex tier capacity exceeded', 'upstream_overloaded'],
  ['openrouter', 200, '503', 'No instances available', 'upstream_overloaded'],
  ['openai', 401, 'invalid_api_key', 'Incorrect API key provided', 'upstream_authentication'],
  [
    'xai',
    400,
    'Client specified an invalid argument',
    'Incorrect API key provided: xa***zz.',
    'upstream_authentication',
  ],
  ['openai', 403, 'unsupported_country_region_territory', 'Country not supported', 'upstream_authentication'],
  [
    'openai',
    403,
    'model_not_found',
    'Project `p` does not have access to model `gpt-5`',
    'upstream_model_not_found',
  ],
  ['deepseek', 400, 'invalid_request_error', 'Model Not Exist', 'upstream_model_not_found'],
  ['openrouter', 400, '400', 'foo/bar is not a valid model ID', 'upstream_model_not_found'],
  ['mistral', 400, '1500', 'Invalid model: foo', 'upstream_model_not_found'],
  ['groq', 400, 'model_decommissioned', 'The model `x` has been decommissioned', 'upstream_model_not_found'],
  ['openai_compatible', 410, null, 'Gone', 'upstream_model_not_found'],
  ['ollama', 404, 'not_found_error', "model 'llama9' not found", 'upstream_model_not_found'],
  ['ollama', 503, null, 'server busy, please try again', 'upstream_overloaded'],
  [
    'cohere',
    429,
    null,
    'You are using a Trial key, which is limited to 1000 API calls / month.',
    'upstream_quota_exceeded',
  ],
  ['cohere', 429, null, 'You are using a Trial key, which is limited to 10 API calls / minute.', null],
  ['cohere', 401, null, 'invalid api token', 'upstream_authentication'],
  ['cohere', 404, null, "model 'command-r' was removed on September 15, 2025.", 'upstream_model_not_found'],
  ['perplexity', 400, null, 'Sonar is now the Agent API', 'upstream_model_not_found'],
  ['groq', 400, 'tool_use_failed', 'Tool call validation failed', 'upstream_malformed'],
  ['openai', 504, null, '', 'upstream_timeout'],
  ['openai', 400, null, "Invalid 'temperature': decimal below minimum value.", null],
  [
    'openai',
    400,
    'unsupported_value',
    "'messages[0].role' does not support 'developer' with this model.",
    null,
  ],
  [
    'openai',
    400,
    null,
    'max_tokens is too large: 50000. This model supports at most 4096 completion tokens',
    null,
  ],
  ['openai', 500, 'server_error', 'The server had an error while processing your request.', null],
])('%s: %i, %s, "%s" means %s', (...row) => {
  const [type, status, upstreamCode, message, code] = row
  expect(meaningOf(type, { status, upstreamCode, message })).toBe(code)
})

const recordings = join(process.env['LLM_PROXY_SHARED'] ?? '/nowhere', 'fixtures')

/** Error recordings that more than their status explains, and what they mean. */
const recorded: ReadonlyArray<readonly [string, number, string, string | null]> = [
  ['azure', 400, 'azure/chat/oll-prompt_content_filtering-0', 'content_filter'],
  ['azure', 404, 'azure/chat/oll-reasoning-1', 'upstream_model_not_found'],
  ['azure', 401, 'azure/embeddings/oll-azure_openai_embeddings-2', 'upstream_authentication'],
  ['groq', 404, 'groq/chat/pyd-model_name_suggestion_groq-0', 'upstream_model_not_found'],
  ['groq', 400, 'groq/chat/pyd-tool_use_failed_error-0', 'upstream_malformed'],
  ['groq', 400, 'groq/chat/pyd-tool_use_failed_error_with_text-0', 'upstream_malformed'],
  ['groq', 404, 'groq/chat/pyd-tool_regular_error-0', 'upstream_model_not_found'],
  ['openai', 404, 'openai/chat/pyd-model_name_suggestion_openai-chat-0', 'upstream_model_not_found'],
  ['openai', 400, 'openai/chat/pyd-openai_o1_mini_system_role_system-0', null],
  [
    'openai',
    400,
    'openai/chat/pyd-multimodal_tool_return_matrix_tool_return_content-url-audio-openai_chat-2',
    null,
  ],
  ['openai', 404, 'openai/completions/env-completion-unknown-model-0', 'upstream_model_not_found'],
  ['openai', 404, 'openai/chat/env-chat-unknown-model-0', 'upstream_model_not_found'],
  ['openai', 404, 'openai/chat/oll-agents_and_tools-2', 'upstream_model_not_found'],
  ['openai', 404, 'openai/embeddings/env-embeddings-unknown-model-0', 'upstream_model_not_found'],
  ['openai', 400, 'openai/responses/pyd-inferred_model_name_suggestion-0', 'upstream_model_not_found'],
  ['openai', 429, 'openai/responses/ver-openai-error.1', 'upstream_quota_exceeded'],
  ['openrouter', 429, 'openrouter/chat/pyd-openrouter_errors_raised-0', 'upstream_rate_limited'],
  ['openai', 400, 'openai/chat/env-chat-bad-request-0', null],
  ['openai', 400, 'openai/chat/env-chat-no-messages-0', null],
  ['openai', 400, 'openai/chat/oll-vision-2', null],
  ['openai', 400, 'openai/chat/pyd-openai_o1_mini_system_role_developer-0', null],
  ['openai', 400, 'openai/chat/pyd-openai_web_search_tool_model_not_supported-0', null],
  ['openai', 400, 'openai/chat/ver-reasoning-model-legacy-parameter-error', null],
  ['openai', 400, 'openai/completions/env-completion-bad-request-0', null],
  ['openai', 400, 'openai/embeddings/env-embeddings-bad-request-0', null],
  ['deepseek', 400, 'deepseek/responses/pyd-deepseek_responses_rejects_interleaved_function_calls-0', null],
]

describe.skipIf(!existsSync(recordings))('recorded errors (skipped where LLM_PROXY_SHARED is unset)', () => {
  test.each(recorded)('%s %i %s', (...row) => {
    const [type, status, file, meaning] = row
    const body: unknown = JSON.parse(readFileSync(join(recordings, `${file}.res.json`), 'utf8'))
    const { error } = body as {
      error: { code?: string | number | null; type?: string | null; message: string }
    }
    const code = error.code ?? error.type ?? null
    const upstreamCode = code === null ? null : String(code)
    expect(meaningOf(type, { status, upstreamCode, message: error.message })).toBe(meaning)
  })
})
