// Alibaba Cloud Model Studio (Qwen), Singapore address; other regions by `base_url`.
// https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope

import { byUpstreamCode } from './error-rules.ts'
import { defineCompatibleProvider } from './openai-compatible-provider.ts'

export const alibaba = defineCompatibleProvider({
  type: 'alibaba',
  title: 'Alibaba Cloud',
  baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
  keyVariables: ['DASHSCOPE_API_KEY', 'ALIBABA_API_KEY'],
  operations: ['chat', 'embedding'],
  chat: { reasoningRequest: 'enable_thinking', jsonSchema: 'prompt', files: 'none', topK: true },
  parameters: { max_completion_tokens: { rename: 'max_tokens' } },
  errors: [
    ...byUpstreamCode('content_filter', ['data_inspection_failed', 'DataInspectionFailed']),
    ...byUpstreamCode('upstream_quota_exceeded', ['Arrearage']),
    ...byUpstreamCode('upstream_rate_limited', ['limit_requests', 'Throttling', 'Throttling.RateQuota']),
  ],
  models: [
    'qwen3.7-max',
    'qwen3.7-plus',
    'qwen3.6-plus',
    'qwen3.6-flash',
    'qwen3-max',
    'qwen3-coder-plus',
    'qwen3-coder-flash',
    'qwen-plus',
    'qwen-flash',
    'text-embedding-v4',
    'text-embedding-v3',
  ],
})
