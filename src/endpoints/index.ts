// Every public operation, one line each.

import type { Operation } from '../call.ts'
import type { Format } from '../formats/format.ts'
import type { Endpoint } from './endpoint.ts'

interface Row {
  readonly route: string
  readonly operation: Operation
  readonly format: string
  readonly streaming?: boolean
}

const rows: readonly Row[] = [
  { route: '/v1/chat/completions', operation: 'chat', format: 'openai-chat' },
  { route: '/v1/completions', operation: 'completion', format: 'openai-completions' },
  { route: '/v1/embeddings', operation: 'embedding', format: 'openai-embeddings' },
  { route: '/openai/deployments/{model}/chat/completions', operation: 'chat', format: 'openai-chat' },
  { route: '/openai/deployments/{model}/completions', operation: 'completion', format: 'openai-completions' },
  { route: '/openai/deployments/{model}/embeddings', operation: 'embedding', format: 'openai-embeddings' },
  { route: '/v1/messages', operation: 'chat', format: 'anthropic-messages' },
  { route: '/v1/messages/count_tokens', operation: 'token_count', format: 'anthropic-token-count' },
  { route: '/anthropic/v1/messages', operation: 'chat', format: 'anthropic-messages' },
  {
    route: '/anthropic/v1/messages/count_tokens',
    operation: 'token_count',
    format: 'anthropic-token-count',
  },
  { route: '/openai/v1/chat/completions', operation: 'chat', format: 'openai-chat' },
  { route: '/openai/v1/embeddings', operation: 'embedding', format: 'openai-embeddings' },
  { route: '/v2/chat', operation: 'chat', format: 'cohere-chat' },
  { route: '/v2/embed', operation: 'embedding', format: 'cohere-embed' },
  { route: '/v2/rerank', operation: 'rerank', format: 'cohere-rerank' },
  { route: '/v1/rerank', operation: 'rerank', format: 'cohere-rerank-v1' },
  { route: '/rerank', operation: 'rerank', format: 'cohere-rerank-v1' },
  { route: '/cohere/v2/chat', operation: 'chat', format: 'cohere-chat' },
  { route: '/cohere/v2/embed', operation: 'embedding', format: 'cohere-embed' },
  { route: '/cohere/v2/rerank', operation: 'rerank', format: 'cohere-rerank' },
  { route: '/cohere/v1/rerank', operation: 'rerank', format: 'cohere-rerank-v1' },
]

export function listEndpoints(formats: Readonly<Record<string, Format>>): readonly Endpoint[] {
  return rows.map(({ format: name, ...row }) => {
    const format = formats[name]
    if (format === undefined) throw new Error(`the format ${name} is not in the list of formats`)
    return { method: 'POST', ...row, format }
  })
}
