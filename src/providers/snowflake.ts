// Snowflake Cortex, the REST API of an account: `https://ACCOUNT.snowflakecomputing.com/api/v2/cortex/v1`.
// https://docs.snowflake.com/en/user-guide/snowflake-cortex/open_ai_sdk

import { defineCompatibleProvider } from './openai-compatible-provider.ts'

export const snowflake = defineCompatibleProvider({
  type: 'snowflake',
  title: 'Snowflake Cortex',
  baseUrl: null,
  keyVariables: ['SNOWFLAKE_PAT', 'SNOWFLAKE_TOKEN'],
  baseUrlVariables: ['SNOWFLAKE_CORTEX_BASE_URL'],
  chat: {
    maxTokens: 'max_completion_tokens',
    reasoningRequest: 'object',
    reasoningHistory: 'reasoning_details',
    files: 'none',
  },
  // It lists nothing: which models there are depends on the account's region.
  listing: null,
  models: ['claude-sonnet-4-6', 'claude-sonnet-4-5', 'openai-gpt-4.1'],
})
