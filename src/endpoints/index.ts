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
  ...responsesAt('/v1/responses'),
  { route: '/v1/embeddings', operation: 'embedding', format: 'openai-embeddings' },
  { route: '/openai/deployments/{model}/chat/completions', operation: 'chat', format: 'openai-chat' },
  { route: '/openai/deployments/{model}/completions', operation: 'completion', format: 'openai-completions' },
  { route: '/openai/deployments/{model}/embeddings', operation: 'embedding', format: 'openai-embeddings' },
  { route: '/openai/v1/chat/completions', operation: 'chat', format: 'openai-chat' },
  ...responsesAt('/openai/v1/responses'),
  // Azure, by a dated version of its API.
  ...responsesAt('/openai/responses'),
  { route: '/openai/v1/embeddings', operation: 'embedding', format: 'openai-embeddings' },
]

function responsesAt(route: string): readonly Row[] {
  return [
    { route, operation: 'chat', format: 'openai-responses' },
    { route: `${route}/compact`, operation: 'chat', format: 'openai-responses-compact' },
    { route: `${route}/input_tokens`, operation: 'token_count', format: 'openai-responses-count' },
  ]
}

export function listEndpoints(formats: Readonly<Record<string, Format>>): readonly Endpoint[] {
  return rows.map(({ format: name, ...row }) => {
    const format = formats[name]
    if (format === undefined) throw new Error(`the format ${name} is not in the list of formats`)
    return { method: 'POST', ...row, format }
  })
}
